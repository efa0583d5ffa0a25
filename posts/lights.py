"""What the operator is shown of posts: what was due and has not been done."""

from collections import Counter
from datetime import timedelta

from django.db.models import Value
from django.utils import timezone

from informed_comment.watching.lights import Light, State
from posts.models import Announcement, Notice, PendingChange

LATE = timedelta(minutes=10)
REFUSED = "changes refused"
WORKER = "See that a worker runs; its log says what keeps it. Readers see posts on time all the same."


def overdue():
    """Announcements, changes that had their hour, and mails to those who write."""
    since = timezone.now() - LATE
    changes = PendingChange.objects.filter(apply_at__lt=since)
    found = named(Announcement.objects.due().filter(due_at__lt=since), "posts not announced").union(
        named(changes.filter(problem=""), "changes not applied"),
        named(Notice.objects.waiting().filter(created_at__lt=since - LATE), "mails to staff not sent"),
        named(changes.exclude(problem=""), REFUSED),
        all=True,
    )
    counted = Counter(what for (what,) in found)
    refused = counted.pop(REFUSED, 0)
    if counted:
        late = ", ".join(f"{number:,} {what}" for what, number in counted.items())
        return [Light("Posts overdue", State.BAD, f"{late}.", WORKER)]
    if refused:
        says = f"{refused:,} changes could not be applied at their hour."
        cure = "Open those posts in the newsroom: each says why, and can be put right there."
        return [Light("Posts overdue", State.WATCH, says, cure)]
    return [Light("Posts overdue", State.GOOD, "Whatever was due has been done.")]


def named(rows, what):
    return rows.order_by().values_list(Value(what))
