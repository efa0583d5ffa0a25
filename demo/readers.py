"""The demo publication's subscribers, in every state."""

import random
from datetime import timedelta

from django.utils import timezone

from newsletter import subscribing
from newsletter.consent import Evidence, note
from newsletter.models import ConsentEvent, Subscriber

SUBSCRIBERS = 60
SINCE_DAYS = 90
BY_DEMO = Evidence(how="demo publication")


def make_subscribers():
    """Addresses that cannot exist; most confirmed, some still pending, some gone again."""
    chance = random.Random(2002)  # noqa: S311
    for number in range(SUBSCRIBERS):
        asked_at = timezone.now() - timedelta(days=SINCE_DAYS * chance.random() ** 2, minutes=30)
        subscriber = Subscriber.objects.create(
            email=f"Reader.{number:02}@example.org",
            key=f"reader.{number:02}@example.org",
            frequency=chance.choice(Subscriber.Frequency.values),
            source=chance.choice(["page", "sidebar", "footer", "post"]),
            consent_version=BY_DEMO.text_version,
            created_at=asked_at,
            asked_at=asked_at,
        )
        note(subscriber, ConsentEvent.What.ASKED, BY_DEMO, at=asked_at, detail=subscriber.frequency)
        if number % 8:
            confirmed(subscriber, asked_at + timedelta(minutes=chance.randint(1, 25)))
        if number % 11 == 5:
            subscribing.unsubscribe(subscriber, evidence=BY_DEMO)


def confirmed(subscriber, at):
    """As if the subscriber had answered the mail then."""
    note(subscriber, ConsentEvent.What.CONFIRMED, BY_DEMO, at=at, detail=subscriber.frequency)
    subscriber.state, subscriber.confirmed_at = Subscriber.State.ACTIVE, at
    subscriber.save(update_fields=["state", "confirmed_at"])
