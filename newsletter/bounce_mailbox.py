"""The mailbox that bounces come to: each message is read, noted and committed, and only then deleted there.

BOUNCE_MAILBOX_URL names it: imaps://user:password@host/INBOX, imap:// (STARTTLS when offered), pop3s://, pop3://, or
maildir:///path for a mail server on this machine. It must be a mailbox of its own: reading empties it.
"""

import imaplib
import logging
import mailbox
import poplib
from contextlib import contextmanager, suppress
from urllib.parse import unquote, urlsplit

from django.db import InterfaceError, OperationalError

from newsletter import bounce_reports, bounces

logger = logging.getLogger(__name__)
SOURCE = "bounce mailbox"
MOST = 500  # messages in one go; the next go takes the rest
BYTES = 1024 * 1024  # of one message; reports say what they say at the beginning
SECONDS = 60
poplib._MAXLINE = BYTES  # its own limit of 2048 would let one long line block the mailbox for good


class CannotRead(Exception):
    """Why the mailbox cannot be read, in a sentence."""


def empty(url):
    """Notes what has come and deletes it; (messages, reports among them). CannotRead when the mailbox does not answer."""
    messages = noted = left = 0
    try:
        with opened(url) as box:
            for name, raw in box.messages():
                messages += 1
                try:
                    noted += take(raw)
                except (OperationalError, InterfaceError):
                    raise
                except Exception:
                    logger.exception("A message in the bounce mailbox cannot be noted and stays there")
                    left += 1
                else:
                    box.done(name)
    except (OSError, imaplib.IMAP4.error, poplib.error_proto) as error:
        raise CannotRead(f"The bounce mailbox cannot be read: {error}") from error
    if left:
        raise CannotRead(f"{left} messages in the bounce mailbox cannot be noted; the log says why.")
    return messages, noted


def take(raw):
    """Notes one message; whether it was a report that had not been noted before."""
    report = bounce_reports.read(raw)
    return bool(report and bounces.take(report, source=SOURCE))


@contextmanager
def opened(url):
    """The mailbox at the address; what is done with is deleted at the end, whatever comes in between."""
    parts = urlsplit(url)
    if parts.scheme not in BOXES:
        raise CannotRead(f"BOUNCE_MAILBOX_URL begins with {', '.join(f'{name}://' for name in BOXES)}.")
    box = BOXES[parts.scheme](parts)
    try:
        yield box
    finally:
        box.close()


class Imap:
    def __init__(self, parts):
        self.deleted = []
        if parts.scheme == "imaps":
            self.server = imaplib.IMAP4_SSL(parts.hostname, parts.port or 993, timeout=SECONDS)
        else:
            self.server = imaplib.IMAP4(parts.hostname, parts.port or 143, timeout=SECONDS)
            if "STARTTLS" in self.server.capabilities:
                self.server.starttls()
        try:
            self.enter(parts)
        except BaseException:
            self.server.shutdown()
            raise

    def enter(self, parts):
        self.server.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.strip("/")) or "INBOX"
        answer, told = self.server.select(f'"{folder}"')
        if answer != "OK":
            raise CannotRead(f"There is no folder {folder} in the bounce mailbox: {told[0]!r}")

    def messages(self):
        _, found = self.server.uid("SEARCH", "UNDELETED")
        for uid in (found[0] or b"").split()[:MOST]:
            _, told = self.server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{BYTES}>)")
            if told and isinstance(told[0], tuple):
                yield uid, told[0][1]

    def done(self, uid):
        self.server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
        self.deleted.append(uid)

    def close(self):
        try:
            if self.deleted and "UIDPLUS" in self.server.capabilities:
                self.server.uid("EXPUNGE", b",".join(self.deleted))
            elif self.deleted:
                self.server.expunge()
            self.server.logout()
        finally:
            with suppress(OSError):  # what a logout has closed already
                self.server.shutdown()


class Pop3:
    """Deletes at its QUIT: a line that breaks before leaves everything, and it is recognised the next time."""

    def __init__(self, parts):
        if parts.scheme == "pop3s":
            self.server = poplib.POP3_SSL(parts.hostname, parts.port or 995, timeout=SECONDS)
        else:
            self.server = poplib.POP3(parts.hostname, parts.port or 110, timeout=SECONDS)
        try:
            self.server.user(unquote(parts.username or ""))
            self.server.pass_(unquote(parts.password or ""))
        except BaseException:
            self.server.close()
            raise

    def messages(self):
        for line in self.server.list()[1][:MOST]:
            number, size = (int(part) for part in line.split()[:2])
            lines = self.server.retr(number)[1] if size <= BYTES else self.server.top(number, 5000)[1]
            yield number, b"\r\n".join(lines) + b"\r\n"

    def done(self, number):
        self.server.dele(number)

    def close(self):
        try:
            self.server.quit()
        finally:
            self.server.close()


class Maildir:
    def __init__(self, parts):
        self.folder = mailbox.Maildir(unquote(parts.path), factory=None, create=False)

    def messages(self):
        for name in self.folder.keys()[:MOST]:
            yield name, self.folder.get_bytes(name)[:BYTES]

    def done(self, name):
        self.folder.discard(name)

    def close(self):
        self.folder.close()


BOXES = {"imaps": Imap, "imap": Imap, "pop3s": Pop3, "pop3": Pop3, "maildir": Maildir}
