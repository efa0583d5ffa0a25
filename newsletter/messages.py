"""Finished messages: a mailing's MIME message made once, and for each subscriber only their own lines put in.

The text parts are encoded when the message is made; a subscriber's link key, the only thing in them that differs, is put
between the pieces as it is (RFC 2045 6.7 allows a soft line break on either side of it).
"""

import hmac
import quopri
import re
import secrets
from dataclasses import dataclass
from email.utils import formatdate, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from informed_comment.envelopes import domain, encoded, one_line, sender, sender_on_the_wire
from informed_comment.publication import current_publication
from newsletter import addresses

LINK_KEY = "00000000-0000-4000-8000-00000000cafe"  # stands in frozen texts where the subscriber's own belongs
EOL = b"\r\n"


@dataclass(frozen=True)
class Finished:
    """What goes over the wire for one delivery, and the parts of it for providers that want them apart."""

    envelope_from: str
    to: str
    content: bytes


class Letterhead:
    """Everything about a variant that is the same for all: headers, encoded parts, addresses."""

    def __init__(self, mailing, variant):
        title = current_publication().title
        self.mailing, self.variant = mailing, variant
        self.sender = sender(title)
        self.domain = domain()
        self.boundary = f"=_{secrets.token_hex(16)}"
        self.html, self.text = pieces(variant.html), pieces(variant.text)
        self.unsubscribe = settings.SITE_URL + reverse("newsletter:unsubscribe", args=[LINK_KEY])
        self.list_id = f"<{mailing.kind}.newsletter.{self.domain}>"
        self.fixed = self.fixed_headers(title)

    def fixed_headers(self, title):
        lines = [
            f"From: {sender_on_the_wire(title)}",
            f"Subject: {encoded(self.variant.subject, 'Subject')}",
            f"List-ID: {encoded(title, 'List-ID')} {self.list_id}",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: All",
            "MIME-Version: 1.0",
            f'Content-Type: multipart/alternative; boundary="{self.boundary}"',
        ]
        return "\r\n".join(lines).encode("ascii") + EOL

    def message_id(self, delivery_id):
        """The same each time a delivery is tried, so that a mailbox can drop a second copy.

        Sealed, so that a report with our message in it proves which delivery it is about.
        """
        return message_id(self.mailing.pk, delivery_id, self.domain)

    def own_headers(self, delivery_id, to, link_key):
        """RFC 8058: one https address and no other; RFC 2369."""
        return {
            "To": to,
            "Message-ID": self.message_id(delivery_id),
            "Date": formatdate(),
            "List-Unsubscribe": f"<{self.unsubscribe.replace(LINK_KEY, link_key)}>",
        }

    def finished(self, delivery_id, email, link_key):
        """The message for one subscriber. NotAnAddress for an address no mail can be sent to."""
        to = mailbox(email)
        own = self.own_headers(delivery_id, to, link_key)
        head = "".join(f"{name}: {value}\r\n" for name, value in own.items()).encode("ascii")
        key = link_key.encode()
        content = b"".join(
            [
                head,
                self.fixed,
                EOL,
                *self.part("plain", self.text, key),
                *self.part("html", self.html, key),
                f"--{self.boundary}--\r\n".encode(),
            ]
        )
        return Finished(return_path(delivery_id), to, content)

    def part(self, subtype, encoded, key):
        head = (
            f'--{self.boundary}\r\nContent-Type: text/{subtype}; charset="utf-8"\r\n'
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        )
        return head.encode(), key.join(encoded), EOL

    def as_django_message(self, delivery_id, email, link_key):
        """The same for a provider that is reached through a backend of Django's or django-anymail's."""
        to = mailbox(email)
        own = self.own_headers(delivery_id, to, link_key)
        message = EmailMultiAlternatives(
            subject=one_line(self.variant.subject),
            body=self.variant.text.replace(LINK_KEY, link_key),
            from_email=self.sender,
            to=[own.pop("To")],
            headers={
                **own,
                "List-ID": self.list_id,
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Auto-Submitted": "auto-generated",
            },
        )
        message.attach_alternative(self.variant.html.replace(LINK_KEY, link_key), "text/html")
        return message


def message_id(mailing_id, delivery_id, host=None):
    """What providers and mail servers call the message in their logs."""
    return f"<mailing-{mailing_id}-{named(delivery_id)}@{host or domain()}>"


def mailbox(email):
    """The address in ASCII, as envelope and To name it; what cannot be one is refused before it becomes a header."""
    address = addresses.parse(email)
    local = address.email.rpartition("@")[0]
    return f"{local}@{address.key.rpartition('@')[2]}"


def pieces(text):
    """The text in quoted-printable, cut where a subscriber's link key belongs; the cuts carry soft line breaks."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split(LINK_KEY)
    encoded = [quoted(piece) for piece in lines]
    last = len(encoded) - 1
    return [
        (b"=\r\n" if place and piece else b"") + piece + (b"=\r\n" if place < last and piece else b"")
        for place, piece in enumerate(encoded)
    ]


def quoted(text):
    """Quoted-printable with CRLF line ends; a dot or a blank at the end of a line survives any relay."""
    return quopri.encodestring(text.encode(), quotetabs=False).replace(b"\n", EOL)


# The way back of mail that cannot be delivered


def return_path(delivery_id):
    """The envelope's sender: one of the delivery's own (VERP) when BOUNCE_ADDRESS is set, so that any bounce names it."""
    if not settings.BOUNCE_ADDRESS:
        return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    local, _, host = settings.BOUNCE_ADDRESS.rpartition("@")
    return f"{local}+{named(delivery_id)}@{host}"


def named(delivery_id):
    """A delivery under our seal: nobody else can name one."""
    return f"{delivery_id}-{seal(delivery_id)}"


def seal(delivery_id):
    """Ten hexadecimal digits only we can make, so that nobody bounces a delivery by guessing its number."""
    return hmac.digest(settings.NEWSLETTER_KEY.encode(), f"bounce:{delivery_id}".encode(), "sha256").hex()[
        :10
    ]


def delivery_of_return_path(address):
    """The number of the delivery a VERP address belongs to, or None for one that is not ours."""
    return next(deliveries_named(f"{address.rpartition('@')[0].rpartition('+')[2]}@"), None)


SEALED = re.compile(r"(?:^|[+-])(\d{1,18})-([0-9a-f]{10})@", re.IGNORECASE)


def deliveries_named(text):
    """The numbers of our deliveries that a text names under our seal: by return path or Message-ID."""
    for found in SEALED.finditer(text):
        if hmac.compare_digest(found[2].lower(), seal(int(found[1]))):
            yield int(found[1])
