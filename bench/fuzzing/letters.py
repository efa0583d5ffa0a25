"""The newsletter: files of subscribers, addresses, mail that comes back, what providers tell, and the heads of our own mail."""

import io
from email import message_from_bytes
from types import SimpleNamespace
from unittest import mock

from django.test import RequestFactory
from django.utils.module_loading import import_string

from bench.fuzzing.given import halves, text
from informed_comment import envelopes
from newsletter import addresses as taken
from newsletter import bounce_reports, messages
from newsletter import webhooks as meant
from newsletter.importing import layouts, lines, words
from newsletter.importing.entries import Recipe
from newsletter.models import ImportRow
from newsletter.views.webhooks import VIEWS

REQUESTS = RequestFactory()
FILES = [
    "email,active_subscription,expiry,email_disabled,created_at\nada@example.org,false,,false,2021-03-01\n",
    "Email Address,First Name,OPTIN_TIME,OPTIN_IP\nb@example.org,B,2020-01-02 03:04:05,203.0.113.7\n",
    'email;name;"state"\n"c@example.org";x;unsubscribed\n',
    'email,name,attributes\nd@example.org,=1+1,"{""a"": 1}"\n',
    "address_hash,reason,key_name\n" + "a" * 64 + ",unsubscribed,x\n",
]
ADDRESSES = [
    "ada@example.org",
    '"a b"@x.org',
    "a@[127.0.0.1]",
    "ü@bücher.example",
    "(c)a@b.org",
    "a\n@b.org",
    "a@b..c",
    "@",
    "a@" + "x" * 300,
]
BOUNCE = (
    "From: MAILER-DAEMON@mx.example\nTo: bounces+1.2.abc@example.org\nContent-Type: multipart/report; report-type=delivery-status; "
    "boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@b.org\nAction: failed\n"
    "Status: 5.1.1\nDiagnostic-Code: smtp; 550 no such user\n\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <1@x>\n\n--b--\n"
)
FEEDBACK = (
    "From: a@b\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n"
    "User-Agent: x\n\n--b--\n"
)
HOOKS = [
    '{"RecordType":"Bounce","Type":"HardBounce","ID":1,"Email":"a@b.org","BouncedAt":"2026-01-01T00:00:00Z"}',
    '{"event":"hard_bounce","email":"a@b.org","ts_event":1,"message-id":"<x>"}',
    '[{"msys":{"message_event":{"type":"bounce","bounce_class":"10","rcpt_to":"a@b"}}}]',
    '{"type":"email.bounced","data":{"email_id":"x","to":["a@b"],"bounce":{"type":"Permanent"}},"created_at":"2026-01-01T00:00:00Z"}',
    '{"Type":"Notification","Message":"{\\"eventType\\":\\"Bounce\\",\\"mail\\":{},\\"bounce\\":{\\"bouncedRecipients\\":[]}}"}',
]


def seeds(name):
    given = {
        "subscribers": [f"{number}{one}" for number, one in enumerate(FILES)],
        "addresses": ADDRESSES,
        "bounces": [BOUNCE, FEEDBACK],
        "webhooks": [f"{number}{one}" for number, one in enumerate(HOOKS)],
        "head_lines": [
            "Title\x1eSubject",
            "Caf\u00e9 \u202e\x1e" + "x" * 2000,
            "a\r\nBcc: x@y\x1e\u2028\x85\x0b",
        ],
    }[name]
    return [one.encode("utf-8", "replace") for one in given]


class Held(lines.Records):
    """The rows of a file that is held here instead of in the database."""

    def __init__(self, batch):
        self.stored = lines.Stored.__new__(lines.Stored)
        content = io.BytesIO(batch.content)
        self.stored.text = io.TextIOWrapper(content, batch.encoding, errors="replace", newline="")
        self.stored.number = 0
        self.delimiter, self.width = batch.delimiter, None
        self.is_between, self.taken = True, []


def subscribers(data):
    kind, content = data[:1], data[1:]
    batch = SimpleNamespace(
        content=content, encoding="utf-8-sig", delimiter=";" if kind == b"2" else ",", head=[], layout="", columns={}, file_name="unsubscribed.csv",
        zone="America/New_York", frequency="daily",
    )  # fmt: skip
    records = iter(Held(batch))
    head = next(records, None)
    if head is None:
        return
    batch.head = head.cells
    layout = layouts.recognised(head.cells)
    batch.layout, batch.columns = (layout.name, {}) if layout else ("", layouts.guessed(head.cells))
    recipe = Recipe(batch)
    for record in records:
        entry = recipe.entry(record)
        assert entry.outcome in (*ImportRow.Outcome.values, ""), entry
        assert len(entry.remark) <= 300
        assert "\x00" not in entry.raw + entry.email + entry.remark
    words.normal(text(content))


def addresses(data):
    try:
        address = taken.parse(text(data))
    except taken.NotAnAddress:
        return
    assert taken.parse(address.key).key == address.key, address
    assert address.key.isascii()
    assert not any(ord(sign) <= 32 or sign in ",;<>()\x7f" for sign in address.email), address
    messages.mailbox(address.email).encode("ascii")


def bounces(data):
    report = bounce_reports.read(data)
    if report is not None:
        for fate in report.fates:
            assert "\x00" not in f"{fate.diagnostic}{fate.address}{fate.status}", fate
        f"{report.key}".encode()


def webhooks(data):
    names = sorted(VIEWS)
    provider = names[(data[0] if data else 0) % len(names)]
    dotted, secret = VIEWS[provider]
    try:
        view = import_string(f"anymail.webhooks.{dotted}")(**{secret: "x:y"})
    except ImportError:
        return
    request = REQUESTS.post("/", data[1:], content_type="application/json")
    try:
        events = list(view.parse_events(request))
    except Exception:  # answered with 400, as newsletter/views/webhooks.py does
        return
    for event in events:
        kind = meant.kind_of(event, provider)
        meant.key_in(event.recipient)
        meant.key_of(event, provider)
        meant.moment(event.timestamp)
        assert kind is None or kind in meant.Kind.values


def check_message(title, subject):
    with mock.patch.object(messages, "current_publication", return_value=SimpleNamespace(title=title)):
        check_head(subject)


def check_head(subject):
    variant = SimpleNamespace(html="<p>x", text="x", subject=subject)
    head = messages.Letterhead(SimpleNamespace(pk=1, kind="daily"), variant)
    raw = head.finished(1, "ada@example.org", messages.LINK_KEY).content
    message = message_from_bytes(raw)
    names = [name.lower() for name in message]
    assert len(names) == len(set(names)) == 12, names
    assert not message.defects, message.defects
    assert all(len(line) <= 998 for line in raw.split(b"\r\n")), max(raw.split(b"\r\n"), key=len)
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert message["To"] == "ada@example.org"
    head.as_django_message(1, "ada@example.org", messages.LINK_KEY).message().as_bytes()


def head_lines(data):
    title, subject = halves(data)
    check_message(text(title).replace("\x00", ""), text(subject).replace("\x00", ""))
    envelopes.one_line(text(title))
