"""How often a post has been read: by hour, by day and, over long spans, by week, month or year."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from posts.models import ReadDay, ReadHour, ReadTotal
from posts.reads.counting import hour_of
from posts.reads.periods import MOST_BARS, day_of, spans, start_of, today
from posts.reads.scopes import SITE, Scope

HOURS = 48


@dataclass(frozen=True)
class Bar:
    """The reads of a span of time that begins at `start`."""

    start: date | datetime
    reads: int


@dataclass(frozen=True)
class Series:
    """Bars that follow one another without a gap; `unit` is minute, hour, day, week, month or year.

    `room` is how many bars there will be when the time they are of is over; None when it is.
    """

    unit: str
    bars: list
    room: int | None = None

    @property
    def most(self):
        return max((bar.reads for bar in self.bars), default=0)

    @property
    def total(self):
        return sum(bar.reads for bar in self.bars)


@dataclass(frozen=True)
class Figures:
    """Reads in all, today, and within the seven days up to now; `brought` of all were counted on an old site."""

    total: int
    today: int
    week: int
    brought: int = 0


def figures(post):
    """Two queries, however long the post has been out; None for one nobody has read."""
    totals = ReadTotal.objects.filter(post=post, reads__gt=0).values_list("reads", "brought").first()
    if not totals:
        return None
    total, brought = totals
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    since = hour_of(now) - timedelta(days=7) + timedelta(hours=1)
    recent = dict(ReadHour.objects.filter(post=post, hour__gte=since).values_list("hour", "reads"))
    since_midnight = sum(reads for hour, reads in recent.items() if hour >= midnight)
    return Figures(total, since_midnight, sum(recent.values()), brought)


def by_hour(post):
    """The last 48 hours, the running one last."""
    last = hour_of(timezone.now())
    first = last - timedelta(hours=HOURS - 1)
    reads = dict(ReadHour.objects.filter(post=post, hour__gte=first).values_list("hour", "reads"))
    hours = (first + timedelta(hours=n) for n in range(HOURS))
    return Series("hour", [Bar(timezone.localtime(hour), reads.get(hour, 0)) for hour in hours])


def by_day(post):
    """Every day since the post came out, in the site's zone, folded until there are no more bars than can be told apart."""
    reads = dict(ReadDay.objects.filter(post=post, reads__gt=0).values_list("day", "reads"))
    came_out = day_of(post.published_at) if post.published_at else today()
    return folded(min([came_out, *reads]), today(), reads)


def folded(first, last, reads):
    """The reads of days as a series of the smallest unit that needs no more than `MOST_BARS` bars."""
    for unit in ("day", "week", "month", "year"):
        starts = spans(first, last, unit)
        if len(starts) <= MOST_BARS or unit == "year":
            break
    sums = dict.fromkeys(starts, 0)
    for day, count in reads.items():
        if day <= last:
            sums[start_of(day, unit)] += count
    return Series(unit, [Bar(start, count) for start, count in sums.items()])


class First(NamedTuple):
    """Reads of a post's first day and week. They are of 24 hours and of seven days from the hour it came out; when those
    hours are not kept any more, of the first day and the first seven days by the calendar, and `is_by_days` is true.
    None while the day, or the week, is not over."""

    day: int | None
    week: int | None
    is_by_days: bool = False


def first_hours(post):
    """A First, or None if the post came out before reads were counted here; two or three queries."""
    begun = hour_of(post.published_at)
    if Scope("post", post.pk).knows_hours(begun):
        week = ReadHour.objects.filter(post=post, hour__gte=begun, hour__lt=begun + timedelta(days=7))
        reads = dict(week.values_list("hour", "reads"))
        day = sum(count for hour, count in reads.items() if hour < begun + timedelta(days=1))
        age = timezone.now() - begun
        is_over = [age >= timedelta(days=1), age >= timedelta(days=7)]
        return First(day if is_over[0] else None, sum(reads.values()) if is_over[1] else None)
    came_out, counted_since = day_of(post.published_at), SITE.bounds()[0]
    if counted_since is None or came_out < counted_since:
        return None
    week = ReadDay.objects.filter(post=post, day__gte=came_out, day__lt=came_out + timedelta(days=7))
    reads = dict(week.values_list("day", "reads"))
    return First(reads.get(came_out, 0), sum(reads.values()), is_by_days=True)
