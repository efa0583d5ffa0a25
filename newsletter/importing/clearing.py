"""Rows of files hold what we do not need for ever: they are cleared after a while, and what is told in numbers stays."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from newsletter.models import ImportBatch, ImportPiece, ImportRow

State = ImportBatch.State
NOT_BEGUN = (State.RECEIVED, State.READING, State.READ, State.REFUSED)


def clear():
    """Clears every batch whose days are over; how many. Of what was never begun nothing is kept."""
    limit = timezone.now() - timedelta(days=settings.IMPORTS_KEPT_DAYS)
    abandoned = ImportBatch.objects.filter(state__in=NOT_BEGUN, created_at__lt=limit)
    over = ImportBatch.objects.filter(
        state__in=[State.DONE, State.UNDONE], done_at__lt=limit, cleared_at=None
    )
    ids = list(abandoned.values_list("pk", flat=True)) + list(over.values_list("pk", flat=True))
    for batch in ImportBatch.objects.filter(pk__in=ids):
        clear_one(batch)
    return len(ids)


@transaction.atomic
def clear_one(batch):
    ImportRow.objects.filter(batch=batch).delete()
    ImportPiece.objects.filter(batch=batch).delete()
    if batch.state in NOT_BEGUN:
        batch.delete()
        return
    batch.cleared_at = timezone.now()
    batch.save()
