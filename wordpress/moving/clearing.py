"""Uploaded exports do not lie here for ever: they hold what readers and authors wrote, and their addresses."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from wordpress.models import Move, MovePiece

SENDING = timedelta(days=1)  # longer than anybody sends a file
State = Move.State


def clear():
    """Forgets uploads that were begun and never ended, and the files of imports that were done some weeks ago."""
    now = timezone.now()
    Move.objects.filter(state=State.ARRIVING, created_at__lt=now - SENDING).delete()
    done = Move.objects.filter(state=State.DONE, done_at__lt=now - timedelta(days=settings.IMPORTS_KEPT_DAYS))
    MovePiece.objects.filter(move__in=done).delete()
