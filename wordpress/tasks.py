"""The background work of moving in. Each task is a thin wrapper of a deed and may run twice."""

from procrastinate.contrib.django import app

from wordpress.fetching import course as fetching
from wordpress.models import Move
from wordpress.moving import clearing, course

SLICE = 10  # seconds, so that mail need not wait long for an import


@app.task(name="wordpress.move", queue="default", priority=-10)
def move(move_id):
    """A slice of an import, and another while there is more; other work may come between."""
    if course.work(move_id, seconds=SLICE):
        course.ask(Move(pk=move_id))


@app.periodic(cron="* * * * *")
@app.task(name="wordpress.keep_moving", queueing_lock="keep moving", pass_context=False)
def keep_moving(timestamp):
    """Each minute: whatever import a worker that died has left."""
    for one in Move.objects.for_workers():
        course.ask(one)


@app.periodic(cron="41 4 * * *")
@app.task(name="wordpress.clear_uploads", queueing_lock="clear uploads of moves", pass_context=False)
def clear_uploads(timestamp):
    clearing.clear()


@app.task(name="wordpress.fetch_media", queue="default", priority=-10)
def fetch_media(hosts, after=0):
    """A slice of fetching files from the old site, and another while there is more."""
    fetching.work(hosts, after=after, seconds=SLICE)
