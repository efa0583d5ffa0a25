"""What may happen while mail goes out, and must cost nobody their mail, nor give anybody two."""

import socket
import struct
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from newsletter import claims, paces, queueing, sending
from newsletter.carriers import Provider, SmtpCarrier, names_no_mailbox
from newsletter.models import Delivery, Mailing, MailingVariant, Pace, Subscriber, Suppression
from newsletter.queueing import Text
from newsletter.sender import WAITS, Sender
from tests.factories import make_subscriber
from tests.newsletter.test_sending import HTML, PLAIN, ledger, make_mailing, queued, sink

__all__ = ["sink"]
pytestmark = pytest.mark.django_db


def begun(readers=2):
    """A mailing under way, its sender, and what it has claimed."""
    for _ in range(readers):
        make_subscriber()
    mailing = queued()
    return mailing, Sender(mailing)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"paused_until": timezone.now() + timedelta(days=9)}, "Paused before its turn came."),
        ({"state": "unsubscribed", "unsubscribed_at": timezone.now()}, "Unsubscribed before its turn came."),
        ({}, "The address is suppressed: complained."),
    ],
)
def test_a_wish_between_claim_and_turn_is_respected(sink, change, reason):
    mailing, sender = begun(1)
    with sender:
        (claim,) = sender.claim()
        if change:
            Subscriber.objects.update(**change)
        else:
            Suppression.objects.suppress(claim.key, "complained")
        sender.deliver(claim)
    assert not sink.taken
    assert list(mailing.deliveries.values_list("state", "reason")) == [("skipped", reason)]


def test_who_changed_address_after_the_claim_gets_it_at_the_new_one(sink):
    mailing, sender = begun(1)
    with sender:
        (claim,) = sender.claim()
        Subscriber.objects.update(email="new@example.org", key="new@example.org")
        sender.deliver(claim)
        assert not sink.taken
        sender.run()
    assert set(sink.taken) == {"new@example.org"}
    assert ledger(mailing) == {"sent": 1}


def test_a_mailing_cancelled_while_its_last_mail_is_refused_for_now_ends_with_nothing_pending(sink):
    mailing, sender = begun(1)
    sink.mood["busy"] = 1
    with sender:
        (claim,) = sender.claim()
        assert sender.begin(claim)
        queueing.cancel(mailing)
        sender.later(claims.Outcome(claim.id, "pending", 1, "451 later", 60))
    assert ledger(mailing) == {"pending": 1}
    sending.tidy()
    assert ledger(mailing) == {"skipped": 1}
    mailing.refresh_from_db()
    assert (mailing.state, mailing.ended_at is None) == ("cancelled", False)
    assert queueing.resume(mailing) is False


def test_a_mailing_taken_back_in_the_moment_a_worker_looks_is_a_draft_that_never_began(sink):
    make_subscriber()
    mailing = queueing.queue(make_mailing(), {(): Text("Subject", HTML, PLAIN)}, grace=60)
    queueing.take_back(mailing)
    assert sending.send(mailing.pk) is False
    assert Mailing.objects.get().started_at is None


def test_one_variant_that_cannot_be_made_fails_its_own_and_no_others(sink, settings):
    good, bad = make_subscriber(), make_subscriber(categories=[7])
    texts = {(): Text("Subject", HTML, PLAIN), (7,): Text("Subject", HTML, PLAIN)}
    mailing = queueing.queue(make_mailing(), texts, grace=0)
    broken = MailingVariant.objects.get(categories=[7])
    with Sender(mailing) as sender:
        sender.letterheads[broken.pk] = None
        sender.run()
    assert set(sink.taken) == {good.email}
    failed = Delivery.objects.get(subscriber=bad)
    assert (failed.state, failed.is_retryable) == ("failed", True)
    assert "AttributeError" in failed.reason


def test_one_message_that_breaks_the_line_does_not_hold_up_the_others(sink):
    readers = [make_subscriber() for _ in range(3)]
    sink.breaks_at = readers[0].email
    mailing = queued()
    sending.send(mailing.pk)
    assert set(sink.taken) == {reader.email for reader in readers[1:]}
    poison = Delivery.objects.get(subscriber=readers[0])
    assert (poison.state, poison.attempts) == ("pending", 1)
    for _ in WAITS:
        Delivery.objects.update(next_try_at=timezone.now())
        sending.send(mailing.pk)
    assert ledger(mailing) == {"sent": 2, "failed": 1}
    assert Delivery.objects.get(subscriber=readers[0]).is_retryable


def test_a_relay_that_refuses_everybody_closes_nobody_and_is_left_alone(sink):
    for _ in range(30):
        make_subscriber()
    sink.refusal = "550 relay not permitted"
    mailing = queued()
    sending.send(mailing.pk)
    assert ledger(mailing) == {"failed": 20, "pending": 10}
    assert Subscriber.objects.active().count() == 30
    assert Delivery.objects.filter(state="failed", is_retryable=False).count() == 0
    mailing.refresh_from_db()
    assert "relay not permitted" in mailing.problem


def test_a_server_that_never_says_yes_after_the_text_is_left_alone_before_all_are_unknown(sink):
    for _ in range(9):
        make_subscriber()
    sink.mood["hang_up_after"] = 1
    mailing = queued()
    sending.send(mailing.pk)
    assert ledger(mailing) == {"unknown": 4, "pending": 5}


@pytest.mark.parametrize(
    ("reply", "is_gone"),
    [
        ("550 5.1.1 no such user", True),
        ("550 5.2.1 mailbox disabled", True),
        ("550 User unknown", True),
        ("550-The email account that you tried to reach does not exist", True),
        ("550 5.0.0 no such mailbox here", True),
        ("550 5.7.1 relaying denied", False),
        ("550 5.1.8 sender address unknown", False),
        ("550 5.1.0 sender rejected", False),
        ("550 relay not permitted", False),
        ("550 Administrative prohibition", False),
        ("550 unknown sender, user unknown", False),
        ("554 Transaction failed", False),
        ("452 4.2.2 mailbox full", False),
    ],
)
def test_only_a_refusal_that_says_so_means_that_there_is_no_mailbox(reply, is_gone):
    assert names_no_mailbox(reply) is is_gone


@pytest.fixture
def server_that_says(settings):
    """Makes a mail server that is fine up to the end of a message, and then says this."""
    listeners = []

    def make(last, *, timeout):
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threading.Thread(target=serve, args=(listener, last), daemon=True).start()
        smtp = "django.core.mail.backends.smtp.EmailBackend"
        options = {"host": "127.0.0.1", "port": listener.getsockname()[1], "timeout": timeout}
        settings.MAILERS = {"default": {"BACKEND": smtp, "OPTIONS": options}}

    yield make
    for listener in listeners:
        listener.close()


def serve(listener, last):
    line, _ = listener.accept()
    with line, line.makefile("rwb") as talk:
        talk.write(b"220 here\r\n")
        talk.flush()
        for said in talk:
            is_text = said.upper().startswith(b"DATA")
            talk.write(b"354 go on\r\n" if is_text else b"250 fine\r\n")
            talk.flush()
            if is_text and last is None:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            if is_text:
                while talk.readline() != b".\r\n":
                    pass
                talk.write(last)
                talk.flush()


def test_nonsense_for_an_answer_to_the_text_is_unknown_and_not_failed(server_that_says):
    server_that_says(b"hello?\r\n", timeout=5)
    mailing, sender = begun(1)
    with sender:
        sender.deliver(sender.claim()[0])
    assert ledger(mailing) == {"unknown": 1}


def test_a_server_that_never_answers_the_text_leaves_one_unknown(server_that_says, monkeypatch):
    monkeypatch.setattr(SmtpCarrier, "ANSWER", 0.2)
    server_that_says(b"", timeout=0.2)
    mailing, sender = begun(2)
    with sender:
        sender.deliver(sender.claim()[0])
    assert ledger(mailing) == {"unknown": 1, "pending": 1}


def test_a_line_that_breaks_within_the_text_leaves_nothing_unknown(server_that_says):
    server_that_says(None, timeout=5)
    make_subscriber()
    text = Text("Subject", HTML, "A long line of text.\n" * 400_000)
    mailing = queueing.queue(make_mailing(), {(): text}, grace=0)
    with Sender(mailing) as sender:
        sender.deliver(sender.claim()[0])
    assert list(mailing.deliveries.values_list("state", "attempts")) == [("pending", 1)]


def test_a_provider_that_cannot_be_used_as_it_is_set_up_costs_no_delivery(settings):
    settings.NEWSLETTER_PROVIDERS = [{"name": "first", "mailer": "nowhere"}]
    mailing, _ = begun(1)
    sending.send(mailing.pk)
    assert ledger(mailing) == {"pending": 1}
    assert "nowhere" in Pace.objects.get(provider="first").trouble


def test_the_first_provider_is_back_a_minute_after_its_trouble():
    pair = [Provider("first", "default"), Provider("second", "default")]
    assert [one.name for one in paces.in_order(pair)] == ["first", "second"]
    paces.note_trouble("first", "no answer")
    assert [one.name for one in paces.in_order(pair)] == ["second", "first"]
    Pace.objects.update(trouble_at=timezone.now() - timedelta(seconds=61))
    assert [one.name for one in paces.in_order(pair)] == ["first", "second"]
    paces.is_well("first")
    assert not paces.in_trouble()


def test_a_clock_set_back_does_not_stop_the_mail():
    provider = Provider("slow", "default", per_second=100)
    Pace.objects.create(provider="slow", next_at=timezone.now() + timedelta(hours=1))
    assert paces.turn_of(provider) <= 0.6 + 0.01


@pytest.mark.django_db(transaction=True)
def test_a_database_that_hangs_up_in_the_middle_costs_nothing(sink):
    mailing, sender = begun(3)
    with pytest.raises(OperationalError), sender:
        first, second, _ = sender.claim()
        sender.deliver(first)
        hang_up()
        sender.deliver(second)
    assert ledger(mailing) == {"sent": 1, "pending": 2}  # the first was noted over a new line
    assert not Delivery.objects.filter(state="pending", claimed_by__isnull=False).exists()
    sending.send(mailing.pk)
    assert max(sink.taken.values()) == 1
    assert ledger(mailing) == {"sent": 3}


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_takes_too_long_hands_nothing_over(sink):
    mailing, sender = begun(1)
    with pytest.raises(OperationalError), sender:
        (claim,) = sender.claim()
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 1")
        try:
            with row_is_locked(claim.id):
                sender.deliver(claim)
        finally:
            connection.close()
    assert not sink.taken
    claims.free_the_dead()
    assert ledger(mailing) == {"pending": 1}


@pytest.mark.django_db(transaction=True)
def test_two_that_free_the_dead_at_once_free_them_once(sink):
    mailing, _ = begun(4)
    Delivery.objects.update(claimed_by=77)
    Delivery.objects.filter(pk=Delivery.objects.order_by("pk").first().pk).update(state="sending")
    freed = []
    workers = [threading.Thread(target=lambda: freed.append(free_and_hang_up())) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(freed) == 4
    assert ledger(mailing) == {"pending": 3, "unknown": 1}


@pytest.mark.django_db(transaction=True)
def test_a_second_job_for_a_connection_that_is_in_use_does_nothing(sink):
    mailing, _ = begun(1)
    with claims.place_of(mailing.pk, 0) as is_ours:
        assert is_ours
        assert in_a_thread(lambda: sending.send(mailing.pk, place=0)) is False
        assert not sink.taken
        in_a_thread(lambda: sending.send(mailing.pk, place=1))
    assert ledger(mailing) == {"sent": 1}


def hang_up():
    """Ends our connection to PostgreSQL from another."""
    pid = connection.connection.info.backend_pid

    def end():
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 2000)", [pid])

    in_a_thread(end)


@contextmanager
def row_is_locked(pk):
    """Somebody else holds the row meanwhile."""
    held, enough = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Delivery.objects.select_for_update().get(pk=pk)
            held.set()
            enough.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    try:
        yield
    finally:
        enough.set()
        holder.join()


def free_and_hang_up():
    try:
        return claims.free_the_dead()
    finally:
        connection.close()


def in_a_thread(deed):
    answer = []

    def run():
        try:
            answer.append(deed())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return answer[0]
