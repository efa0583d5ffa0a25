"""The demo publication's readers: a month of reads, and subscribers in every state."""

import random
from datetime import timedelta

from django.utils import timezone

from newsletter import subscribing
from newsletter.consent import Evidence, note
from newsletter.models import ConsentEvent, Subscriber
from posts.reads import counting, popular

READ_HOURS = 24 * 30
SUBSCRIBERS = 60
SINCE_DAYS = 90
BY_DEMO = Evidence(how="demo publication")


def make_reads(posts):
    """Newer posts are read more, some much more, as readers do; then the popular lists."""
    chance = random.Random(2001)  # noqa: S311
    now = timezone.now()
    readable = [post for post in posts if post.is_public]
    interest = {post.pk: chance.paretovariate(1.2) for post in readable}
    for hours_ago in range(READ_HOURS):
        at = now - timedelta(hours=hours_ago)
        counts = {}
        for post in readable:
            age = (at - post.published_at) / timedelta(days=1)
            reads = int(interest[post.pk] * chance.random() * 40 / (1 + age)) if age >= 0 else 0
            if reads:
                counts[post.pk] = reads
        counting.record(counts, at=at)
    popular.refresh()


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
