"""Deliveries over a real mail server: each once, each accounted for, whatever happens on the way."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from newsletter import queueing, sending
from newsletter.messages import LINK_KEY, deliveries_named, delivery_of_return_path, return_path, seal
from newsletter.models import Delivery, Mailing, Pace, Subscriber, Suppression
from newsletter.queueing import Text
from newsletter.sender import WAITS, Sender, Stop
from tests.factories import make_subscriber
from tests.newsletter.sink import Moody, mailers_to, open_sink

pytestmark = pytest.mark.django_db
HTML = f'<p>Grüße, <a href="http://127.0.0.1:8000/newsletter/unsubscribe/{LINK_KEY}/">leave</a></p>'
PLAIN = f"Grüße.\n.A dot first\nLeave: http://127.0.0.1:8000/newsletter/unsubscribe/{LINK_KEY}/\n"


def make_mailing(**fields):
    return Mailing.objects.create(**{"subject": "Zwölf Grüße", "kind": "letter"} | fields)


def queued(**fields):
    text = Text("Zwölf Grüße an alle", HTML, PLAIN)
    return queueing.queue(make_mailing(**fields), {(): text}, grace=0)


def ledger(mailing):
    counted = mailing.deliveries.order_by().values_list("state").annotate(n=Count("pk"))
    return dict(counted)


@pytest.fixture
def sink(settings, request):
    handler = Moody(keeps=True, **getattr(request, "param", {}))
    controller = open_sink(handler)
    settings.MAILERS = mailers_to(controller)
    yield handler
    controller.stop()


def test_every_subscriber_gets_one_whole_message_with_a_way_out(sink, settings, client):
    settings.BOUNCE_ADDRESS = "bounces@example.org"
    readers = [make_subscriber() for _ in range(3)]
    make_subscriber(state="unsubscribed")
    make_subscriber(state="pending")
    mailing = queued()
    assert mailing.audience == 3
    sending.send(mailing.pk)
    assert ledger(mailing) == {"sent": 3}
    assert sink.taken == {reader.email: 1 for reader in readers}
    envelope, message = sink.messages[0]
    delivery = Delivery.objects.get(subscriber__email=envelope.rcpt_tos[0])
    assert delivery_of_return_path(envelope.mail_from) == delivery.pk
    assert message["Subject"] == "Zwölf Grüße an alle"
    assert message["To"] == delivery.subscriber.email
    sealed = f"<mailing-{mailing.pk}-{delivery.pk}-{seal(delivery.pk)}@127.0.0.1>"
    assert message["Message-ID"] == sealed
    assert list(deliveries_named(sealed)) == [delivery.pk]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(delivery.subscriber.link_key) in message["List-Unsubscribe"]
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    plain, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert (
        plain.replace("\r\n", "\n").strip()
        == PLAIN.replace(LINK_KEY, str(delivery.subscriber.link_key)).strip()
    )
    assert html.strip() == HTML.replace(LINK_KEY, str(delivery.subscriber.link_key))
    assert all(len(line) <= 998 for line in envelope.content.splitlines())
    assert Mailing.objects.get().state == "sent"


def test_no_for_now_is_tried_again_and_no_mailbox_closes_the_subscription(sink):
    busy, gone = make_subscriber(), make_subscriber()
    sink.gone.add(gone.email)
    mailing = queued()
    sink.mood["busy"] = 1
    sending.send(mailing.pk)
    first = Delivery.objects.get(subscriber=busy)
    assert (first.state, first.attempts) == ("pending", 1)
    assert first.next_try_at > timezone.now() + timedelta(seconds=50)
    assert "451" in first.reason
    failed = Delivery.objects.get(subscriber=gone)
    assert (failed.state, failed.reason) == ("failed", "550 5.1.1 the address: no such mailbox")
    gone.refresh_from_db()
    assert gone.state == "bounced"
    assert gone.consent_events.get().what == "bounced"
    sink.mood["busy"] = 0
    Delivery.objects.update(next_try_at=timezone.now())
    sending.send(mailing.pk)
    assert ledger(mailing) == {"sent": 1, "failed": 1}


def test_one_refused_again_and_again_has_failed_in_the_end(sink):
    make_subscriber()
    sink.mood["busy"] = 1
    mailing = queued()
    for _ in range(len(WAITS) + 1):
        Delivery.objects.update(next_try_at=timezone.now())
        sending.send(mailing.pk)
    delivery = Delivery.objects.get()
    assert delivery.state == "failed"
    assert "Refused 8 times" in delivery.reason


def test_a_line_that_breaks_after_the_text_leaves_one_unknown_that_is_never_sent_again(sink):
    for _ in range(3):
        make_subscriber()
    sink.mood["hang_up_after"] = 1
    mailing = queued()
    for _ in range(4):
        sending.send(mailing.pk)
    assert ledger(mailing) == {"unknown": 3}
    assert max(sink.taken.values()) == 1


def test_a_line_that_breaks_before_the_text_loses_nothing(sink):
    for _ in range(5):
        make_subscriber()
    mailing = queued()
    sink.mood["hang_up"] = 1
    sending.send(mailing.pk)
    mailing.refresh_from_db()
    assert ledger(mailing) == {"pending": 5}
    assert "No provider takes mail now" in mailing.problem
    assert "SMTPServerDisconnected" in Pace.objects.get().trouble
    sink.mood["hang_up"] = 0
    Delivery.objects.update(next_try_at=timezone.now())
    sending.send(mailing.pk)
    mailing.refresh_from_db()
    assert ledger(mailing) == {"sent": 5}
    assert mailing.problem == ""
    assert Pace.objects.get().trouble == ""


def test_the_second_provider_takes_over_when_the_first_is_away(sink, settings):
    make_subscriber()
    away = {"BACKEND": settings.MAILERS["default"]["BACKEND"], "OPTIONS": {"host": "127.0.0.1", "port": 1}}
    settings.MAILERS = {"default": settings.MAILERS["default"], "first": away}
    settings.NEWSLETTER_PROVIDERS = [
        {"name": "first", "mailer": "first"},
        {"name": "second", "mailer": "default"},
    ]
    mailing = queued()
    sending.send(mailing.pk)
    assert Delivery.objects.get().provider == "second"
    assert ledger(mailing) == {"sent": 1}


def test_who_leaves_before_their_turn_is_skipped_with_the_reason(sink):
    left, suppressed, erased, stays = (make_subscriber() for _ in range(4))
    mailing = queued()
    Subscriber.objects.filter(pk=left.pk).update(state="unsubscribed", unsubscribed_at=timezone.now())
    Suppression.objects.suppress(suppressed.key, "complained")
    Subscriber.objects.filter(pk=erased.pk).delete()
    sending.send(mailing.pk)
    assert set(sink.taken) == {stays.email}
    reasons = set(mailing.deliveries.filter(state="skipped").values_list("reason", flat=True))
    assert reasons == {
        "Unsubscribed before its turn came.",
        "The address is suppressed: complained.",
        "Erased before its turn came.",
    }


def test_pause_resume_and_cancel_work_at_any_moment(sink):
    for _ in range(5):
        make_subscriber()
    mailing = queued()
    queueing.pause(mailing)
    sending.send(mailing.pk)
    assert not sink.taken
    with Sender(mailing) as sender:  # one that had begun before the pause
        assert sender.run() is False
    assert ledger(mailing) == {"pending": 5}
    queueing.resume(mailing)
    with Sender(Mailing.objects.get()) as sender:
        rows = sender.claim()
        sender.deliver(rows[0])
        queueing.cancel(mailing)
        with pytest.raises(Stop):
            sender.deliver(rows[1])
    assert ledger(mailing) == {"sent": 1, "skipped": 4}
    assert Mailing.objects.get().state == "cancelled"


def test_what_has_not_gone_out_by_its_latest_time_waits_for_somebody(sink):
    make_subscriber()
    mailing = queued(latest_at=timezone.now() - timedelta(seconds=1))
    sending.send(mailing.pk)
    mailing.refresh_from_db()
    assert mailing.state == "waiting"
    assert not sink.taken
    queueing.resume(mailing, latest_at=timezone.now() + timedelta(hours=1))
    sending.send(mailing.pk)
    assert ledger(mailing) == {"sent": 1}


def test_within_the_grace_period_a_mailing_is_taken_back_as_if_it_had_never_been(sink):
    make_subscriber()
    text = Text("Subject", HTML, PLAIN)
    mailing = queueing.queue(make_mailing(), {(): text}, grace=60)
    sending.send(mailing.pk)
    assert not sink.taken
    queueing.take_back(mailing)
    assert Mailing.objects.get().state == "draft"
    assert not Delivery.objects.exists()
    mailing = queueing.queue(mailing, {(): text}, grace=0)
    sending.send(mailing.pk)
    with pytest.raises(queueing.CannotQueue):
        queueing.take_back(mailing)


def test_a_mailing_is_queued_once(sink):
    mailing = queued()
    with pytest.raises(queueing.CannotQueue):
        queueing.queue(mailing, {(): Text("Subject", HTML, PLAIN)})


def test_an_error_in_one_delivery_fails_that_one_alone(sink):
    good, bad = make_subscriber(), make_subscriber()
    mailing = queued()
    with connection.cursor() as cursor:  # an address no form would let in
        cursor.execute(
            "UPDATE newsletter_subscriber SET email = %s WHERE id = %s", ["no\r\nBcc: x@y.z", bad.pk]
        )
    sending.send(mailing.pk)
    assert ledger(mailing) == {"sent": 1, "failed": 1}
    assert set(sink.taken) == {good.email}


def test_a_provider_is_handed_no_more_a_second_than_it_takes(sink, settings):
    for _ in range(4):
        make_subscriber()
    settings.NEWSLETTER_PROVIDERS = [{"name": "slow", "mailer": "default", "per_second": 20}]
    mailing = queued()
    begun = timezone.now()
    sending.send(mailing.pk)
    assert timezone.now() - begun > timedelta(seconds=3 / 20)
    assert ledger(mailing) == {"sent": 4}


def test_a_return_path_cannot_be_guessed(settings):
    settings.BOUNCE_ADDRESS = "bounces@example.org"
    assert delivery_of_return_path(return_path(12)) == 12
    for forged in ("bounces+12-0123456789@example.org", "bounces@example.org", "", "bounces+x-y@z", "a+1-"):
        assert delivery_of_return_path(forged) is None
