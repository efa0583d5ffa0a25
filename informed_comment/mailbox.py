"""The development mailbox at /mail/: what the site would have sent, read from the files it was put into instead.

Only with DEBUG, and only for mail kept in MAIL_DIR; the addresses in it are a reader's, so it is never public.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.csp import CSP
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

BETWEEN = re.compile(rb"^-{79}\r?\n", re.M)  # what the file backend writes after each message
SHOWN = 100  # files, newest first
LONGEST = 10 * 1024 * 1024  # bytes; no mail of ours is that long
HEADERS = (
    "From",
    "To",
    "Reply-To",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
)
PAGE_CSP = settings.SECURE_CSP | {"frame-src": [CSP.SELF]}
# Nothing runs in a mail and nothing is fetched from elsewhere; its links open outside of the frame.
MAIL_CSP = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:"],
    "frame-ancestors": [CSP.SELF],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


@dataclass
class Mail:
    """One message of one file; whatever cannot be read is shown as far as it goes."""

    name: str
    place: int
    written_at: datetime
    message: object

    def header(self, name):
        try:
            return str(self.message.get(name, "") or "")
        except (ValueError, LookupError, AttributeError, TypeError, MessageError):
            return "(cannot be read)"

    @property
    def subject(self):
        return self.header("Subject") or "(no subject)"

    @property
    def to(self):
        return self.header("To")

    def headers(self):
        """The headers worth reading, with their values."""
        return [(name, value) for name in HEADERS if (value := self.header(name))]

    def text(self, subtype):
        """The first part of this kind as text; empty when there is none."""
        part = next(
            (part for part in self.message.walk() if part.get_content_type() == f"text/{subtype}"), None
        )
        if part is None:
            return ""
        body = part.get_payload(decode=True) or b""
        try:
            return body.decode(part.get_content_charset("utf-8"), "replace")
        except LookupError:
            return body.decode("utf-8", "replace")

    @property
    def plain(self):
        return self.text("plain")

    @property
    def html(self):
        return self.text("html")


def files():
    """The newest files that mail was put into."""
    try:
        found = [file for file in settings.MAIL_DIR.iterdir() if file.is_file() and file.suffix == ".log"]
        found.sort(key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)
    except OSError:
        return []
    return found[:SHOWN]


def mails_in(file):
    """The messages of one file, newest first; none of one that cannot be read or is none of ours."""
    try:
        if file.stat().st_size > LONGEST:
            return []
        written_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        pieces = [piece for piece in BETWEEN.split(file.read_bytes()) if piece.strip()]
    except OSError:
        return []
    mails = [
        Mail(file.stem, place, written_at, message_from_bytes(piece, policy=policy.default))
        for place, piece in enumerate(pieces)
    ]
    return [mail for mail in reversed(mails) if mail.message.keys()]


def mail_or_404(name, place):
    for file in files():
        if file.stem == name:
            for mail in mails_in(file):
                if mail.place == place:
                    return mail
    raise Http404("no such mail")


@require_safe
@never_cache
def inbox(request):
    mails = [mail for file in files() for mail in mails_in(file)]
    return render(request, "site/mailbox.html", {"mails": mails, "folder": settings.MAIL_DIR})


@require_safe
@never_cache
@csp_override(PAGE_CSP)
def message(request, name, place):
    return render(request, "site/mailbox_message.html", {"mail": mail_or_404(name, place)})


@require_safe
@never_cache
@xframe_options_sameorigin
@csp_override(MAIL_CSP)
def html_part(request, name, place):
    """The HTML as the mail has it; links are told to open outside of the frame."""
    mail = mail_or_404(name, place)
    return HttpResponse(f'<base target="_blank">{mail.html}', content_type="text/html; charset=utf-8")


app_name = "mailbox"
urlpatterns = [
    path("", inbox, name="inbox"),
    path("<str:name>/<int:place>/", message, name="message"),
    path("<str:name>/<int:place>/html/", html_part, name="html"),
]
