"""Writing counts that are known to be right."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from posts.models import DayToAdd, ReadDay, ReadHour, ReadMinute, ReadTotal
from posts.reads import counting
from posts.reads.counting import record
from tests.factories import make_post

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def totals():
    return dict(ReadTotal.objects.values_list("post", "reads"))


@pytest.mark.django_db
def test_reads_go_into_their_hour_and_the_total_in_one_statement(django_assert_num_queries):
    one, other = make_post(), make_post()
    with django_assert_num_queries(1):
        record({one.pk: 2, other.pk: 1}, at=NOON + timedelta(minutes=59, seconds=59))
    record({one.pk: 3}, at=NOON)
    record({one.pk: 5}, at=NOON + timedelta(hours=1))
    hours = set(ReadHour.objects.values_list("post", "hour", "reads"))
    assert hours == {
        (one.pk, NOON, 5),
        (other.pk, NOON, 1),
        (one.pk, NOON + timedelta(hours=1), 5),
    }
    assert totals() == {one.pk: 10, other.pk: 1}


@pytest.mark.django_db
def test_only_posts_that_readers_may_see_are_counted():
    shown = make_post()
    hidden = [
        make_post(status="draft"),
        make_post(status="withdrawn"),
        make_post(published_at=timezone.now() + timedelta(hours=1)),
    ]
    record({post.pk: 1 for post in [shown, *hidden]} | {10**17: 1, 999_999: 1})
    assert totals() == {shown.pk: 1}


@pytest.mark.django_db
def test_nothing_to_count_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        record({})


@pytest.mark.django_db
def test_counting_raises_no_edition():
    post = make_post()
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM informed_comment_edition")
        before = cursor.fetchone()
        record({post.pk: 1})
        cursor.execute("SELECT number FROM informed_comment_edition")
        assert cursor.fetchone() == before


@pytest.mark.django_db
def test_a_day_that_is_counted_again_is_to_be_added_again():
    post = make_post()
    record({post.pk: 1}, at=NOON)
    DayToAdd.objects.update(is_begun=True)
    record({post.pk: 1}, at=NOON)
    day = DayToAdd.objects.get()
    assert (day.day, day.is_begun) == (NOON.date(), False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "moment", "hour", "day"),
    [
        ("America/New_York", "2026-11-23T04:59:59Z", "2026-11-23T04:00Z", "2026-11-22"),
        ("America/New_York", "2026-11-23T05:00:00Z", "2026-11-23T05:00Z", "2026-11-23"),
        ("America/New_York", "2026-11-01T05:30:00Z", "2026-11-01T05:00Z", "2026-11-01"),  # 1:30, the first
        ("America/New_York", "2026-11-01T06:30:00Z", "2026-11-01T06:00Z", "2026-11-01"),  # 1:30, the second
        ("Asia/Kolkata", "2026-11-22T18:29:59Z", "2026-11-22T17:30Z", "2026-11-22"),
        ("Asia/Kolkata", "2026-11-22T18:30:00Z", "2026-11-22T18:30Z", "2026-11-23"),
        ("Asia/Kathmandu", "2026-11-22T18:15:00Z", "2026-11-22T18:15Z", "2026-11-23"),
    ],
)
def test_hours_and_days_are_those_of_the_publications_clock(settings, zone, moment, hour, day):
    settings.TIME_ZONE = zone
    moment = datetime.fromisoformat(moment)
    record({make_post().pk: 1}, at=moment)
    assert ReadHour.objects.get().hour == counting.hour_of(moment) == datetime.fromisoformat(hour)
    assert ReadDay.objects.get().day == date.fromisoformat(day)


@pytest.mark.django_db
def test_minutes_tell_of_the_last_two_hours_only():
    post = make_post()
    record({post.pk: 1}, at=timezone.now() - timedelta(hours=3))
    assert not ReadMinute.objects.exists()
    record({post.pk: 2}, at=timezone.now() - timedelta(hours=1))
    assert ReadMinute.objects.get().reads == 2
