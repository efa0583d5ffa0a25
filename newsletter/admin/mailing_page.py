"""The page of one mailing: panels one under the other, each a function of (request, mailing) that gives
(template, context), or None when it has nothing to say. A draft has its form between them and the first.
"""

from django.conf import settings
from django.utils import timezone

from newsletter.admin import ledger, mailing_deeds
from newsletter.models import Mailing

STATE = "newsletter/admin/mailing/_state.html"
LOOKS = "newsletter/admin/mailing/_looks.html"
LINES = "newsletter/admin/mailing/_lines.html"


def state(request, mailing):
    """How it stands and what may be done with it."""
    waits = mailing.state == Mailing.State.SENDING and not mailing.started_at
    return STATE, {
        "mailing": mailing,
        "badge": badge(mailing),
        "buttons": mailing_deeds.available(mailing, request.user),
        "waits": waits and mailing.starts_at and mailing.starts_at > timezone.now(),
        "zone": settings.TIME_ZONE,
    }


def looks(request, mailing):
    """Ways to see it: the preview, a test; of a draft the last look before it goes out."""
    return LOOKS, {
        "mailing": mailing,
        "may_test": request.user.has_perm("newsletter.change_mailing"),
        "is_on_the_web": bool(mailing.is_in_archive and mailing.started_at),
    }


def lines(request, mailing):
    """What was in it, once it is no draft any more; a draft has its posts in the form."""
    if mailing.state == Mailing.State.DRAFT:
        return None
    found = list(mailing.lines.select_related("post").defer("post__body"))
    return (LINES, {"lines": found}) if found else None


PANELS = [state, ledger.panel, looks, lines]


def panels(request, mailing):
    """What the page shows, in order: (template, its context)."""
    return [found for panel in PANELS if (found := panel(request, mailing))]


KINDS = {
    "Needs somebody": "withdrawn",
    "Goes out by itself": "scheduled",
    "Queued": "scheduled",
    "Draft": "draft",
    "Sending": "in_review",
    "Sent": "published",
    "Paused": "withdrawn",
    "Waits for somebody": "withdrawn",
}


def badge(mailing):
    """(class, words) of its state."""
    return KINDS.get(mailing.state_word, "gone"), mailing.state_word
