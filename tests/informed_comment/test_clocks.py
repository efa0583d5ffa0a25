"""Our clock is not the database's: what has an hour goes by both."""

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.utils import timezone
from procrastinate import App
from procrastinate.testing import InMemoryConnector

from informed_comment import clocks, jobs
from informed_comment.patient_queue import PatientQueue
from informed_comment.periodic_jobs import SteadyDeferrer
from newsletter import composing, digests
from newsletter.models import Mailing
from posts import announcing, publishing
from posts.models import Announcement, Post
from tests.factories import make_post, make_subscriber
from tests.newsletter.test_digests import plan

pytestmark = pytest.mark.clocks_apart
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NEAR = timedelta(seconds=5)


@pytest.fixture
def set_clock(time_machine):
    """Sets our clock and not the database's, after that was heard."""

    def by(step):
        clocks.ask(connection)
        time_machine.move_to(timezone.now() + step)

    return by


@pytest.mark.django_db
@pytest.mark.parametrize("step", [HOUR, DAY])
def test_a_clock_that_runs_ahead_shows_readers_no_post_early(client, set_clock, step):
    post = make_post(published_at=timezone.now() + step / 2)
    set_clock(step)
    assert client.get(post.get_absolute_url()).status_code == 404
    assert not Post.objects.published().exists()
    assert Post.objects.scheduled().get().is_scheduled


@pytest.mark.django_db
def test_what_is_published_by_a_clock_that_runs_ahead_is_there_at_once_and_told_of_in_time(
    settings, set_clock
):
    settings.HOLD_SECONDS = 300
    right, post = timezone.now(), make_post(status="draft", published_at=None)
    set_clock(DAY)
    publishing.publish(post)
    assert Post.objects.published().get() == post
    assert abs(Post.objects.get().published_at - right) < NEAR
    assert abs(Announcement.objects.get().due_at - right - timedelta(seconds=300)) < NEAR
    assert announcing.make_due() == 0


@pytest.mark.django_db
def test_a_hold_is_no_shorter_for_a_clock_that_was_set_back(settings, set_clock):
    settings.HOLD_SECONDS = 300
    right, post = timezone.now(), make_post(status="draft", published_at=None)
    set_clock(-HOUR)
    publishing.publish(post)
    assert Post.objects.published().get() == post
    assert Announcement.objects.get().due_at > right + timedelta(seconds=290)


@pytest.mark.django_db
def test_a_clock_a_day_ahead_sends_no_digest_before_its_day(set_clock):
    plan("daily", on_since=timezone.now() - timedelta(hours=3))
    make_subscriber(frequency="daily")
    make_post(published_at=timezone.now() - timedelta(hours=2))
    digests.make_due()
    composing.queue_due()
    make_post(published_at=timezone.now() - timedelta(minutes=5))
    set_clock(DAY)
    assert (digests.make_due(), composing.queue_due(), Mailing.objects.count()) == (0, 0, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("step", [DAY, -HOUR])
def test_a_job_for_later_waits_as_long_by_the_clock_of_the_queue(set_clock, step):
    set_clock(step)
    jobs.defer("posts.tasks.announce", in_seconds=60)
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM scheduled_at - now()) FROM procrastinate_jobs")
        assert 50 < cursor.fetchone()[0] < 70


def test_what_failed_is_tried_again_by_the_clock_of_the_queue(monkeypatch, time_machine):
    asked = {}

    async def heard(self, job, **how):
        asked.update(how)

    monkeypatch.setattr("procrastinate.manager.JobManager.retry_job", heard)
    right = timezone.now()
    clocks.of_database.note(right.timestamp())
    time_machine.move_to(right + DAY)
    async_to_sync(PatientQueue(None).retry_job)(None, retry_at=timezone.now() + timedelta(seconds=4))
    assert abs(asked["retry_at"] - right - timedelta(seconds=4)) < NEAR


def each_minute():
    app = App(connector=InMemoryConnector())
    app.periodic(cron="* * * * *")(app.task(lambda timestamp: None, name="each minute"))
    return SteadyDeferrer(app.periodic_registry)


@pytest.mark.parametrize("step", [HOUR, -HOUR, DAY, -DAY])
def test_what_is_done_each_minute_is_done_in_the_next_minute_once_whatever_the_clock_was_set_to(step):
    deferrer, now = each_minute(), 1_764_000_030

    def asked(at):
        return [timestamp for _, timestamp in deferrer.get_previous_tasks(at=at)]

    assert asked(now) == [now - 30]
    assert asked(now + 10) == []
    assert asked(now + 120) == [now + 30, now + 90]
    there = now + 120 + int(step.total_seconds())
    assert asked(there) == [there - 30]
    assert asked(there + 60) == [there + 30]
    assert asked(now + 240) == [now + 210]
