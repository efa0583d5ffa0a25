"""What the operator is shown of moves: imports of a site that stand still."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from informed_comment.watching.lights import Light, State
from wordpress.models import Move

SILENT = timedelta(minutes=15)


def moves():
    """Nothing where nobody moves."""
    since = timezone.now() - SILENT
    failed = Q(state=Move.State.FAILED, created_at__gt=since - timedelta(days=7))
    told = Move.objects.filter(failed | Q(state__in=Move.UNDER_WAY, is_for_workers=True))
    return [light for move in told[:20] if (light := light_of(move, since))]


def light_of(move, since):
    if move.state == Move.State.FAILED:
        return Light(
            "Moving in", State.WATCH, f"{move} cannot go on: {move.problem}", "Open it in the newsroom."
        )
    if (move.beat_at or move.begun_at or move.created_at) >= since:
        return None
    says = f"{move} has stood still for more than a quarter of an hour."
    return Light("Moving in", State.BAD, says, "See that a worker runs; then stop the import and go on.")
