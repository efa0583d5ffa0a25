"""What a subscriber agrees to, and the note that is kept of it."""

from dataclasses import dataclass

from informed_comment.fingerprints import fingerprint
from newsletter.models import ConsentEvent

# Never change a text: add the next number. A cached page may still show an older one, and says which.
TEXTS = {
    1: (
        "By signing up you agree to receive our newsletter by e-mail. We ask you to confirm first, pass your "
        "address to nobody and do not track what you open. Every mail has a link to leave."
    ),
}
CURRENT = max(TEXTS)
SHOWING_THE_TEXT = (ConsentEvent.What.ASKED, ConsentEvent.What.CONFIRMED, ConsentEvent.What.MOVED)


@dataclass(frozen=True)
class Evidence:
    """How a wish reached us: which form or deed, showing which text, from which (truncated) network, by whom."""

    how: str
    text_version: int = CURRENT
    network: str = ""
    sender_hash: str = ""
    by: str = ""


def note(subscriber, what, evidence, *, at, detail=""):
    """Appends one event to the subscriber's history."""
    event = event_of(subscriber, what, evidence, at=at, detail=detail)
    event.save(force_insert=True)
    return event


def note_many(subscribers, what, evidence, *, at, detail=""):
    """Appends the same event to the history of each."""
    ConsentEvent.objects.bulk_create(
        event_of(subscriber, what, evidence, at=at, detail=detail) for subscriber in subscribers
    )


def event_of(subscriber, what, evidence, *, at, detail):
    shows_text = what in SHOWING_THE_TEXT
    return ConsentEvent(
        subscriber=subscriber,
        address_hash=fingerprint("address", subscriber.key),
        what=what,
        at=at,
        how=evidence.how,
        text=TEXTS[evidence.text_version] if shows_text else "",
        text_version=evidence.text_version if shows_text else None,
        detail=detail,
        network=evidence.network,
        sender_hash=evidence.sender_hash,
        by=evidence.by,
    )
