"""What the newsletter tells on the newsroom's dashboard."""

from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone

from newsletter.models import Subscriber

SHOWN = 5


def new_subscribers(request):
    """The newest confirmed subscribers and how many came and went within a week; None for who may not see them."""
    if not request.user.has_perm("newsletter.view_subscriber"):
        return None
    week = timezone.now() - timedelta(days=7)
    newest = Subscriber.objects.active().order_by("-confirmed_at")[:SHOWN]
    counts = Subscriber.objects.filter(Q(confirmed_at__gt=week) | Q(unsubscribed_at__gt=week)).aggregate(
        came=Count("pk", filter=Q(confirmed_at__gt=week)),
        left=Count("pk", filter=Q(unsubscribed_at__gt=week)),
    )
    return {"subscribers": newest, **counts}
