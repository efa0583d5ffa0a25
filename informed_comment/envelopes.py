"""What every mail of ours bears on the outside: whom it is from, one line of subject, and that a machine wrote it."""

from email import charset
from email.header import Header
from email.headerregistry import Address
from email.utils import parseaddr
from unicodedata import category
from urllib.parse import urlsplit

from django.conf import settings

AUTOMATIC = {
    "Auto-Submitted": "auto-generated",  # RFC 3834: no vacation note in answer
    "X-Auto-Response-Suppress": "All",  # the same for Exchange
}
UNSAID = ("Cc", "Cs", "Zl", "Zp")
LONGEST_LINE = 76
CHARSET = charset.Charset("utf-8")
CHARSET.header_encoding = charset.QP


def one_line(text):
    """A subject is one line; line ends in it would begin another header, and signs that steer terminals say nothing."""
    return " ".join("".join(sign for sign in text if sign.isspace() or category(sign) not in UNSAID).split())


def sender(title):
    """`Informed Comment <newsletter@example.org>`; a name in DEFAULT_FROM_EMAIL is kept."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return str(Address(display_name=name or one_line(title), addr_spec=address))


def sender_on_the_wire(title):
    """The same in ASCII, as it goes over the wire, folded where it is long (RFC 2047)."""
    said = sender(title)
    if said.isascii() and len(said) < LONGEST_LINE:
        return said
    name, address = parseaddr(said)
    return f"{encoded(name, 'From')}\r\n <{address}>"


def encoded(text, header):
    """Any one line as the value of a header, in ASCII and folded."""
    return Header(one_line(text), CHARSET, header_name=header).encode(linesep="\r\n")


def domain():
    """The host of the site, for Message-IDs."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"
