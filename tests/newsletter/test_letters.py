"""Letters written by hand: to whom, when, and what keeps one from going out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter import composing, queueing
from newsletter.models import Mailing
from tests.factories import make_category, make_mailing, make_post, make_subscriber, make_user

pytestmark = pytest.mark.django_db


def readers_of(mailing):
    return set(mailing.deliveries.values_list("subscriber__email", flat=True))


def test_a_letter_goes_to_everybody_whatever_sections_they_chose():
    section = make_category()
    everybody = [
        make_subscriber(frequency="daily"),
        make_subscriber(frequency="weekly", categories=[section.pk]),
        make_subscriber(frequency="every_post"),
    ]
    make_subscriber(paused_until=timezone.now() + timedelta(days=1))
    make_subscriber(state="unsubscribed")
    mailing = composing.queue(make_mailing())
    assert readers_of(mailing) == {reader.email for reader in everybody}


def test_or_to_those_of_some_frequencies():
    weekly, every = make_subscriber(frequency="weekly"), make_subscriber(frequency="every_post")
    make_subscriber(frequency="daily")
    mailing = composing.queue(make_mailing(frequencies=["weekly", "every_post"]))
    assert readers_of(mailing) == {weekly.email, every.email}


def test_queued_it_waits_for_the_grace_period_and_remembers_who_sent_it(settings):
    make_subscriber()
    user = make_user(group="Administrator")
    mailing = composing.queue(make_mailing(), by=user)
    assert mailing.queued_by == user
    assert mailing.starts_at >= timezone.now() + timedelta(seconds=settings.HOLD_SECONDS - 5)


def test_with_a_time_of_its_own_it_waits_for_that():
    make_subscriber()
    later = timezone.now() + timedelta(days=2)
    assert composing.queue(make_mailing(send_at=later)).starts_at == later


@pytest.mark.parametrize("body", ["", "<p> </p>", "<script>alert(1)</script>", "<!-- nothing -->"])
def test_an_empty_letter_does_not_go_out(body):
    make_subscriber()
    mailing = make_mailing(body=body)
    with pytest.raises(queueing.CannotQueue, match="Nothing is in it"):
        composing.queue(mailing)
    assert Mailing.objects.get().state == "draft"
    assert not mailing.variants.exists()


def test_past_its_latest_time_it_does_not_go_out_by_a_slip():
    mailing = make_mailing(latest_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(queueing.CannotQueue, match="latest time"):
        composing.queue(mailing)


def test_what_was_sent_stays_as_it_was_whatever_is_changed_afterwards():
    make_subscriber()
    post = make_post(title="Before")
    mailing = composing.queue(make_mailing(body=f'<p>See <a href="{post.permalink}">this</a>.</p>'))
    Mailing.objects.update(body="<p>After</p>", subject="After")
    variant = mailing.variants.get()
    assert "After" not in variant.html + variant.text + variant.subject


def test_taken_back_it_can_be_changed_and_goes_out_changed():
    make_subscriber()
    mailing = composing.queue(make_mailing(subject="First"))
    queueing.take_back(mailing)
    Mailing.objects.update(subject="Second")
    assert composing.queue(mailing).variants.get().subject == "Second"


def test_a_letter_is_never_queued_by_itself_and_never_twice():
    make_subscriber()
    mailing = make_mailing()
    assert composing.queue_due() == 0
    composing.queue(mailing)
    with pytest.raises(queueing.CannotQueue, match="already"):
        composing.queue(mailing)
    assert mailing.deliveries.count() == 1
