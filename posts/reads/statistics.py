"""How often a post has been read: by hour, by day and, over long spans, by week, month or year."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from posts.models import ReadHour, ReadTotal
from posts.reads.counting import hour_of
from posts.reads.periods import MOST_BARS, spans, start_of

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
    today = sum(reads for hour, reads in recent.items() if hour >= midnight)
    return Figures(total, today, sum(recent.values()), brought)


def by_hour(post):
    """The last 48 hours, the running one last."""
    last = hour_of(timezone.now())
    first = last - timedelta(hours=HOURS - 1)
    reads = dict(ReadHour.objects.filter(post=post, hour__gte=first).values_list("hour", "reads"))
    hours = (first + timedelta(hours=n) for n in range(HOURS))
    return Series("hour", [Bar(timezone.localtime(hour), reads.get(hour, 0)) for hour in hours])


def by_day(post):
    """Every day since the post came out, in the site's zone, folded until there are no more bars than can be told apart."""
    zone = timezone.get_current_timezone()
    rows = ReadHour.objects.filter(post=post).annotate(day=TruncDate("hour", tzinfo=zone)).values("day")
    reads = dict(rows.annotate(total=Sum("reads")).order_by("day").values_list("day", "total"))
    came_out = timezone.localdate(post.published_at) if post.published_at else timezone.localdate()
    first = min([came_out, *reads])
    return folded(first, timezone.localdate(), reads)


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


def first_hours(post):
    """Reads within 24 hours of the post's coming out, and within seven days; as whole hours are counted."""
    begun = hour_of(post.published_at)
    week = ReadHour.objects.filter(post=post, hour__gte=begun, hour__lt=begun + timedelta(days=7))
    reads = dict(week.values_list("hour", "reads"))
    day = sum(count for hour, count in reads.items() if hour < begun + timedelta(days=1))
    return day, sum(reads.values())
