"""What every mail of ours bears on the outside: whom it is from, one line of subject, and that a machine wrote it."""

from email.headerregistry import Address
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings

AUTOMATIC = {
    "Auto-Submitted": "auto-generated",  # RFC 3834: no vacation note in answer
    "X-Auto-Response-Suppress": "All",  # the same for Exchange
}


def one_line(text):
    """A subject is one line; line ends in it would begin another header."""
    return " ".join(text.split())


def sender(title):
    """`Informed Comment <newsletter@example.org>`; a name in DEFAULT_FROM_EMAIL is kept."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return str(Address(display_name=name or one_line(title), addr_spec=address))


def domain():
    """The host of the site, for Message-IDs."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"
