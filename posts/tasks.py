"""The background work of posts; the deeds are elsewhere."""

from procrastinate.contrib.django import app

from posts import popular


@app.periodic(cron="* * * * *")
@app.task(queue="posts", queueing_lock="refresh popular", lock="refresh popular")
def refresh_popular(timestamp):
    """Each minute, and when the first worker starts."""
    popular.refresh()
