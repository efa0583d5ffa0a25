"""The operator's lights of the newsletter: what should have gone out and did not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from informed_comment.watching.lights import State
from newsletter import lights, paces, queueing
from newsletter.models import (
    Delivery,
    DigestPlan,
    HeldSignUp,
    ImportBatch,
    Mailing,
    MailingFigures,
    SignUpHold,
)
from newsletter.queueing import Text
from tests.factories import make_mailing, make_subscriber

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def mailing():
    """One that is going out to one subscriber."""
    make_subscriber(email="ada@example.org")
    made = make_mailing()
    queueing.queue(made, {(): Text("Letter", "<p>Dear reader.</p>", "Dear reader.")})
    now = timezone.now()
    Mailing.objects.filter(pk=made.pk).update(starts_at=now - HOUR, started_at=now - HOUR)
    Delivery.objects.update(next_try_at=now)
    return made


def states(found):
    return [light.state for light in found]


def test_a_provider_in_trouble():
    assert states(lights.providers()) == [State.GOOD]
    paces.note_trouble("first", "451 try later")
    (light,) = lights.providers()
    assert light.state is State.BAD
    assert "451 try later" in light.says


def test_a_mailing_whose_mails_wait_too_long(mailing):
    assert states(lights.mailings()) == [State.GOOD]
    Delivery.objects.update(next_try_at=timezone.now() - HOUR)
    assert states(lights.mailings()) == [State.BAD]


def test_a_draft_whose_hour_has_passed():
    make_mailing(is_automatic=True, send_at=timezone.now() - HOUR)
    assert states(lights.mailings()) == [State.BAD]


def test_a_mailing_that_waits_for_somebody(mailing):
    Mailing.objects.filter(pk=mailing.pk).update(state="waiting", problem="Its latest time passed.")
    assert states(lights.mailings()) == [State.WATCH]


def test_a_digest_that_nobody_looked_at():
    now = timezone.now()
    DigestPlan.objects.update(
        is_on=True, on_since=now - timedelta(days=30), looked_on=timezone.localdate() + timedelta(1)
    )
    assert states(lights.digests()) == [State.GOOD]
    DigestPlan.objects.update(looked_on=timezone.localdate() - timedelta(days=20))
    assert states(lights.digests()) == [State.BAD]


def test_mails_in_the_hands_of_a_sender_that_is_gone(mailing):
    assert states(lights.people_and_mails()) == [State.GOOD]
    Delivery.objects.update(state="sending", claimed_by=7, changed_at=timezone.now() - HOUR)
    assert states(lights.people_and_mails()) == [State.BAD]


@pytest.mark.parametrize(
    ("numbers", "state"),
    [
        ({"sent": 100, "failed": 2}, State.GOOD),
        ({"sent": 100, "failed": 20}, State.WATCH),
        ({"unknown": 1}, State.WATCH),
    ],
)
def test_mails_that_failed(mailing, numbers, state):
    MailingFigures.objects.update_or_create(mailing=mailing, defaults=numbers)
    assert states(lights.people_and_mails()) == [state]


def test_people_who_wait_for_a_decision_and_imports_that_stand():
    assert states(lights.people_and_mails()) == [State.GOOD]
    now = timezone.now()
    subscriber = make_subscriber(state="pending")
    hold = SignUpHold.objects.create(domain="", seen=100, limit=50)
    event = subscriber.consent_events.create(
        what="asked", address_hash="x", text="Send me it.", text_version=1
    )
    HeldSignUp.objects.create(
        subscriber=subscriber,
        event=event,
        hold=hold,
        domain="example.org",
        is_new=True,
        at=now - timedelta(days=2),
    )
    ImportBatch.objects.create(
        state="running", created_at=now - timedelta(days=2), begun_at=now, is_read=True
    )
    assert states(lights.people_and_mails()) == [State.GOOD, State.WATCH, State.WATCH]
