"""What is kept of reads, and for how long."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from posts import tasks
from posts.models import (
    NamesOfDay,
    NetworkOfDay,
    ReadDay,
    ReadersKey,
    ReadersOfDay,
    ReadHour,
    ReadMinute,
    ReadTotal,
)
from posts.reads import retention
from posts.reads.counting import record
from tests.factories import make_post

pytestmark = pytest.mark.django_db
OF_A_DAY = (ReadersKey, ReadersOfDay, NetworkOfDay, NamesOfDay)


@pytest.fixture
def long_started(monkeypatch):
    """As if the database had not just been started for the tests."""
    for table, over in retention.OVER.items():
        monkeypatch.setitem(retention.OVER, table, over.replace("now() - interval '10 minutes'", "now()"))


def make_day(day):
    ReadersKey.objects.create(day=day, key=b"k" * 32)
    ReadersOfDay.objects.create(day=day, room=1, readers=[1, 2])
    NetworkOfDay.objects.create(day=day, network=1, reads=2)
    NamesOfDay.objects.create(day=day, named=1)


def site_day(hours=0):
    """The date in the publication's zone so many hours after an hour ago, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return timezone.localtime(cursor.fetchone()[0] + timedelta(hours=hours)).date()


def test_hours_go_after_sixty_days_and_minutes_after_two_hours_but_days_and_totals_stay():
    post = make_post(published_at=timezone.now() - timedelta(days=100))
    for age in (timedelta(days=61), timedelta(days=59), timedelta(minutes=110)):
        record({post.pk: 1}, at=timezone.now() - age)
    old = timezone.now() - timedelta(minutes=125)
    ReadMinute.objects.create(post=post, minute=old, source="direct", reads=1)
    dropped = retention.forget()
    assert (dropped["posts_readhour"], dropped["posts_readminute"]) == (1, 1)
    assert ReadHour.objects.count() == 2
    assert ReadMinute.objects.count() == 1
    assert sum(ReadDay.objects.values_list("reads", flat=True)) == ReadTotal.objects.get().reads == 3


def test_who_has_read_what_goes_with_its_day_and_so_does_its_key(long_started):
    yesterday, today, tomorrow, far = (site_day(24 * days) for days in (-2, 0, 1, 9))
    for day in (yesterday, today, tomorrow, far):
        make_day(day)
    retention.forget()
    for model in OF_A_DAY:
        assert set(model.objects.values_list("day", flat=True)) == {today, tomorrow}, model


def test_an_hour_after_midnight_late_reads_still_find_who_has_read(long_started, settings):
    """By a zone in which a day began less than an hour ago, and by its neighbour where it began longer ago."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(hour FROM now() AT TIME ZONE 'UTC')::int")
        hour = cursor.fetchone()[0]
    for behind, stays in ((hour, True), (hour - 1, False)):
        offset = (behind + 11) % 24 - 11
        settings.TIME_ZONE = f"Etc/GMT{offset:+d}" if offset else "Etc/GMT"
        ReadersKey.objects.all().delete()
        ReadersKey.objects.create(day=site_day(-24), key=b"k" * 32)
        retention.forget()
        assert ReadersKey.objects.exists() is stays


def test_a_database_that_has_just_come_back_gives_late_reads_time():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_postmaster_start_time() < now() - interval '10 minutes'")
        is_old = cursor.fetchone()[0]
    make_day(site_day(-48))
    retention.forget()
    assert ReadersKey.objects.exists() is not is_old


def test_much_goes_in_batches_and_the_second_time_nothing(monkeypatch, long_started):
    monkeypatch.setattr(retention, "BATCH", 10)
    day = site_day(-48)
    ReadersOfDay.objects.bulk_create(ReadersOfDay(day=day, room=n, readers=[n]) for n in range(25))
    assert retention.forget()["posts_readersofday"] == 25
    assert not any(retention.forget().values())


def test_the_worker_sees_to_it(long_started):
    make_day(site_day(-48))
    tasks.forget_readers(timestamp=0)
    assert not ReadersKey.objects.exists()
