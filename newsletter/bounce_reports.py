"""Reading what comes back to the bounce address: RFC 3464 reports, RFC 5965 complaints, and the prose of older servers.

Whose mail it was is told by nothing but our seal, in the address it came back to (VERP) or in the Message-ID of the mail it
brings along; addresses in the text alone prove nothing. What is surely an automatic answer, a delay or a success is no report.
Nothing a stranger sends makes it fail: what cannot be read is a report that is not understood.
"""

import hashlib
import logging
import re
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.utils import parseaddr

from newsletter import addresses
from newsletter.carriers import ENHANCED, NO_SUCH, NOT_THE_ADDRESS, names_no_mailbox
from newsletter.messages import deliveries_named
from newsletter.models import Bounce

logger = logging.getLogger(__name__)
Kind = Bounce.Kind
CAME_TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-RCPT-To", "Cc")
COMPLAINTS = ("abuse", "fraud", "virus", "other", "miscategorized", "opt-out", "opt-out-list")
NO_COMPLAINTS = ("not-spam", "auth-failure", "dmarc")
FROM_A_SERVER = re.compile(
    r"mailer-daemon|postmaster|mail delivery|mail administrator|mdaemon", re.IGNORECASE
)
ABOUT_A_DELAY = re.compile(
    r"^(warning:|delayed|delay |delivery.*delay|delivery status notification \(delay\))", re.IGNORECASE
)
OUT_OF_OFFICE = re.compile(
    r"^\W*(re:\s*)?(out of (the )?office|auto(matic|mated)?[- ]?(reply|response|answer)|vacation|away from|abwesen|"
    r"automatische antwort|réponse automatique|absence|respuesta automática|risposta automatica|autosvar|"
    r"resposta automática|automatisch antwoord)",
    re.IGNORECASE,
)
FOR_NOW = re.compile(
    r"full|quota|temporar|try again|timed? ?out|timeout|greylist|deferred|too many|busy|\b4\d\d\b|\b4\.\d\.\d|connection refused",
    re.IGNORECASE,
)
PARAGRAPH_OF = re.compile(
    r"^<([^<>@\s]+@[^<>\s]+)>:[ \t]*\r?\n(.+?)(?:\r?\n\r?\n|\Z)", re.MULTILINE | re.DOTALL
)  # qmail
THE_MAIL_ITSELF = re.compile(
    r"^-{2,}.*(copy of the message|original message|returned message|forwarded message).*$",
    re.IGNORECASE | re.MULTILINE,
)
LONGEST = 100_000  # characters of prose that are looked at


@dataclass(frozen=True)
class Fate:
    """What is said of one recipient."""

    kind: str
    address: str = ""
    status: str = ""
    diagnostic: str = ""


@dataclass(frozen=True)
class Report:
    """`key` is the same each time the report comes; `delivery_id` is None when nothing in it is under our seal."""

    key: str
    fates: tuple
    delivery_id: int | None = None

    def fate_of(self, key):
        """What it says of the recipient with this key. Several others stand for one address behind which they lie: the
        mail was lost for good only when it was for all of them."""
        own = [fate for fate in self.fates if key and key_of(fate.address) == key]
        mildest = [fate for fate in self.fates if fate.kind != Kind.HARD]
        return (own or mildest or self.fates)[0]


def read(raw):
    """The report in a message, given in bytes; None for what is none and needs nobody."""
    try:
        message = message_from_bytes(raw)
        fates = fates_in(message)
        return fates and Report(key_in(message, raw), tuple(fates), delivery_in(message, raw))
    except Exception:  # the email package has its limits, strangers have none
        logger.warning(
            "A message at the bounce address cannot be read; it is kept among the unclear ones", exc_info=True
        )
        text = raw[:2000].decode("utf-8", "replace").replace("\0", "")
        return Report(hashlib.sha256(raw).hexdigest(), (Fate(Kind.UNCLEAR, diagnostic=text),))


def fates_in(message):
    if feedback := part(message, "message/feedback-report"):
        return complaint(feedback)
    if status := part(message, "message/delivery-status") or part(message, "message/global-delivery-status"):
        return told_by_status(status)
    if "X-Failed-Recipients" in message or FROM_A_SERVER.search(header(message, "From")):
        return told_by_prose(message)
    return None if is_automatic(message) else [unclear(message)]


# RFC 5965


def complaint(feedback):
    fields = blocks_of(feedback)
    told = (
        next((header(block, "Feedback-Type") for block in fields if block["Feedback-Type"]), "")
        .lower()
        .strip()
    )
    if told in NO_COMPLAINTS:
        return None
    agent = next((header(block, "User-Agent") for block in fields if block["User-Agent"]), "")
    kind = Kind.COMPLAINT if told in COMPLAINTS else Kind.UNCLEAR
    return [Fate(kind, diagnostic=f"{told or 'complaint'} {agent}".strip())]


# RFC 3464


def told_by_status(status):
    """The recipients the mail has failed for; None when there are none: a delay is no end, and a success no bounce."""
    blocks = [
        block for block in blocks_of(status) if block["Final-Recipient"] or block["Action"] or block["Status"]
    ]
    fates = [fate_in(block) for block in blocks]
    return [fate for fate in fates if fate] or (
        None if blocks else [Fate(Kind.UNCLEAR, diagnostic="An empty report.")]
    )


def fate_in(block):
    status = ENHANCED.search(header(block, "Status"))
    status = status[0] if status else ""
    action = header(block, "Action").strip().lower()
    if (action or ("failed" if status.startswith("5") else "delayed")) != "failed":
        return None
    said = header(block, "Diagnostic-Code").partition(";")
    diagnostic = (said[2] or said[0]).strip()
    address = header(block, "Original-Recipient") or header(block, "Final-Recipient")
    return Fate(
        kind_of(status, diagnostic), address.rpartition(";")[2].strip(" <>"), status, diagnostic or status
    )


def kind_of(status, diagnostic):
    """Gone for good only when it is surely the mailbox that is not there."""
    vague = not status or status.endswith(".0.0")
    told = ENHANCED.search(diagnostic)
    text = diagnostic if vague and told else f"{status} {diagnostic}"
    return Kind.HARD if not status.startswith("4") and names_no_mailbox(text) else Kind.SOFT


# Prose


def told_by_prose(message):
    if ABOUT_A_DELAY.search(header(message, "Subject")):
        return None
    text = THE_MAIL_ITSELF.split(prose_of(message))[0]
    named = [(found[1], " ".join(found[2].split())) for found in PARAGRAPH_OF.finditer(text)]
    if not named:
        failed = [parseaddr(one)[1] for one in header(message, "X-Failed-Recipients").split(",")]
        named = [(address, line_that_says(text)) for address in failed]
    return [fate_by_prose(address, said, message) for address, said in named]


def line_that_says(text):
    """The line of a letter that gives the reason."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    for telling in (NO_SUCH, ENHANCED, FOR_NOW):
        if found := next((line for line in lines if telling.search(line)), ""):
            return found
    return ""


def fate_by_prose(address, said, message):
    told = ENHANCED.search(said)
    if names_no_mailbox(said) or (not told and NO_SUCH.search(said) and not NOT_THE_ADDRESS.search(said)):
        return Fate(Kind.HARD, address, told[0] if told else "", said)
    if told or FOR_NOW.search(said):
        return Fate(Kind.SOFT, address, told[0] if told else "", said)
    return unclear(message)


def unclear(message):
    head = "".join(f"{name}: {header(message, name)}\n" for name in ("From", "Subject"))
    return Fate(Kind.UNCLEAR, diagnostic=f"{head}\n{prose_of(message)[:1500]}".replace("\0", ""))


def is_automatic(message):
    """RFC 3834, and what programs did before it."""
    told = header(message, "Auto-Submitted").strip().lower()
    return (
        (told and not told.startswith("no"))
        or header(message, "Precedence").strip().lower() in ("auto_reply", "auto-reply", "junk", "bulk")
        or any(
            name in message for name in ("X-Autoreply", "X-Autorespond", "X-Autoreply-From", "X-Auto-Reply")
        )
        or bool(OUT_OF_OFFICE.search(header(message, "Subject")))
    )


# Whose mail it was


def delivery_in(message, raw):
    """The delivery named under our seal: where it came back to, before whatever it brings along."""
    came_to = " ".join(header(message, name) for name in CAME_TO)
    for text in (came_to, raw.decode("ascii", "replace"), every_text(message)):
        if (found := next(deliveries_named(text), None)) is not None:
            return found
    return None


def every_text(message):
    """All parts decoded: a mail brought along may be in base64."""
    return "\n".join(decoded(one) for one in message.walk() if not one.is_multipart())


def key_in(message, raw):
    name = header(message, "Message-ID").strip()
    return name or hashlib.sha256(re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[-1]).hexdigest()


def key_of(address):
    try:
        return addresses.parse(address).key
    except addresses.NotAnAddress:
        return ""


# Messages as they come


def part(message, kind):
    return next((one for one in message.walk() if one.get_content_type() == kind), None)


def header(message, name):
    """A header as one line of text, whatever bytes are in it; "" when there is none."""
    return " ".join(str(message.get(name) or "").replace("\0", "").split())


def blocks_of(status):
    """The groups of fields a report is made of."""
    payload = status.get_payload()
    if isinstance(payload, list):
        return payload
    return [message_from_string(text) for text in re.split(r"\r?\n\r?\n", decoded(status)) if text.strip()]


def prose_of(message):
    texts = [one for one in message.walk() if one.get_content_type() == "text/plain"]
    return decoded(texts[0])[:LONGEST] if texts else ""


def decoded(one):
    content = one.get_payload(decode=True) or b""
    try:
        text = content.decode(one.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        text = content.decode("utf-8", "replace")
    return text.replace("\0", "")
