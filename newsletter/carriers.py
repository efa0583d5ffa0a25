"""Handing one message over to a mail server or a provider, and telling exactly what became of it.

What counts is whether the other side may have taken the message: an error before the text was handed over is a refusal that
can be tried again; a line that breaks after it leaves the outcome unknown.
"""

import re
import smtplib
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import mailers

SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")  # RFC 3463


class Refused(Exception):
    """The other side said no to this message. `is_final`: asking again is of no use; `is_address`: there is no such mailbox."""

    def __init__(self, reply, *, is_final, is_address=False):
        super().__init__(reply)
        self.is_final, self.is_address = is_final, is_address


class Away(Exception):
    """The other side cannot be reached or takes nothing now; nothing was handed over."""


class Unclear(Exception):
    """The message was handed over, and the line broke before the answer."""


@dataclass(frozen=True)
class Provider:
    """One entry of NEWSLETTER_PROVIDERS: a name, which of MAILERS it is, and how many mails a second it takes (0: any)."""

    name: str
    mailer: str
    per_second: float = 0

    def open(self):
        config = settings.MAILERS[self.mailer]
        options = config.get("OPTIONS", {})
        return SmtpCarrier(options) if config["BACKEND"] == SMTP_BACKEND else BackendCarrier(self.mailer)


def providers():
    return [Provider(**entry) for entry in settings.NEWSLETTER_PROVIDERS]


class SmtpCarrier:
    """One connection to a mail server, used for many messages."""

    MESSAGES = 500  # on one connection; many servers close it after some such number

    def __init__(self, options):
        self.options = options
        self.connection = None
        self.carried = 0

    def carry(self, letterhead, delivery_id, email, link_key):
        message = letterhead.finished(delivery_id, email, link_key)
        connection = self.connected()
        try:
            self.expect(connection.mail(message.envelope_from))
            self.expect(connection.rcpt(message.to), is_recipient=True)
            self.expect(connection.docmd("DATA"), wanted=354)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self.drop()
            raise Away(said(error)) from error
        try:
            connection.send(stuffed(message.content))
            answer = connection.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise Unclear(said(error)) from error
        self.carried += 1
        self.expect(answer)

    def expect(self, answer, *, wanted=None, is_recipient=False):
        """Nothing for a yes. 421 means that the server is about to hang up on everybody."""
        code, reply = answer
        text = f"{code} {reply.decode(errors='replace')}"
        if code == wanted or (wanted is None and 200 <= code < 300):
            return
        if code == 421:
            self.drop()
            raise Away(text)
        if code == -1:
            raise smtplib.SMTPServerDisconnected(text)
        try:
            self.connection.rset()
        except (smtplib.SMTPException, OSError):
            self.drop()
        raise Refused(text, is_final=code >= 500, is_address=is_recipient and names_no_mailbox(code, text))

    def connected(self):
        if self.connection and self.carried >= self.MESSAGES:
            self.close()
        if self.connection is None:
            try:
                self.connection = self.connect()
            except (smtplib.SMTPException, OSError) as error:
                self.drop()
                raise Away(said(error)) from error
            self.carried = 0
        return self.connection

    def connect(self):
        options = self.options
        kind = smtplib.SMTP_SSL if options.get("use_ssl") else smtplib.SMTP
        self.connection = connection = kind(
            options.get("host") or "localhost",
            options.get("port") or 25,
            timeout=options.get("timeout") or 30,
        )
        connection.ehlo_or_helo_if_needed()
        if options.get("use_tls"):
            connection.starttls()
            connection.ehlo()
        if options.get("username"):
            connection.login(options["username"], options["password"])
        return connection

    def drop(self):
        """Without a word: the line is broken or the other side is."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def close(self):
        if self.connection is not None:
            try:
                self.connection.quit()
            except (smtplib.SMTPException, OSError):
                self.drop()
        self.connection = None


class BackendCarrier:
    """A provider behind a mail backend of Django's: django-anymail's for the usual services, files in development."""

    def __init__(self, mailer):
        self.backend = mailers[mailer]

    def carry(self, letterhead, delivery_id, email, link_key):
        message = letterhead.as_django_message(delivery_id, email, link_key)
        try:
            self.backend.send_messages([message])
        except Exception as error:
            raise self.meaning_of(error) from error

    def meaning_of(self, error):
        """What an error of a backend says about the message. Whatever we do not know is unclear: never sent twice."""
        status = getattr(error, "status_code", None)  # django-anymail's AnymailAPIError
        names = {kind.__name__ for kind in type(error).__mro__}
        if "AnymailRecipientsRefused" in names:
            return Refused(said(error), is_final=True, is_address=True)
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            code = next(iter(error.recipients.values()))[0]
            return Refused(said(error), is_final=code >= 500, is_address=names_no_mailbox(code, said(error)))
        if (
            status == 429
            or (status is not None and status >= 500)
            or isinstance(error, ConnectionRefusedError)
        ):
            return Away(said(error)) if status in (429, 503, None) else Unclear(said(error))
        if status is not None or isinstance(error, (ValueError, TypeError)):
            return Refused(said(error), is_final=True)
        return Unclear(said(error))

    def close(self):
        self.backend.close()


def said(error):
    """An error in one short line."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:280]


def names_no_mailbox(code, text):
    """Whether a refused recipient means that the mailbox is not there (RFC 3463: 5.1.x address, 5.2.1 closed)."""
    found = ENHANCED.search(text)
    if found:
        return found[1] == "5" and (found[2] == "1" or (found[2], found[3]) == ("2", "1"))
    return code in (550, 551, 553)


def stuffed(content):
    """RFC 5321 4.5.2: a dot that begins a line is doubled; a dot alone ends the message."""
    if content.startswith(b"."):
        content = b"." + content
    return content.replace(b"\r\n.", b"\r\n..") + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")
