"""What became of each mailing, counted by the worker until three days after it ended, and read from then on."""

from datetime import timedelta

from django.db import connection
from django.db.models import Count
from django.utils import timezone

from newsletter.models import Delivery, Mailing, MailingFigures

WITHIN = timedelta(days=3)
LEFT = """
SELECT count(DISTINCT event.subscriber_id) FROM newsletter_consentevent AS event
JOIN newsletter_delivery AS delivery ON delivery.mailing_id = %(mailing)s
    AND delivery.subscriber_id = event.subscriber_id AND delivery.state = 'sent'
WHERE event.what = 'unsubscribed' AND event.at >= %(since)s AND event.at < %(until)s
    AND event.at >= delivery.changed_at AND event.at < delivery.changed_at + %(within)s
"""


def count_open():
    """Counts again every mailing that has begun and is not yet final; how many."""
    begun = list(Mailing.objects.exclude(started_at=None).exclude(figures__is_final=True).order_by("pk"))
    for mailing in begun:
        count(mailing)
    return len(begun)


def count(mailing):
    """An index is read, never the deliveries themselves. Whoever was erased since cannot be told to have left."""
    now = timezone.now()
    by_state = mailing.deliveries.order_by().values_list("state").annotate(Count("pk"))
    numbers = dict.fromkeys(("sent", "failed", "skipped", "unknown", "pending"), 0)
    for state, number in by_state:
        numbers["pending" if state == Delivery.State.SENDING else state] += number
    end = mailing.ended_at or now
    MailingFigures.objects.update_or_create(
        mailing=mailing,
        defaults=numbers
        | {
            "left": left_after(mailing, end),
            "counted_at": now,
            "is_final": mailing.ended_at is not None and end + WITHIN < now and not numbers["pending"],
        },
    )


def left_after(mailing, end):
    values = {"mailing": mailing.pk, "since": mailing.started_at, "until": end + WITHIN, "within": WITHIN}
    with connection.cursor() as cursor:
        cursor.execute(LEFT, values)
        return cursor.fetchone()[0]
