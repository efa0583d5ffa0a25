"""The audit log: who signed in, who was given which rights, what was taken out or erased, and from where.

An entry is written in the transaction of its deed, so neither is there without the other.
"""

from datetime import timedelta

from django.utils import timezone

from informed_comment.models import AuditEntry
from informed_comment.origins import sender_of

KEPT = timedelta(days=730)
ADDRESSES_KEPT = timedelta(days=90)


def record(deed, said, *, by=None, request=None, about="", **details):
    """Writes an entry. `deed` is a word with low lines, `said` a sentence for people, `details` plain values.

    `by` is whoever did it, as a rule the user of `request`; the site itself when neither is given. Nothing secret and no
    reader's address belongs into `said`, `about` or `details`.
    """
    if (
        by is None
        and request is not None
        and getattr(request, "user", None)
        and request.user.is_authenticated
    ):
        by = request.user
    return AuditEntry.objects.create(
        deed=deed,
        said=said[:500],
        by=by,
        name=by.get_username() if by else "",
        about=str(about)[:200],
        address=str(sender_of(request) or "") or None if request is not None else None,
        request_id=getattr(request, "id", ""),
        details=details,
    )


def forget():
    """Takes away what has been kept long enough: addresses first, entries later. The number of entries that went."""
    now = timezone.now()
    AuditEntry.objects.filter(at__lt=now - ADDRESSES_KEPT, address__isnull=False).update(address=None)
    return AuditEntry.objects.filter(at__lt=now - KEPT).delete()[0]
