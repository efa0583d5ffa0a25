"""The library's background work; the deeds are in renditions.py."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from images import renditions
from images.models import Image

RETRY = RetryStrategy(max_attempts=4, exponential_wait=5)
AFTER_ALL_ELSE = -10  # a hundred pictures take minutes, and somebody waits for the mail


@app.task(queue="images", retry=RETRY, priority=AFTER_ALL_ELSE)
def make_renditions(image_id):
    renditions.make(Image(pk=image_id))


@app.task(queue="images", retry=RETRY, priority=AFTER_ALL_ELSE)
def remove_files(image_id, names):
    renditions.remove(image_id, names)
