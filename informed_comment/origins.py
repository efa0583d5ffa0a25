"""Whom a request comes from, behind our own proxies too, and whether from a page of ours."""

import functools
import ipaddress
from urllib.parse import urlsplit

from django.conf import settings


def sender_of(request):
    """The sender's IP address, or None when it is our own proxy's and nothing else is known.

    With TRUSTED_PROXIES set to n, the nth entry from the right of X-Forwarded-For. Without, the entry of the
    nearest proxy, if it is one: a peer on this machine or in a private network.
    """
    peer = address_in(request.META.get("REMOTE_ADDR", ""))
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if settings.TRUSTED_PROXIES:
        return (
            address_in(chain[-settings.TRUSTED_PROXIES]) if len(chain) >= settings.TRUSTED_PROXIES else peer
        )
    if peer is not None and not peer.is_private:
        return peer
    return address_in(chain[-1]) if chain else None


@functools.lru_cache(4096)
def address_in(text):
    """The IP address in `text`, an IPv4 one in IPv6's clothes as IPv4; None if it is none."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_from_our_pages(request):
    """False when the browser says that another site sent the form.

    It stands in for a CSRF token, which a cached page cannot carry and which would need a cookie. Browsers send
    Sec-Fetch-Site or Origin with every POST; a request without either, and without a Referer, is no browser's
    and cannot be made in anybody's name, so it is let through to the other checks.
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
