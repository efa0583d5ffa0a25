"""Which network a request comes from, and what may be noted of it."""

from informed_comment.fingerprints import fingerprint
from informed_comment.origins import network_of, sender_of
from newsletter.consent import CURRENT, TEXTS, Evidence


def evidence_from(request, how, text_version=CURRENT):
    """What may be noted of the sender: the truncated network and a keyed hash."""
    sender = sender_of(request)
    return Evidence(
        how=how,
        text_version=text_version if text_version in TEXTS else CURRENT,
        network=network_of(sender) if sender else "",
        sender_hash=fingerprint("sender", sender) if sender else "",
    )
