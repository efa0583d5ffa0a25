"""The demo's reads add up as if they had been counted."""

from datetime import timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone

from demo import reads
from posts.models import DayToAdd, PopularList, ReadDay, ReadHour, ReadMinute, ReadTotal, Referral, SiteTally
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def total(rows, of="reads"):
    return rows.aggregate(total=Sum(of))["total"] or 0


@pytest.fixture
def now(monkeypatch):
    """A quarter to one by the publication's clock."""
    moment = timezone.localtime().replace(hour=12, minute=45, second=0, microsecond=0) - timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return moment


def test_hours_make_days_and_days_totals_sources_referrals_and_the_newest_tallies(now):
    ages = (0.1, 3, 40, 900)
    posts = [make_post(published_at=now - timedelta(days=age)) for age in ages]
    reads.make_reads([*posts, make_post(status="draft")])
    today = timezone.localdate(now)
    first = today - timedelta(days=reads.HOURS_OF_DAYS - 1)
    days = ReadDay.objects.all()
    assert total(ReadHour.objects.all()) == total(days.filter(day__gte=first)) > 1000
    assert total(ReadTotal.objects.all()) == total(days)
    assert set(days.values_list("post", flat=True)) == {post.pk for post in posts}
    hosts = {name: set(named) for name, named in reads.HOSTS.items()}
    for source, names in hosts.items():
        assert total(Referral.objects.filter(host__name__in=names)) == total(days, source) > 0
    assert all(day.direct >= 0 for day in days)
    assert days.order_by("day").first().day == today - timedelta(days=reads.DAYS - 1)
    assert not ReadHour.objects.filter(hour__gt=now).exists()
    assert not ReadMinute.objects.filter(minute__gt=now).exists()
    hour = now.replace(minute=0)
    assert total(ReadMinute.objects.filter(minute__gte=hour)) == total(ReadHour.objects.filter(hour=hour)) > 0
    assert SiteTally.objects.get(unit="day", start=today).reads == total(days.filter(day=today))
    assert SiteTally.objects.filter(unit="day").count() + DayToAdd.objects.count() == reads.DAYS
    rising = PopularList.objects.get(window="rising").post_ids
    assert rising.index(posts[3].pk) < rising.index(posts[2].pk), "an old one is found again"


def test_it_is_the_same_each_time(now):
    posts = [make_post(published_at=now - timedelta(days=age)) for age in (1, 30)]
    one, other = (reads.Readership(posts, timezone.localtime(now)) for _ in range(2))
    one.read()
    other.read()
    assert one.hours == other.hours
    assert one.referrals == other.referrals
    assert one.minutes == other.minutes


def test_a_site_without_posts_has_no_reads(now):
    reads.make_reads([])
    assert not ReadDay.objects.exists()
