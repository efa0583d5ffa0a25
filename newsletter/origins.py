"""Where a request comes from: from one of our own pages or not, and from which network."""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings

from informed_comment.origins import sender_of
from newsletter.consent import CURRENT, TEXTS, Evidence
from newsletter.fingerprints import fingerprint


def is_from_our_pages(request):
    """False when the browser says that another site sent the form.

    It stands in for a CSRF token, which a cached page cannot carry and which would need a cookie. Browsers send
    Sec-Fetch-Site or Origin with every POST; a request without either, and without a Referer, is no browser's
    and cannot be made in a reader's name, so it is let through to the other checks.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site in ("same-origin", "none")
    source = request.headers.get("Origin") or request.headers.get("Referer")
    if not source:
        return True
    ours = {request.get_host(), urlsplit(settings.SITE_URL).netloc}
    try:
        return urlsplit(source).netloc in ours
    except ValueError:
        return False


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
