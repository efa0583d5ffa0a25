"""Somebody is erased at the very moment that they sign up, confirm, leave, or are sent a mailing: two connections, for real."""

import functools
import threading
import time

import pytest
from django.db import connection, transaction
from django.test import Client

from informed_comment.persons.erasing import erase
from informed_comment.persons.parts import person_of
from newsletter import addresses, confirming, queueing, sending, subscribing
from newsletter.consent import Evidence
from newsletter.models import ConsentEvent, Delivery, Subscriber, Suppression
from newsletter.queueing import Text
from tests import emptying
from tests.factories import make_mailing, make_subscriber
from tests.newsletter.sink import Moody, mailers_to, open_sink

pytestmark = pytest.mark.django_db(transaction=True)
WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
ROUNDS = 8


@pytest.fixture(autouse=True)
def calm(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"
    settings.SIGN_UPS_BURST = settings.SIGN_UPS_PER_DOMAIN = 10_000
    emptying.the_queue()
    yield
    emptying.the_queue()


class Beside(threading.Thread):
    """Does it on a connection of its own; `end()` gives what came of it or raises what it raised."""

    def __init__(self, deed):
        super().__init__()
        self.deed, self.error, self.found = deed, None, None
        self.start()

    def run(self):
        try:
            self.found = self.deed()
        except Exception as error:
            self.error = error
        finally:
            connection.close()

    def end(self):
        self.join(10)
        if self.error:
            raise self.error
        return self.found

    def waits(self):
        """Until it stands before a lock, or has come to its end."""
        while self.is_alive():
            with connection.cursor() as cursor:
                cursor.execute(WAITS)
                if cursor.fetchone()[0]:
                    return
            time.sleep(0.005)


def at_once(*deeds):
    start = threading.Barrier(len(deeds))

    def begun(deed):
        start.wait()
        return deed()

    return [Beside(functools.partial(begun, deed)) for deed in deeds]


def asked(state="active"):
    subscriber = make_subscriber(state=state)
    evidence = Evidence("page")
    subscribing.sign_up(
        addresses.parse(subscriber.email), frequency="daily", source="page", evidence=evidence
    )
    return subscriber, confirming.token_for(ConsentEvent.objects.filter(what="asked").latest("pk"))


def nothing_is_left_of(subscriber):
    """The address is never to be mailed again, no row holds it, and no job would mail it."""
    assert Suppression.objects.covering(subscriber.key).exists()
    assert not Subscriber.objects.filter(key=subscriber.key).exists()
    for event in ConsentEvent.objects.filter(what="asked"):
        assert event.subscriber_id != subscriber.pk


def doings(subscriber, token):
    """What a reader, or somebody else, may do at that moment."""
    own = f"/newsletter/preferences/{subscriber.link_key}/"
    sign_up = {"email": subscriber.email, "frequency": "daily"}
    yield lambda: subscribing.sign_up(
        addresses.parse(subscriber.email), frequency="daily", source="page", evidence=Evidence("page")
    )
    yield lambda: Client().post(f"/newsletter/confirm/{token}/").status_code
    yield lambda: Client().post(f"/newsletter/unsubscribe/{subscriber.link_key}/").status_code
    yield lambda: Client().post(f"/newsletter/unsubscribe/{subscriber.link_key}/back/").status_code
    yield lambda: Client().post(own, {"frequency": "weekly"}).status_code
    yield lambda: Client().post(f"{own}pause/", {"length": "30"}).status_code
    yield lambda: Client().post(f"{own}address/", sign_up | {"email": "new@example.org"}).status_code
    yield lambda: Client().post(f"{own}erase/", {"is_sure": "on"}).status_code
    yield lambda: erase(person_of(subscriber.email)) and None


def test_whatever_waits_for_an_erasure_finds_nobody_and_leaves_nothing():
    every = [("active", number) for number in range(9)]
    for state, number in [*every, ("unsubscribed", 0), ("unsubscribed", 1), ("unsubscribed", 3)]:
        subscriber, token = asked(state)
        deed = list(doings(subscriber, token))[number]
        with transaction.atomic():
            erase(person_of(subscriber.email))
            beside = Beside(deed)
            beside.waits()
        assert (beside.end() or 200) < 500, (state, number)
        nothing_is_left_of(subscriber)


def test_of_an_erasure_and_a_wish_at_once_either_comes_first_and_neither_fails():
    for number in range(ROUNDS):
        subscriber, token = asked("active" if number % 2 else "pending")
        wish = list(doings(subscriber, token))[number // 2 % 2]
        both = at_once(lambda one=subscriber: erase(person_of(one.email)) and None, wish)
        for one in both:
            assert (one.end() or 200) < 500
        if Suppression.objects.covering(subscriber.key).exists():
            nothing_is_left_of(subscriber)
        else:
            left = Subscriber.objects.filter(key=subscriber.key)
            assert not left.exclude(state="pending").exists()
            assert not left.filter(pk=subscriber.pk).exists()


def test_whoever_is_erased_while_a_mailing_goes_out_gets_nothing_from_then_on(settings):
    readers = [make_subscriber() for _ in range(40)]
    mailing = queueing.queue(make_mailing(), {(): Text("Subject", "<p>Text</p>", "Text")}, grace=0)
    sink, order = Moody(), []
    take = sink.handle_DATA

    async def handle_data(server, session, envelope):
        order.extend(envelope.rcpt_tos)
        return await take(server, session, envelope)

    sink.handle_DATA = handle_data
    server = open_sink(sink)
    settings.MAILERS = mailers_to(server)
    try:
        beside = Beside(lambda: sending.send(mailing.pk, seconds=60))
        erased = {}
        for reader in readers[10::3]:
            erase(person_of(reader.email))
            erased[reader.email] = len(order)
        beside.end()
    finally:
        server.stop()
    for email, taken in erased.items():
        assert email not in order[taken + 1 :], "only the mail that was being handed over may still arrive"
    assert set(order) >= {reader.email for reader in readers} - set(erased)
    assert len(order) == len(set(order))
    states = Delivery.objects.filter(mailing=mailing)
    assert states.count() == mailing.audience == len(readers)
    assert states.filter(state="sent").count() == len(order)
    assert not states.exclude(state__in=["sent", "skipped"]).exists()
    assert not Subscriber.objects.filter(email__in=erased).exists()
