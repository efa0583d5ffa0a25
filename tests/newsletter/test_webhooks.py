"""What providers tell us: believed when it is theirs, done once, and of strangers nothing."""

import base64
import hashlib
import hmac
import json

import pytest
from django.test import Client

from newsletter.messages import named
from newsletter.models import Bounce, Subscriber, Suppression
from tests.factories import make_subscriber
from tests.newsletter.test_bounces import make_delivery

pytestmark = pytest.mark.django_db
SIGNING_KEY = "key-for-signing"
SECRET = "us:a long secret"


@pytest.fixture(autouse=True)
def secrets(settings):
    settings.NEWSLETTER_WEBHOOKS = {
        "postmark": SECRET,
        "brevo": SECRET,
        "mailgun": SIGNING_KEY,
        "mailjet": SECRET,
    }


@pytest.fixture
def tell():
    """Sends an event the way a provider does."""
    client = Client(enforce_csrf_checks=True)

    def send(provider, event, secret=SECRET):
        authorization = "Basic " + base64.b64encode(secret.encode()).decode()
        return client.post(
            f"/newsletter/webhooks/{provider}/",
            event if isinstance(event, bytes) else json.dumps(event),
            content_type="application/json",
            headers={"Authorization": authorization},
        )

    return send


def postmark(delivery, type_="HardBounce", record="Bounce", said="smtp;550 5.1.1 No such user", **fields):
    return {
        "RecordType": record,
        "ID": 4323372036854775807,
        "Type": type_,
        "MessageID": "883953f4",
        "Metadata": {"delivery": named(delivery.pk)},
        "Email": delivery.subscriber.email,
        "Details": said,
        "BouncedAt": "2026-11-28T07:00:00Z",
    } | fields


def mailgun(delivery, *, key=SIGNING_KEY, **data):
    signed = {"timestamp": "1795849200", "token": "t" * 50}
    told = (signed["timestamp"] + signed["token"]).encode()
    signed["signature"] = hmac.new(key.encode(), told, hashlib.sha256).hexdigest()
    event = {
        "event": "failed",
        "severity": "permanent",
        "timestamp": 1795849200.1,
        "recipient": delivery.subscriber.email,
        "reason": "bounce",
        "delivery-status": {"code": 550, "message": "5.1.1 user unknown", "description": ""},
        "user-variables": {"delivery": named(delivery.pk)},
        "message": {"headers": {"message-id": "x@y"}},
    }
    return {"signature": signed, "event-data": event | data}


def brevo(delivery, event="hard_bounce", **fields):
    return {
        "event": event,
        "email": delivery.subscriber.email,
        "ts_epoch": 1795849200000,
        "message-id": "<1@brevo>",
        "reason": "unknown user",
        "X-Mailin-custom": json.dumps({"delivery": named(delivery.pk)}),
    } | fields


CASES = {
    "postmark, no mailbox": ("postmark", postmark, {}, "hard"),
    "postmark, a soft one": ("postmark", postmark, {"type_": "SoftBounce", "said": "452 4.2.2 full"}, "soft"),
    "postmark, hard by its own word, for a policy": (
        "postmark",
        postmark,
        {"said": "550 5.7.1 blocked"},
        "soft",
    ),
    "postmark, a complaint": (
        "postmark",
        postmark,
        {"type_": "SpamComplaint", "record": "SpamComplaint"},
        "complaint",
    ),
    "postmark, delivered": ("postmark", postmark, {"record": "Delivery"}, None),
    "postmark, opened": ("postmark", postmark, {"record": "Open"}, None),
    "mailgun, no mailbox": ("mailgun", mailgun, {}, "hard"),
    "mailgun, for now": ("mailgun", mailgun, {"severity": "temporary"}, None),
    "mailgun, a complaint": ("mailgun", mailgun, {"event": "complained"}, "complaint"),
    "brevo, no mailbox": ("brevo", brevo, {}, "hard"),
    "brevo, full": ("brevo", brevo, {"event": "soft_bounce"}, "soft"),
    "brevo, a complaint": ("brevo", brevo, {"event": "spam"}, "complaint"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_provider_tells_is_done_once_however_often_it_is_told(name, tell):
    provider, make, fields, kind = CASES[name]
    delivery, other = make_delivery(), make_subscriber()
    for _ in range(2):
        answer = tell(provider, make(delivery, **fields))
        assert answer.status_code == 200, answer.content
        assert not answer.cookies
    assert list(Bounce.objects.values_list("kind", "source")) == ([(kind, provider)] if kind else [])
    state = {"hard": "bounced", "complaint": "complained"}.get(kind, "active")
    assert Subscriber.objects.get(pk=delivery.subscriber_id).state == state
    assert Subscriber.objects.get(pk=other.pk).state == "active"
    assert Suppression.objects.count() == (state != "active")
    if kind:
        assert Bounce.objects.get().delivery == delivery


def test_what_is_forged_changes_nothing(tell):
    delivery = make_delivery()
    answers = [
        tell("postmark", postmark(delivery), "us:a guess"),
        tell("brevo", brevo(delivery), ":"),
        tell("mailgun", mailgun(delivery, key="a guess")),
        tell("mailgun", {"event-data": {}}),
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert not Bounce.objects.exists()
    assert Subscriber.objects.get().state == "active"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"null", b'{"RecordType": ["x"]}', b"\xff\xfe\x00", b"[[[[[["]
)
def test_what_cannot_be_read_is_refused_and_changes_nothing(tell, body):
    assert tell("postmark", body).status_code in (200, 400)
    assert not Bounce.objects.exists()


def test_a_recipient_nobody_knows_is_taken_note_of_by_nobody(tell):
    delivery = make_delivery()
    event = postmark(
        delivery, Email="stranger@example.net", Metadata={"delivery": f"{delivery.pk}-0123456789"}
    )
    assert tell("postmark", event).status_code == 200
    assert not Bounce.objects.exists()
    assert Subscriber.objects.get().state == "active"


def test_an_event_of_another_address_under_the_number_of_a_delivery_is_not_that_deliverys(tell):
    delivery, other = make_delivery(), make_subscriber()
    tell("postmark", postmark(delivery, Email=other.email))
    assert Subscriber.objects.get(pk=delivery.subscriber_id).state == "active"
    assert Subscriber.objects.get(pk=other.pk).state == "bounced"


def test_who_leaves_at_the_provider_has_left_here(tell):
    delivery = make_delivery()
    for _ in range(2):
        tell("brevo", brevo(delivery, event="unsubscribe"))
    reader = Subscriber.objects.get()
    assert reader.state == "unsubscribed"
    assert list(reader.consent_events.values_list("what", "how")) == [("unsubscribed", "brevo")]


def test_a_batch_of_events_is_taken_whole(tell):
    deliveries = [make_delivery(), make_delivery(make_subscriber())]
    batch = [
        {
            "event": "bounce",
            "time": 1795849200 + n,
            "email": one.subscriber.email,
            "hard_bounce": True,
            "error": "user unknown",
            "Payload": json.dumps({"delivery": named(one.pk)}),
            "MessageID": n,
        }
        for n, one in enumerate(deliveries)
    ]
    assert tell("mailjet", batch).status_code == 200
    assert Bounce.objects.filter(kind="hard").count() == 2


def test_there_is_no_address_for_a_provider_without_a_secret(tell, settings, client):
    settings.NEWSLETTER_WEBHOOKS = {"postmark": ""}
    for provider in ("postmark", "mailgun", "pigeon"):
        assert tell(provider, {}).status_code == 404
    settings.NEWSLETTER_WEBHOOKS = {"postmark": SECRET, "pigeon": SECRET}
    assert tell("pigeon", {}).status_code == 404
    assert client.get("/newsletter/webhooks/postmark/").status_code == 405
