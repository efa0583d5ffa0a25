"""Forgetting what tells of the staff and has served: mail about posts, and who had a post open."""

from datetime import timedelta

from django.utils import timezone

from posts.models import Notice, Presence

NOTICES_KEPT = timedelta(days=90)
PRESENCE_KEPT = timedelta(days=1)


def forget():
    """The number of rows that went. What somebody typed is never among them."""
    now = timezone.now()
    told = Notice.objects.filter(created_at__lt=now - NOTICES_KEPT).delete()[0]
    return told + Presence.objects.filter(seen_at__lt=now - PRESENCE_KEPT).delete()[0]
