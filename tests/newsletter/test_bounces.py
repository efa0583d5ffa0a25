"""Mail that comes back: what it means for a subscription, and that it means nothing for anybody else's."""

import io
import mailbox
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from newsletter import bounce_mailbox, bounce_reports, bounces, queueing, subscribing, tasks
from newsletter.consent import Evidence
from newsletter.messages import Letterhead, return_path
from newsletter.models import Bounce, ConsentEvent, Pace, Subscriber, Suppression
from newsletter.queueing import Text
from tests.factories import make_subscriber
from tests.newsletter.postbox import ImapTalk, Pop3Talk, Postbox
from tests.newsletter.test_sending import make_mailing

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parent / "bounce_samples"


@pytest.fixture(autouse=True)
def bounce_address(settings):
    settings.BOUNCE_ADDRESS = "bounces@example.org"


def make_delivery(subscriber=None, **fields):
    """A delivery that has been sent."""
    subscriber = subscriber or make_subscriber()
    mailing = queueing.queue(make_mailing(), {(): Text("Subject", "<p>Text</p>", "Text")}, grace=0)
    mailing.deliveries.filter(subscriber=subscriber).update(**{"state": "sent"} | fields)
    return mailing.deliveries.get(subscriber=subscriber)


def sample(name, delivery, *, verp=None):
    letterhead = Letterhead(delivery.mailing, delivery.variant)
    told = {
        b"{verp}": verp or return_path(delivery.pk),
        b"{id}": letterhead.message_id(delivery.pk),
        b"{address}": delivery.subscriber.email,
    }
    raw = (SAMPLES / f"{name}.eml").read_bytes()
    for place, text in told.items():
        raw = raw.replace(place, text.encode())
    return raw


@pytest.mark.parametrize(
    ("name", "kind", "status"),
    [
        ("postfix_no_such_user", "hard", "5.1.1"),
        ("postfix_gave_up", "soft", "4.4.1"),
        ("exim", "hard", "5.0.0"),
        ("exim_old", "hard", "5.1.1"),
        ("exchange_no_such_user", "hard", "5.1.10"),
        ("exchange_full", "soft", "5.2.2"),
        ("exchange_policy", "soft", "5.7.1"),
        ("gmail", "hard", "5.1.1"),
        ("qmail", "hard", "5.1.1"),
        ("sendmail_several", "soft", "5.2.2"),
        ("yahoo_complaint", "complaint", ""),
        ("redacted_complaint", "complaint", ""),
        ("letter", "unclear", ""),
        ("strange_server", "unclear", ""),
        ("broken", "unclear", ""),
    ],
)
def test_what_servers_write_is_understood(name, kind, status):
    delivery = make_delivery()
    assert bounce_mailbox.take(sample(name, delivery))
    bounce = Bounce.objects.get()
    assert (bounce.kind, bounce.status) == (kind, status)
    assert (bounce.delivery, bounce.subscriber) == (delivery, delivery.subscriber)
    if kind != "unclear":
        assert delivery.subscriber.email not in bounce.diagnostic
    state = {"hard": "bounced", "complaint": "complained"}.get(kind, "active")
    subscriber = Subscriber.objects.get()
    assert subscriber.state == state
    reasons = Suppression.objects.covering(subscriber.key).values_list("reason", flat=True)
    assert list(reasons) == ([] if state == "active" else [state])
    events = subscriber.consent_events.values_list("what", flat=True)
    assert list(events) == ([] if state == "active" else [state])


@pytest.mark.parametrize(
    "name",
    ["postfix_delayed", "postfix_delivered", "exim_old_delayed", "not_spam", "vacation", "out_of_office"],
)
def test_what_is_no_bounce_is_not_noted(name):
    assert not bounce_mailbox.take(sample(name, make_delivery()))
    assert not Bounce.objects.exists()


@pytest.mark.parametrize(
    "name", ["postfix_no_such_user", "exchange_no_such_user", "qmail", "yahoo_complaint"]
)
def test_a_report_told_twice_is_noted_once(name):
    delivery = make_delivery()
    assert bounce_mailbox.take(sample(name, delivery))
    assert not bounce_mailbox.take(b"Received: by another hop\r\n" + sample(name, delivery))
    assert Bounce.objects.count() == ConsentEvent.objects.count() == 1


def test_without_a_return_path_of_its_own_the_message_it_brings_along_proves_whose_it_was():
    delivery = make_delivery()
    assert bounce_mailbox.take(sample("postfix_no_such_user", delivery, verp="newsletter@example.org"))
    assert Bounce.objects.get().delivery == delivery


def test_a_report_without_our_seal_closes_nobody_and_is_kept_for_somebody_to_read():
    delivery = make_delivery()
    forged = sample("postfix_no_such_user", delivery).replace(b"bounces+", b"bounces+9")
    forged = forged.replace(b"Message-ID: <mailing-", b"Message-ID: <mailing-1-")
    for seal in {return_path(delivery.pk).split("-")[1].split("@")[0].encode()}:
        forged = forged.replace(seal, b"0123456789")
    bounce_mailbox.take(forged)
    bounce = Bounce.objects.get()
    assert (bounce.kind, bounce.delivery, bounce.subscriber) == ("unclear", None, None)
    assert Subscriber.objects.get().state == "active"


def test_a_report_that_names_several_touches_only_whose_delivery_it_was():
    delivery, nora = make_delivery(), make_subscriber(email="nora@elsewhere.example")
    bounce_mailbox.take(sample("sendmail_several", delivery))
    nora.refresh_from_db()
    assert nora.state == "active"
    assert not Suppression.objects.exists()
    assert list(Bounce.objects.values_list("subscriber", flat=True)) == [delivery.subscriber_id]


def soft(subscriber, *, days=0, delivery=None, key=None):
    at = timezone.now() - timedelta(days=days)
    delivery_id = delivery and delivery.pk
    key = key or f"test {Bounce.objects.count()}"
    return bounces.record(
        "soft", subscriber=subscriber, delivery_id=delivery_id, source="test", key=key, at=at
    )


def state_of(subscriber):
    return Subscriber.objects.get(pk=subscriber.pk).state


def test_five_deliveries_that_came_back_in_thirty_days_close_the_subscription():
    reader = make_subscriber(confirmed_at=timezone.now() - timedelta(days=90))
    deliveries = [make_delivery(reader) for _ in range(5)]
    for delivery in deliveries[:4]:
        soft(reader, delivery=delivery)
    make_delivery(reader)  # one that arrived wipes nothing out
    assert state_of(reader) == "active"
    soft(reader, delivery=deliveries[4])
    assert state_of(reader) == "bounced"
    assert "5th time within 30 days" in reader.consent_events.get().detail
    assert not Suppression.objects.exists()  # whose mailbox was full may come back


def test_five_reports_of_one_delivery_count_once_and_those_of_another_month_not_at_all():
    reader = make_subscriber(confirmed_at=timezone.now() - timedelta(days=90))
    delivery = make_delivery(reader)
    for _ in range(6):
        soft(reader, delivery=delivery)
    for days in (31, 32, 33, 34):
        soft(reader, days=days)
    assert state_of(reader) == "active"
    for days in (1, 2, 3, 3):
        soft(reader, days=days)
    assert state_of(reader) == "active"
    soft(reader, days=4)
    assert state_of(reader) == "bounced"


def test_who_confirmed_again_begins_anew():
    reader = make_subscriber(confirmed_at=timezone.now() - timedelta(days=2))
    for days in (3, 4, 5, 6, 7, 1):
        soft(reader, days=days)
    assert state_of(reader) == "active"


def test_what_happened_to_a_former_address_says_nothing_of_todays():
    delivery = make_delivery(changed_at=timezone.now() - timedelta(hours=1))
    ConsentEvent.objects.create(subscriber=delivery.subscriber, what="moved", how="test", text="x")
    bounce_mailbox.take(sample("postfix_no_such_user", delivery))
    assert state_of(delivery.subscriber) == "active"
    assert Bounce.objects.get().kind == "hard"
    assert not Suppression.objects.exists()


def test_of_a_complaint_and_a_bounce_the_complaint_stands_whichever_comes_first():
    first, second = make_delivery(), make_delivery(make_subscriber())
    for delivery, names in ((first, ("gmail", "yahoo_complaint")), (second, ("yahoo_complaint", "gmail"))):
        for name in names:
            bounce_mailbox.take(sample(name, delivery))
        assert state_of(delivery.subscriber) == "complained"


def test_a_report_of_somebody_erased_is_noted_and_does_nothing():
    delivery = make_delivery()
    raw = sample("gmail", delivery)
    subscribing.erase(delivery.subscriber, evidence=Evidence("test"))
    bounce_mailbox.take(raw)
    assert Bounce.objects.get().delivery == delivery


def test_reports_are_never_changed_and_only_what_nobody_understood_is_forgotten():
    delivery = make_delivery()
    long_ago = timezone.now() - timedelta(days=61)
    hard = bounces.record("hard", subscriber=delivery.subscriber, source="test", key="a", at=long_ago)
    bounces.record("unclear", subscriber=None, source="test", key="b", at=long_ago)
    bounces.record("unclear", subscriber=None, source="test", key="c")
    for change in (lambda: Bounce.objects.update(kind="soft"), hard.delete):
        with pytest.raises(IntegrityError, match="neither changed nor deleted"), transaction.atomic():
            change()
    assert bounces.forget_the_unclear() == 1
    assert set(Bounce.objects.values_list("key", flat=True)) == {"a", "c"}
    delivery.subscriber.delete()
    assert Bounce.objects.get(key="a").subscriber is None


@hypothesis_settings(
    max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(
    name=st.sampled_from(["postfix_no_such_user", "qmail", "yahoo_complaint", "broken", "exim"]),
    cut=st.integers(0, 3000),
    inserted=st.binary(max_size=40),
)
def test_no_message_makes_reading_fail(name, cut, inserted):
    raw = (SAMPLES / f"{name}.eml").read_bytes()
    report = bounce_reports.read(raw[:cut] + inserted + raw[cut + len(inserted) :])
    assert report is None or report.fate_of("a@b.example").kind in Bounce.Kind.values


def test_a_message_of_the_worst_kind_is_kept_as_not_understood():
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1500))
    assert bounce_mailbox.take(b"From: postmaster@x.example\nTo: a@b\n" + nested)
    assert Bounce.objects.get().kind == "unclear"


def test_a_flood_of_letters_to_the_bounce_address_fills_no_disk(monkeypatch):
    monkeypatch.setattr(bounces, "UNCLEAR_A_DAY", 3)
    for number in range(5):
        bounce_mailbox.take(f"From: a@b.example\nMessage-ID: <{number}>\n\nBuy!".encode())
    assert Bounce.objects.count() == 3
    assert bounce_mailbox.take(sample("gmail", make_delivery()))


# The mailbox


@pytest.fixture(params=["imap", "pop3"])
def served(request):
    """A mailbox with two reports, a vacation notice and a letter in it, and its address."""
    delivery, other = make_delivery(), make_delivery(make_subscriber())
    names = ["postfix_no_such_user", "vacation", "letter"]
    box = Postbox(*(sample(name, delivery) for name in names), sample("yahoo_complaint", other))
    server = box.served({"imap": ImapTalk, "pop3": Pop3Talk}[request.param])
    yield box, f"{request.param}://us%40er:pass@127.0.0.1:{server.server_address[1]}/INBOX"
    server.shutdown()
    server.server_close()


def test_the_mailbox_is_emptied_and_what_it_held_is_noted(served, settings, capsys):
    box, settings.BOUNCE_MAILBOX_URL = served
    call_command("read_bounces")
    assert "4 messages read, 3 reports noted." in capsys.readouterr().out
    assert not box.messages
    assert sorted(Bounce.objects.values_list("kind", flat=True)) == ["complaint", "hard", "unclear"]


def test_a_line_that_breaks_in_the_middle_loses_nothing_and_notes_nothing_twice(served, settings):
    box, settings.BOUNCE_MAILBOX_URL = served
    box.dies_at = "STORE 3" if "imap" in settings.BOUNCE_MAILBOX_URL else "DELE 3"
    tasks.read_bounces(0)
    assert "cannot be read" in Pace.objects.get(provider="bounce mailbox").trouble
    assert len(box.messages) == 4
    box.dies_at, noted = None, Bounce.objects.count()
    assert noted == 2
    tasks.read_bounces(0)
    assert not box.messages
    assert Bounce.objects.count() == 3
    assert Pace.objects.get(provider="bounce mailbox").trouble == ""


def test_a_maildir_is_a_mailbox_too(tmp_path, capsys):
    folder = mailbox.Maildir(tmp_path / "bounces")
    folder.add(sample("gmail", make_delivery()))
    call_command("read_bounces", maildir=str(tmp_path / "bounces"))
    assert Bounce.objects.get().kind == "hard"
    assert not folder.keys()


def test_a_mail_server_may_hand_over_one_by_a_pipe(monkeypatch, capsys):
    raw = sample("gmail", make_delivery())
    for told in ("Noted.", "Nothing to note."):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        call_command("read_bounces", stdin=True)
        assert told in capsys.readouterr().out


def test_a_mailbox_that_is_not_named_or_not_there_is_said_so(settings):
    for url, told in (
        ("", "is not set"),
        ("imap://127.0.0.1:1/", "cannot be read"),
        ("http://x/", "begins with"),
    ):
        settings.BOUNCE_MAILBOX_URL = url
        with pytest.raises(CommandError, match=told):
            call_command("read_bounces")


def test_what_the_mail_server_refuses_at_once_is_a_report_too():
    delivery = make_delivery(state="failed", reason="550")
    bounces.refused(delivery.pk, delivery.subscriber_id, "550 5.1.1 no such user")
    assert Bounce.objects.get().source == "mail server"
    assert state_of(delivery.subscriber) == "bounced"
    assert Suppression.objects.covering(delivery.subscriber.key).exists()
