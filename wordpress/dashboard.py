"""What moving in tells on the newsroom's first page."""

from django.urls import reverse

from informed_comment.dashboard import Item, Panel
from wordpress.admin import following
from wordpress.models import Move

SHOWN = 5
UNFINISHED = (*Move.UNDER_WAY, Move.State.LOOKED, Move.State.STOPPED, Move.State.FAILED)


def moves(request):
    """Imports that are under way or wait for somebody; nothing while there are none."""
    if not request.user.has_perm("wordpress.view_move"):
        return None
    rows = Move.objects.filter(state__in=UNFINISHED).only(
        "files", "state", "phase", "done", "total", "rate", "created_at", "begun_at"
    )
    items = [
        Item(move.names, reverse("admin:wordpress_move_change", args=[move.pk]), note(move), move.begun_at)
        for move in rows[:SHOWN]
    ]
    return Panel("Moving in", items, reverse("admin:wordpress_move_changelist")) if items else None


def note(move):
    said = following.state_in_words(move)
    if not move.is_under_way:
        return said
    return ", ".join(filter(None, [said, following.counted(move), following.left(move)]))
