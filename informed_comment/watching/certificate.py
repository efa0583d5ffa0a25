"""How long the certificate of our own address holds. The worker asks once an hour, as a browser would begin to, and writes it
beside the counts of this machine; nobody who opens a page waits for it.

It is the operator's own address, public or not, so the guard of addresses that others chose (outward.py) is not asked.
"""

import json
import socket
import ssl
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings
from django.utils import timezone

from informed_comment.watching.lights import Light, State

NAME = "Certificate"
SECONDS = 8
SOON, AT_ONCE = timedelta(days=14), timedelta(days=3)
ONLY_HERE = ("localhost", "127.0.0.1", "::1")
RENEW = (
    "See why it is not renewed: journalctl -u certbot, then certbot renew; Caddy's log where Caddy stands in front; whoever gave "
    "it where it was bought."
)


def noted():
    return Path(settings.VAR_DIR) / "run" / "certificate.json"


def place():
    """(host, port) of SITE_URL; None where there is nothing to ask."""
    parts = urlsplit(settings.SITE_URL)
    if parts.scheme != "https" or not parts.hostname or parts.hostname in ONLY_HERE:
        return None
    return parts.hostname, parts.port or 443


def ends_at(host, port):
    """When the certificate ends that is shown there. Its date is read and nothing believed, so one that has ended is read too."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection((host, port), timeout=SECONDS) as line,
        context.wrap_socket(line, server_hostname=host) as secured,
    ):
        return x509.load_der_x509_certificate(secured.getpeercert(binary_form=True)).not_valid_after_utc


def ask():
    """Writes down when it ends; what was known stays known while the address does not answer."""
    where = place()
    if where is None:
        noted().unlink(missing_ok=True)
        return
    with suppress(OSError, ValueError):
        told = json.dumps({"host": where[0], "ends_at": ends_at(*where).isoformat()})
        file = noted()
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".new")
        draft.write_text(told)
        draft.replace(file)


def left():
    """How long it still holds; None where nobody knows."""
    where = place()
    try:
        told = json.loads(noted().read_text())
        if where and told["host"] == where[0]:
            return datetime.fromisoformat(told["ends_at"]) - timezone.now()
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def lights():
    remaining = left()
    if remaining is None:
        return []
    if remaining <= timedelta(0):
        return [Light(NAME, State.BAD, "It has ended: browsers let nobody in.", RENEW)]
    says = f"It holds for {remaining.days} more days."
    if remaining > SOON:
        return [Light(NAME, State.GOOD, says)]
    return [Light(NAME, State.BAD if remaining <= AT_ONCE else State.WATCH, says, RENEW)]
