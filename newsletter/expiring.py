"""Forgetting what nobody answered in time."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from newsletter.consent import Evidence, note_many
from newsletter.models import MOVE_DAYS, AddressChange, ConsentEvent, Subscriber

BATCH = 1000
BY_ITSELF = Evidence("nobody confirmed")


def expire():
    """Forgets addresses nobody confirmed and wishes to move that are over; how many addresses."""
    over = timezone.now() - timedelta(days=MOVE_DAYS)
    AddressChange.objects.filter(asked_at__lt=over).delete()
    forgotten = 0
    while number := expire_some():
        forgotten += number
    return forgotten


@transaction.atomic
def expire_some():
    rows = list(Subscriber.objects.never_confirmed().select_for_update(skip_locked=True)[:BATCH])
    note_many(rows, ConsentEvent.What.EXPIRED, BY_ITSELF, at=timezone.now())
    Subscriber.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)
