"""The clock on the wall is set back or forward while the site runs: nothing waits for an hour that comes twice, nothing is sent twice."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from informed_comment.edition_look import Looks
from newsletter import composing, digests
from newsletter.models import Delivery, Mailing
from tests.factories import make_post, make_subscriber
from tests.newsletter.test_digests import plan

JUMPS = [timedelta(hours=-1), timedelta(days=1)]


@pytest.mark.parametrize("jump", JUMPS)
def test_the_edition_is_looked_at_again_and_said_to_be_good_to_the_end_of_the_new_second(
    settings, time_machine, jump
):
    settings.EDITION_LOOK_SECONDS = 60
    asked = []
    looks = Looks(ask=lambda: asked.append(1) or "412.1", watch=lambda looks: None)
    first = looks.now()
    time_machine.move_to(timezone.now() + jump)
    assert looks.at_hand() is None
    second = looks.now()
    assert len(asked) == 2
    assert second.good_until == int(time.time())
    assert abs(second.good_until - first.good_until - jump.total_seconds()) <= 2


@pytest.mark.django_db
@pytest.mark.parametrize("jump", JUMPS)
def test_what_is_done_each_minute_goes_on_after_the_clock_was_set(jump):
    def defer(timestamp):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT procrastinate_defer_periodic_job_v2('posts', NULL, NULL, 'posts.tasks.announce', 0, '', %s, '{}')",
                [timestamp],
            )
            return cursor.fetchone()[0]

    now = 1_764_000_000
    assert defer(now)
    assert not defer(now)
    assert defer(now + 60)
    for minute in range(2, 5):
        assert defer(now + 60 * minute + int(jump.total_seconds()))


@pytest.mark.django_db
def test_a_digest_whose_hour_comes_twice_is_sent_once(time_machine):
    plan("daily", on_since=timezone.now() - timedelta(hours=3))
    make_subscriber(frequency="daily")
    make_post(published_at=timezone.now() - timedelta(hours=2))
    digests.make_due()
    composing.queue_due()
    time_machine.move_to(timezone.now() - timedelta(hours=1))
    assert (digests.make_due(), composing.queue_due()) == (0, 0)
    time_machine.move_to(timezone.now() + timedelta(hours=1))
    assert (digests.make_due(), composing.queue_due()) == (0, 0)
    assert (Mailing.objects.count(), Delivery.objects.count()) == (1, 1)
