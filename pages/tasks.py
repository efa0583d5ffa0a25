"""The background work of pages; the deeds are in cards.py."""

from procrastinate.contrib.django import app

from pages import cards
from posts import cards as post_cards


@app.task(queue="images", queueing_lock="draw cards", lock="cards")
def draw_cards():
    cards.make()


@app.periodic(cron="7 * * * *")
@app.task(queue="images", queueing_lock="keep cards", lock="cards")
def keep_cards(timestamp):
    """Each hour, and when the first worker starts: cards no deed has asked for, and those nobody shows."""
    cards.make()
    post_cards.request_missing()
    cards.remove_unused()
