"""Handing one message over to a mail server or a provider, and telling exactly what became of it.

What counts is whether the other side may have taken the message: an error before the text was handed over is a refusal that
can be tried again; a line that breaks after it leaves the outcome unknown.
"""

import re
import smtplib
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import mailers

from informed_comment import mailers as mailers_of_settings
from informed_comment import patient_mail
from newsletter.messages import named

SMTP_BACKENDS = (mailers_of_settings.DJANGOS, mailers_of_settings.PATIENT)
ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")  # RFC 3463


class Refused(Exception):
    """The other side said no to this message. `is_final`: asking again is of no use; `is_address`: there is no such mailbox."""

    def __init__(self, reply, *, is_final, is_address=False):
        super().__init__(reply)
        self.is_final, self.is_address = is_final, is_address


class Away(Exception):
    """The other side cannot be reached or takes nothing now; nothing was handed over."""


class Broken(Away):
    """The line broke while this message's envelope was told, or the server hung up: perhaps because of it."""


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
        return SmtpCarrier(options) if config["BACKEND"] in SMTP_BACKENDS else BackendCarrier(self.mailer)


def providers():
    return [Provider(**entry) for entry in settings.NEWSLETTER_PROVIDERS]


class SmtpCarrier:
    """One connection to a mail server, used for many messages."""

    MESSAGES = 500  # on one connection; many servers close it after some such number
    ANSWER = patient_mail.ANSWER

    def __init__(self, options):
        self.options = options
        self.timeout = options.get("timeout") or 30
        self.connection = None
        self.carried = 0

    def carry(self, letterhead, delivery_id, email, link_key):
        """Whatever goes wrong after the text is on its way is Unclear, but for an answer that says no."""
        message = letterhead.finished(delivery_id, email, link_key)
        connection = self.connected()
        try:
            self.expect(connection.mail(message.envelope_from))
            self.expect(connection.rcpt(message.to), is_recipient=True)
            self.expect(connection.docmd("DATA"), wanted=354)
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise Broken(said(error)) from error
        try:
            connection.send(stuffed(message.content))
        except Exception as error:  # its last byte did not leave, and without it there is no message
            self.drop()
            raise Broken(said(error)) from error
        try:
            code, reply = self.answer_to_the_text(connection)
        except Exception as error:
            self.drop()
            raise Unclear(said(error)) from error
        self.carried += 1
        if not 200 <= code < 600:
            self.drop()
            raise Unclear(f"an answer that is none: {code} {reply!r}"[:200])
        self.expect((code, reply))

    def answer_to_the_text(self, connection):
        """For which a server may take its time."""
        connection.sock.settimeout(max(self.ANSWER, self.timeout))
        answer = connection.getreply()
        if connection.sock:
            connection.sock.settimeout(self.timeout)
        return answer

    def expect(self, answer, *, wanted=None, is_recipient=False):
        """Nothing for a yes. 421 means that the server is about to hang up on everybody."""
        code, reply = answer
        text = f"{code} {reply.decode(errors='replace')}"
        if code == wanted or (wanted is None and 200 <= code < 300):
            return
        if code == 421:
            self.drop()
            raise Broken(text)
        if not 400 <= code < 600:
            raise smtplib.SMTPServerDisconnected(text)
        try:
            self.connection.rset()
        except (smtplib.SMTPException, OSError):
            self.drop()
        raise Refused(text, is_final=code >= 500, is_address=is_recipient and names_no_mailbox(text))

    def connected(self):
        if self.connection and self.carried >= self.MESSAGES:
            self.close()
        if self.connection is None:
            try:
                self.connection = self.connect()
            except (
                Exception
            ) as error:  # a name, a password, a certificate that will not do: not this message's fault
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
            timeout=self.timeout,
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

    NO_METADATA = ("MailerSend", "Postal")
    CAN_BE_TOLD_NOT_TO_TRACK = (
        "Postmark",
        "Mailgun",
        "Mailjet",
        "MailerSend",
        "SparkPost",
        "SendGrid",
        "Test",
    )

    def __init__(self, mailer):
        self.backend = mailers[mailer]
        self.service = getattr(self.backend, "esp_name", "")
        if self.service:
            self.backend.open()  # one line for many messages

    def carry(self, letterhead, delivery_id, email, link_key):
        message = letterhead.as_django_message(delivery_id, email, link_key)
        if self.service and self.service not in self.NO_METADATA:
            message.metadata = {"delivery": named(delivery_id)}  # comes back in what the provider tells
        if self.service in self.CAN_BE_TOLD_NOT_TO_TRACK:
            message.track_opens = message.track_clicks = False
        try:
            self.backend.send_messages([message])
        except Exception as error:
            raise meaning_of(error) from error
        if self.service:
            self.look_at(message)

    def look_at(self, message):
        """Of one recipient a provider may say no without an error; and what django-anymail does not understand is no yes."""
        found = message.anymail_status.status or {"unknown"}
        if found & {"rejected", "invalid"}:
            raise Refused("The provider takes nothing for the address.", is_final=True, is_address=True)
        if "failed" in found:
            raise Refused("The provider says it has failed.", is_final=True)
        if not found <= {"sent", "queued"}:
            raise Unclear("the provider's answer is not understood")

    def close(self):
        with suppress(Exception):  # whatever it was about is over
            self.backend.close()


NEVER_REACHED = {
    "ConnectTimeout",
    "NewConnectionError",
    "NameResolutionError",
    "ConnectionRefusedError",
    "gaierror",
}
OF_OUR_OWN = {"AnymailUnsupportedFeature", "AnymailSerializationError", "AnymailConfigurationError"}


def meaning_of(error):
    """What an error of a backend says about the message. Whatever we do not know is unclear: never sent twice.

    django-anymail's errors are told by name: it need not be installed.
    """
    status = getattr(error, "status_code", None)
    names = {kind.__name__ for kind in type(error).__mro__}
    if "AnymailRecipientsRefused" in names:
        return Refused(said(error), is_final=True, is_address=True)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, reply = next(iter(error.recipients.values()))
        is_address = names_no_mailbox(f"{code} {reply}")
        return Refused(said(error), is_final=code >= 500, is_address=is_address)
    if status in (401, 402, 403, 429, 503) or any(kinds & NEVER_REACHED for kinds in causes_of(error)):
        return Away(said(error))
    if names & OF_OUR_OWN or (status is not None and 400 <= status < 500 and status != 408):
        return Refused(said(error), is_final=True)
    return Unclear(said(error))


def causes_of(error):
    """The names of the classes of an error and of whatever it came from."""
    while error is not None:
        yield {kind.__name__ for kind in type(error).__mro__}
        inner = getattr(error, "reason", None) or next(iter(error.args), None)
        error = error.__cause__ or error.__context__ or (inner if isinstance(inner, Exception) else None)


def said(error):
    """An error in one short line."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:280]


# RFC 3463. 5.1.0, 5.1.7 and 5.1.8 are often about the sender, and 5.7.x is about a policy: not the address's fault.
NO_MAILBOX = {(1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)}
NO_SUCH = re.compile(
    r"no such|unknown (user|recipient|address|local|mailbox)|(user|recipient|address|mailbox|account)[^.]{0,40}"
    r"(unknown|not exist|not found|invalid|unavailable|disabled|inactive|not a valid)|(does not|doesn.t) exist|"
    r"no mailbox|invalid (recipient|mailbox|address)|not a (known|valid) user|no longer (valid|active|in use)",
    re.IGNORECASE,
)
NOT_THE_ADDRESS = re.compile(
    r"relay|sender|spam|block|policy|denied|prohibit|blacklist|reputation", re.IGNORECASE
)


def names_no_mailbox(text):
    """Whether a refusal surely means that the mailbox is not there: a relay that refuses everybody must close nobody."""
    found = ENHANCED.search(text)
    if found and found.groups() != ("5", "0", "0"):
        return found[1] == "5" and (int(found[2]), int(found[3])) in NO_MAILBOX
    if not found and not re.search(r"\b55[013]\b", text):
        return False
    return bool(NO_SUCH.search(text)) and not NOT_THE_ADDRESS.search(text)


def stuffed(content):
    """RFC 5321 4.5.2: a dot that begins a line is doubled; a dot alone ends the message."""
    if content.startswith(b"."):
        content = b"." + content
    return content.replace(b"\r\n.", b"\r\n..") + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")
