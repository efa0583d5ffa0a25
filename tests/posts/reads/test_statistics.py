"""The figures the screens show, against a plain count of what has been read."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from posts.models import Category, Post, ReadHour, ReadMinute, ReferringHost, Source, Tag
from posts.reads import now, overviews, periods, ranking, scopes, tallies
from posts.reads.counting import record
from posts.reads.overviews import Change
from posts.reads.periods import Period, day_of, midnight
from posts.reads.scopes import SITE, Scope
from tests.factories import make_author, make_category, make_post, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 22, 19, 30, tzinfo=UTC)  # half past three in the afternoon in New York


@pytest.fixture
def at_half_past_three():
    with time_machine.travel(NOW, tick=False):
        yield


class World:
    """Posts, what they belong to, and each read as it was."""

    def __init__(self, seed, *, days):
        self.chance, self.reads = random.Random(seed), []
        top = make_category("World")
        self.categories = [top, make_category("Middle East", parent=top), make_category("Law")]
        self.authors = [make_author() for _ in range(3)]
        self.belongs = {}
        for _ in range(5):
            filed = self.chance.sample(self.categories[1:], self.chance.randint(0, 2))
            signed = self.chance.sample(self.authors, self.chance.randint(1, 2))
            tags = self.chance.sample(["iran", "oil", "law"], self.chance.randint(0, 2))
            post = make_post(
                authors=signed,
                categories=filed,
                tags=tags,
                published_at=datetime.now(UTC) - timedelta(days=days + 1),
            )
            branches = {category.pk for category in filed}
            self.belongs[post.pk] = {
                "post": {post.pk},
                "category": branches | ({top.pk} if self.categories[1].pk in branches else set()),
                "author": {author.pk for author in signed},
                "tag": set(post.tags.values_list("pk", flat=True)),
            }
        for _ in range(120):
            self.read(timedelta(seconds=self.chance.randint(0, int(days * 86400))))
        tallies.add_up()

    def read(self, ago):
        at, post = datetime.now(UTC) - ago, self.chance.choice(list(self.belongs))
        source, count = self.chance.choice(list(Source)), self.chance.randint(1, 9)
        host = self.chance.choice(["news.example.org", "blog.example.com"]) if source == Source.SITES else ""
        record({post: count}, at=at, source=source, host=host)
        self.reads.append((at, post, count, source, host))

    def of(self, scope, begin, end):
        """The reads of a scope between two moments."""
        return [
            row
            for row in self.reads
            if begin <= row[0] < end and (scope == SITE or scope.pk in self.belongs[row[1]][scope.kind])
        ]

    def scopes(self):
        yield SITE
        for kind in ("post", "category", "author", "tag"):
            yield from (
                Scope(kind, pk) for pk in sorted({pk for own in self.belongs.values() for pk in own[kind]})
            )


def total(rows):
    return sum(row[2] for row in rows)


@pytest.mark.usefixtures("at_half_past_three")
@pytest.mark.parametrize(("seed", "days"), [(1, 2), (2, 20), (3, 58), (4, 700)])
def test_totals_bars_sources_and_comparisons_are_those_of_a_plain_count(seed, days):
    world = World(seed, days=days)
    for scope in world.scopes():
        ever = world.of(scope, datetime(2000, 1, 1, tzinfo=UTC), NOW + timedelta(days=1))
        for unit in periods.UNITS:
            running = periods.this(unit)
            for period in (running, running.before, running.before.before):
                found = overviews.overview(scope, period)
                rows = world.of(scope, period.begins_at, period.ends_at)
                assert found.total == total(rows)
                assert (found.first, found.last) == (
                    day_of(min(row[0] for row in ever)) if ever else None,
                    day_of(max(row[0] for row in ever)) if ever else None,
                )
                by_source = Counter()
                for row in rows:
                    by_source[row[3]] += row[2]
                assert {one.source: one.reads for one in found.sources if one.reads} == dict(by_source)
                if found.series:
                    assert found.series.total == found.total
                compared(world, scope, period, found)


def compared(world, scope, period, found):
    """Up to the last full hour where hours are kept; a year under way up to midnight."""
    if found.first is None or found.first >= period.first:
        assert found.comparison is None
        return
    until = period.ends_at
    if period.is_running:
        until = NOW.replace(minute=0) if period.unit != "year" else midnight(day_of(NOW))
        assert found.comparison.until == until
    until_before = period.same_moment_before(until) if period.is_running else period.begins_at
    now_, before = (
        total(world.of(scope, period.begins_at, until)),
        total(world.of(scope, period.before.begins_at, until_before)),
    )
    assert (found.comparison.now, found.comparison.before) == (now_, before)
    if before:
        assert found.comparison.percent == round(100 * (now_ - before) / before)
    else:
        assert found.comparison.percent is None


@pytest.mark.usefixtures("at_half_past_three")
@pytest.mark.parametrize(("seed", "days", "among"), [(5, 2, 300), (6, 40, 1), (7, 400, 300)])
def test_what_was_read_most_stands_first_with_its_change(seed, days, among, monkeypatch):
    monkeypatch.setattr(ranking, "AMONG", among)
    world = World(seed, days=days)
    models = {"category": Category, "author": type(world.authors[0]), "tag": Tag}
    for unit in periods.UNITS:
        for period in (periods.this(unit), periods.this(unit).before):
            for scope in world.scopes():
                rows = world.of(scope, period.begins_at, period.ends_at)
                expected = Counter()
                for row in rows:
                    expected[row[1]] += row[2]
                found = ranking.top_posts(scope, period)
                assert [(one.thing.pk, one.reads) for one in found] == sorted(
                    expected.items(), key=lambda pair: (-pair[1], pair[0])
                )
                for one in found:
                    changed(world, Scope("post", one.thing.pk), period, one, hours=unit == "day")
            for kind, model in models.items():
                expected = Counter()
                for at, post, count, *_ in world.reads:
                    if period.begins_at <= at < period.ends_at:
                        for pk in world.belongs[post][kind]:
                            expected[pk] += count
                found = ranking.top(kind, period)
                assert {one.thing.pk: one.reads for one in found} == dict(expected)
                assert [one.reads for one in found] == sorted(expected.values(), reverse=True)
                assert all(isinstance(one.thing, model) for one in found)
                for one in found:
                    changed(world, Scope(kind, one.thing.pk), period, one)


def changed(world, scope, period, one, *, hours=False):
    until = period.ends_at
    if period.is_running:
        until = NOW.replace(minute=0) if hours else midnight(day_of(NOW))
    if until == period.begins_at:
        assert one.change is None
        return
    before = period.same_moment_before(until) if period.is_running else period.begins_at
    assert one.change == Change(
        total(world.of(scope, period.begins_at, until)),
        total(world.of(scope, period.before.begins_at, before)),
    )


@pytest.mark.usefixtures("at_half_past_three")
@pytest.mark.parametrize("among", [1, 2, 3, 4, 300])
def test_the_most_of_a_week_are_found_wherever_they_stand_in_their_month(among, monkeypatch):
    monkeypatch.setattr(ranking, "AMONG", among)
    posts = [make_post(published_at=NOW - timedelta(days=60), tags=[f"tag {n}"]) for n in range(6)]
    for n, post in enumerate(posts):
        record({post.pk: 10 - n}, at=NOW - timedelta(days=20))
        record({post.pk: 1 + n}, at=NOW)
    tallies.add_up()
    week = periods.this("week")
    assert [one.thing for one in ranking.top_posts(SITE, week, most=1)] == [posts[-1]]
    assert [one.thing.name for one in ranking.top("tag", week, most=1)] == ["tag 5"]
    assert [one.reads for one in ranking.top_posts(SITE, week, most=6)] == [6, 5, 4, 3, 2, 1]


@pytest.mark.usefixtures("at_half_past_three")
def test_sites_that_sent_readers_of_the_whole_site_and_of_a_post():
    one, other = make_post(published_at=NOW - timedelta(days=9)), make_post()
    record({one.pk: 3}, at=NOW, source=Source.SITES, host="news.example.org")
    record({one.pk: 5, other.pk: 1}, at=NOW, source=Source.SITES, host="blog.example.com")
    record({one.pk: 1}, at=NOW - timedelta(days=1), source=Source.SITES, host="news.example.org")
    tallies.add_up()
    today, month = periods.this("day"), periods.this("month")

    def named(found):
        return [(one.thing.name, one.reads) for one in found]

    assert named(ranking.top("host", today)) == [("blog.example.com", 6), ("news.example.org", 3)]
    assert named(ranking.top("host", month, scope=scopes.of(one))) == [
        ("blog.example.com", 5),
        ("news.example.org", 4),
    ]
    host = ReferringHost.objects.get(name="news.example.org")
    found = overviews.overview(scopes.of(host), month)
    assert (found.total, found.sources, found.comparison) == (4, [], None)
    assert [(row.thing, row.reads) for row in ranking.top_posts(scopes.of(host), month)] == [(one, 4)]
    assert overviews.overview(scopes.of(host), today).series is None


# Clocks


@pytest.mark.parametrize(
    ("zone", "moment", "bars"),
    [
        ("America/New_York", datetime(2025, 3, 9, 23, 30, tzinfo=UTC), 23),
        ("America/New_York", datetime(2025, 11, 3, 4, 30, tzinfo=UTC), 25),
        ("Asia/Kolkata", datetime(2025, 5, 5, 12, 10, tzinfo=UTC), 24),
        ("Australia/Adelaide", datetime(2025, 10, 5, 12, 10, tzinfo=UTC), 23),
    ],
)
def test_the_hours_of_a_day_are_those_of_the_publications_clock(settings, zone, moment, bars):
    settings.TIME_ZONE = zone
    with time_machine.travel(moment, tick=False):
        post = make_post(published_at=moment - timedelta(days=3))
        today, yesterday = periods.this("day"), periods.this("day").before
        for n in range(49):
            record({post.pk: 1}, at=moment - timedelta(hours=n))
        tallies.add_up()
        found = overviews.overview(SITE, today)
        assert found.series.room == bars
        assert {bar.reads for bar in found.series.bars} == {1}
        assert found.series.bars[0].start == today.begins_at
        assert found.series.bars[-1].start <= moment < found.series.bars[-1].start + timedelta(hours=1)
        assert found.total == found.series.total == len(found.series.bars)
        past = overviews.overview(SITE, yesterday)
        assert past.total == past.series.total == past.series.room
        until = found.comparison.until
        assert found.comparison.now == (until.astimezone(UTC) - today.begins_at.astimezone(UTC)) / timedelta(
            hours=1
        )


@pytest.mark.usefixtures("at_half_past_three")
def test_a_day_whose_hours_are_thrown_away_has_no_bars_and_is_compared_whole():
    post = make_post(published_at=NOW - timedelta(days=90))
    for days, reads in [(80, 7), (79, 14)]:
        record({post.pk: reads}, at=NOW - timedelta(days=days))
    tallies.add_up()
    ReadHour.objects.all().delete()
    found = overviews.overview(SITE, Period("day", day_of(NOW - timedelta(days=79))))
    assert (found.series, found.total, found.comparison.percent) == (None, 14, 100)
    assert found.comparison.until is None


def test_in_the_first_hour_of_a_period_nothing_is_compared_yet():
    with time_machine.travel(midnight(date(2026, 6, 1)) + timedelta(minutes=20), tick=False):
        post = make_post(published_at=datetime(2026, 1, 1, tzinfo=UTC))
        record({post.pk: 2}, at=timezone.now())
        record({post.pk: 2}, at=datetime(2026, 5, 20, tzinfo=UTC))
        tallies.add_up()
        for unit in ("day", "week", "month"):
            found = overviews.overview(SITE, periods.this(unit))
            assert (found.total, found.comparison) == (2, None)
            assert ranking.top_posts(SITE, periods.this(unit))[0].change is None


# Right now


@pytest.mark.usefixtures("at_half_past_three")
def test_right_now_counts_the_last_half_hour_minute_by_minute():
    one, other, category = make_post(), make_post(), make_category()
    filed = make_post(categories=[category])
    for minutes, post, reads in [(0, one, 1), (29, one, 2), (30, one, 50), (5, other, 4), (5, filed, 1)]:
        minute = NOW - timedelta(minutes=minutes)
        ReadMinute.objects.create(post=post, minute=minute, source=Source.SOCIAL, reads=reads)
    found = now.right_now(SITE)
    assert (found.total, len(found.series.bars)) == (8, 30)
    assert (found.series.bars[0].reads, found.series.bars[-1].reads) == (2, 1)
    assert [(row.thing, row.reads) for row in found.posts] == [(other, 4), (one, 3), (filed, 1)]
    assert found.sources == [(Source.SOCIAL, 8)]
    assert found.yesterday is None
    assert now.right_now(scopes.of(category)).total == 1


@pytest.mark.usefixtures("at_half_past_three")
def test_right_now_is_beside_the_same_time_yesterday():
    post = make_post(published_at=NOW - timedelta(days=3))
    record({post.pk: 60}, at=NOW - timedelta(days=1))  # of whose hour 29 minutes lie in those shown
    assert now.right_now(SITE).yesterday == 29


# Who sees what


def test_an_editor_sees_the_site_and_an_author_what_he_signs():
    author = make_author(user=make_user(group="Author"))
    assert scopes.open_to(make_user(group="Editor")) == SITE
    assert scopes.open_to(make_user(group="Administrator")) == SITE
    assert scopes.open_to(author.user) == scopes.of(author)
    assert scopes.open_to(make_user(group="Author")) is None


@pytest.mark.parametrize("unit", periods.UNITS)
@pytest.mark.parametrize("kind", ["site", "post", "category", "author", "tag", "host"])
def test_nothing_read_is_nothing_to_see_and_costs_few_queries(kind, unit, django_assert_max_num_queries):
    scope = Scope(kind, None if kind == "site" else 1)
    with django_assert_max_num_queries(4):
        found = overviews.overview(scope, periods.this(unit))
    assert (found.total, found.comparison, found.before, found.after) == (0, None, None, None)
    assert ranking.top_posts(scope, periods.this(unit)) == []
    assert all(ranking.top(things, periods.this(unit)) == [] for things in ranking.MODELS)
    assert not Post.objects.exists()
