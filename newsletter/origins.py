"""Which network a request comes from, and what may be noted of it."""

import ipaddress

from informed_comment.origins import sender_of
from newsletter.consent import CURRENT, TEXTS, Evidence
from newsletter.fingerprints import fingerprint


def network_of(address):
    """The network that is counted and kept in the address's place: /24, or /48 of IPv6."""
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))


def evidence_from(request, how, text_version=CURRENT):
    """What may be noted of the sender: the truncated network and a keyed hash."""
    sender = sender_of(request)
    return Evidence(
        how=how,
        text_version=text_version if text_version in TEXTS else CURRENT,
        network=network_of(sender) if sender else "",
        sender_hash=fingerprint("sender", sender) if sender else "",
    )
