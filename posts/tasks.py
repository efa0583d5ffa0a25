"""The background work of posts; the deeds are elsewhere."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from informed_comment import jobs
from posts import (
    announcing,
    bulk,
    cards,
    filing,
    forgetting,
    mergers,
    outgoing,
    pending,
    relating,
    telling,
    thinning,
)
from posts.reads import popular, retention, tallies
from posts.searching import words

AFTER_ALL_ELSE = -10
RETRY = RetryStrategy(max_attempts=4, exponential_wait=5)
MAIL_AGAIN = RetryStrategy(max_attempts=8, exponential_wait=4, retry_exceptions={OSError})  # for a day in all
FILLED_AT_ONCE = 100  # about two seconds, since somebody may wait for the mail


@app.periodic(cron="* * * * *")
@app.task(queue="posts", queueing_lock="refresh popular", lock="refresh popular")
def refresh_popular(timestamp):
    """Each minute, and when the first worker starts."""
    popular.refresh()


@app.periodic(cron="* * * * *")
@app.task(queue="posts", queueing_lock="add up reads", lock="add up reads")
def add_up_reads(timestamp):
    """Each minute; after a merger of much, for some minutes all the time."""
    tallies.add_up()


@app.task(queue="posts", retry=RETRY, priority=AFTER_ALL_ELSE)
def relate(post_id, tells=True):
    relating.refresh(post_id, tells=tells)


@app.periodic(cron="* * * * *")
@app.task(queue="posts", queueing_lock="relate newest", lock="relate newest", priority=AFTER_ALL_ELSE)
def relate_newest(timestamp):
    """Each minute: posts that came out by their date, and a few imported ones."""
    relating.refresh_newest()


@app.periodic(cron="*/10 * * * *")
@app.task(queue="posts", queueing_lock="relate the rest", lock="relate the rest", priority=AFTER_ALL_ELSE)
def relate_the_rest(timestamp):
    """Every ten minutes, and at once again while there is more: an import leaves thousands."""
    if relating.fill(FILLED_AT_ONCE) == FILLED_AT_ONCE:
        jobs.defer("posts.tasks.relate_the_rest", timestamp=timestamp)


@app.periodic(cron="* * * * *")
@app.task(queue="posts", queueing_lock="learn words", lock="learn words")
def learn_words(timestamp):
    """Each minute; a large import takes some minutes more."""
    words.name()
    words.learn()


@app.periodic(cron="* * * * *")
@app.task(queue="posts", queueing_lock="apply pending", lock="apply pending")
def apply_pending(timestamp):
    """Each minute, for whatever the job at its own time has missed."""
    pending.apply_due()


@app.task(queue="posts", lock="apply pending")
def apply_at_its_time():
    """At the second a change is due."""
    pending.apply_due()


@app.task(queue="images", priority=AFTER_ALL_ELSE)
def draw_card(post_id):
    cards.make(post_id)


@app.task(queue="posts", priority=AFTER_ALL_ELSE)
def look_at_links(host):
    """The links to one site, one after the other; `outgoing.ask()` sees to it that no two jobs ask it at once."""
    outgoing.look_at(host)


@app.task(queue="posts")
def announce():
    """When a hold ends, and each minute: whatever is due by then."""
    announcing.make_due()


@app.task(queue="mail", retry=MAIL_AGAIN)
def send_notices(user_id):
    telling.send_to(user_id)


@app.periodic(cron="* * * * *")
@app.task(queue="posts", queueing_lock="tell what waits", lock="tell what waits")
def tell_what_waits(timestamp):
    """Each minute: what no job of its own has announced or sent."""
    announcing.make_due()
    for user_id in telling.whose_mail_waits():
        jobs.defer("posts.tasks.send_notices", queueing_lock=f"notices of user {user_id}", user_id=user_id)


@app.task(queue="posts", retry=RETRY)
def do_bulk(bulk_id):
    bulk.run(bulk_id)


@app.periodic(cron="23 4 * * *")
@app.task(queue="posts", queueing_lock="thin out", lock="thin out", priority=AFTER_ALL_ELSE)
def thin_out(timestamp):
    """Each night, since nobody waits for it."""
    thinning.thin_out()


@app.periodic(cron="37 4 * * *")
@app.task(
    queue="posts", queueing_lock="forget what was told", lock="forget what was told", priority=AFTER_ALL_ELSE
)
def forget_what_was_told(timestamp):
    """Each night: mail to the staff that went out long ago, and who had which post open."""
    forgetting.forget()


@app.periodic(cron="*/10 * * * *")
@app.task(queue="posts", queueing_lock="forget readers", lock="forget readers", priority=AFTER_ALL_ELSE)
def forget_readers(timestamp):
    """Every ten minutes: who has read what yesterday, and the minutes and hours that are told no more."""
    retention.forget()


@app.task(queue="posts", retry=RETRY)
def refile(categories, after):
    filing.refile_all(categories, after=after)


@app.task(queue="posts", retry=RETRY)
def merge(merger_id):
    """The rest of a merger with many posts, or of its undoing."""
    mergers.go_on(merger_id)
