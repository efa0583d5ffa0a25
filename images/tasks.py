"""The library's background work; the deeds are in renditions.py."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from images import renditions
from images.models import Image

RETRY = RetryStrategy(max_attempts=4, exponential_wait=5)


@app.task(queue="images", retry=RETRY)
def make_renditions(image_id):
    renditions.make(Image(pk=image_id))


@app.task(queue="images", retry=RETRY)
def remove_files(image_id, names):
    renditions.remove(image_id, names)
