"""Whom a request comes from, behind our own proxies too, and whether from a page of ours."""

import ipaddress
import re
import socket
from urllib.parse import urlsplit

from django.conf import settings

WITH_PORT = re.compile(r"\[([^\[\]]*)\](?::\d+)?|([\d.]+):\d+", re.A)
NEAR = {
    4: [
        ipaddress.ip_network(text)
        for text in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16")
    ],
    6: [ipaddress.ip_network(text) for text in ("::1/128", "fc00::/7", "fe80::/10")],
}


def sender_of(request):
    """The sender's IP address, or None when it is our own proxy's and nothing else is known.

    With TRUSTED_PROXIES set to n, the nth entry from the right of X-Forwarded-For. Without, or where there are fewer, the
    entry of the nearest proxy, if it is one: a peer on this machine or in a private network. No other header is believed.
    """
    said = request.META.get("HTTP_X_FORWARDED_FOR", "")
    chain = [part.strip() for part in said.split(",") if part.strip()]
    proxies = settings.TRUSTED_PROXIES
    if proxies and len(chain) >= proxies:
        return address_in(chain[-proxies])
    peer = address_in(request.META.get("REMOTE_ADDR", ""))
    if peer is not None and not is_near(peer):
        return peer
    return address_in(chain[-1]) if chain else None


def is_near(address):
    """Whether it is of this machine or a private network. Python's own `is_private` would remember whom it was asked of."""
    return any(address in network for network in NEAR[address.version])


def address_in(text):
    """The IP address in `text`, an IPv4 one in IPv6's clothes as IPv4; None if it is none. Nothing is remembered.

    Some proxies write the port beside it.
    """
    try:
        return ipaddress.IPv4Address(
            socket.inet_pton(socket.AF_INET, text)
        )  # a third of the time of what follows
    except (OSError, ValueError):
        pass
    if with_port := WITH_PORT.fullmatch(text):
        text = with_port[1] or with_port[2] or ""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def network_of(address):
    """The network that is counted and kept in the address's place: /24, or /48 of IPv6."""
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))


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
