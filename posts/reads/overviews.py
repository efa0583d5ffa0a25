"""The reads of a period, bar by bar and by source, beside those of the period before."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from posts.models import Source
from posts.reads import periods
from posts.reads.counting import hour_of
from posts.reads.periods import Period
from posts.reads.scopes import COLUMNS
from posts.reads.statistics import Bar, Series

BARS = {"day": "hour", "week": "day", "month": "day", "year": "month"}


@dataclass(frozen=True)
class Change:
    """Reads beside those of the time before that is as long; without any then there is nothing to take a percentage of."""

    now: int
    before: int

    @property
    def percent(self):
        return round(100 * (self.now - self.before) / self.before) if self.before else None


@dataclass(frozen=True)
class Comparison(Change):
    """`until` is the moment up to which both are counted, if the period is under way: a full hour, or midnight where
    hours are not known."""

    until: datetime | None = None


@dataclass(frozen=True)
class FromSource:
    """`share` and `share_before` are percentages of all reads, the latter of the whole period before. `change` counts
    whole days only; None when no day of the period is over."""

    source: Source
    reads: int
    share: float
    share_before: float | None
    change: Change | None

    @property
    def label(self):
        return self.source.label


@dataclass(frozen=True)
class Overview:
    """`series` is None where nothing finer is kept: of a day older than the hours, and of a referring site's day.
    `comparison` is None when there is nothing to compare: at the beginning of the period, or of the reads.
    `series_before` is the whole period before in the same bars, None when it had no reads or its hours are gone.
    `first` and `last` are the days of the oldest and newest reads there are at all, None without any."""

    period: Period
    total: int
    series: Series | None
    series_before: Series | None
    comparison: Comparison | None
    sources: list
    first: date | None
    last: date | None

    @property
    def before(self):
        """The period before, if there is anything in it or before it."""
        return self.period.before if self.first and self.first < self.period.first else None

    @property
    def after(self):
        return self.period.after


@dataclass(frozen=True)
class Windows:
    """What is compared: this period up to `until`, the one before up to `until_before`."""

    until: datetime
    until_before: datetime


def overview(scope, period):
    """At most four queries, whatever the size."""
    before = period.before or period
    days = scope.days(before.first, period.end)
    first, last = scope.bounds()
    compared = windows(scope, period)
    hours = scope.hours(*spans_of_hours(scope, period, compared))
    here = between(days, period.first, period.end)
    return Overview(
        period=period,
        total=summed(here),
        series=series(scope, period, here, hours),
        series_before=series_before(scope, period, days, hours),
        comparison=comparison(period, compared, days, hours) if first and first < period.first else None,
        sources=sources(scope, period, days),
        first=first,
        last=last,
    )


def between(days, first, end):
    return {day: row for day, row in days.items() if first <= day < end}


def summed(days, column="reads"):
    return sum(row[column] for row in days.values())


def windows(scope, period):
    """The Windows of a period: whole, or up to the last full hour or, where one side has no hours, the last midnight."""
    if not period.is_running:
        return Windows(period.begins_at, period.begins_at) if period.before is None else whole(period)
    hour = hour_of(timezone.now())
    until_before = period.same_moment_before(hour)
    if not scope.knows_hours(until_before):
        hour = periods.midnight(periods.today())
        until_before = period.same_moment_before(hour)
    return Windows(hour, until_before)


def whole(period):
    return Windows(period.ends_at, period.begins_at)


def spans_of_hours(scope, period, compared):
    """The spans of time whose hours are needed: the bars of a day, and what is left of whole days when comparing."""
    spans = []
    if period.unit == "day" and scope.knows_hours(period.begins_at):
        spans.append((period.begins_at, period.ends_at))
        if period.before and scope.knows_hours(period.before.begins_at):
            return [*spans, (period.before.begins_at, period.before.ends_at)]
    elif rest(compared.until):
        spans.append(rest(compared.until))
    return [*spans, *filter(None, [rest(compared.until_before)])]


def rest(moment):
    """(midnight, the moment) of the day that a moment breaks off; None at midnight itself."""
    begun = periods.midnight(periods.day_of(moment))
    return (begun, moment) if begun < moment else None


def comparison(period, compared, days, hours):
    if compared.until == period.begins_at:
        return None
    return Comparison(
        now=up_to(compared.until, period.first, days, hours),
        before=up_to(compared.until_before, period.before.first, days, hours),
        until=compared.until if period.is_running else None,
    )


def up_to(moment, first, days, hours):
    """The reads from the day `first` to a moment: of whole days, and of the hours that are left."""
    reads = summed(between(days, first, periods.day_of(moment)))
    if left := rest(moment):
        reads += sum(count for hour, count in hours.items() if left[0] <= hour < moment)
    return reads


def series(scope, period, days, hours):
    """The bars up to now; `room` is how many the whole period has."""
    if period.unit == "day":
        if not scope.knows_hours(period.begins_at):
            return None
        starts = hours_of(period)
        found = [Bar(timezone.localtime(hour), hours.get(hour, 0)) for hour in starts]
        return Series("hour", [bar for bar in found if bar.start <= timezone.now()], len(starts))
    unit = BARS[period.unit]
    sums = dict.fromkeys(periods.spans(period.first, period.last, unit), 0)
    for day, row in days.items():
        sums[periods.start_of(day, unit)] += row["reads"]
    bars = [Bar(start, reads) for start, reads in sums.items() if start <= periods.today()]
    return Series(unit, bars, len(sums))


def series_before(scope, period, days, hours):
    before = period.before
    there = between(days, before.first, before.end) if before else {}
    return series(scope, before, there, hours) if any(row["reads"] for row in there.values()) else None


def hours_of(period):
    """When the hours of a day begin; where the clocks change there are 23 or 25."""
    begin, end = period.begins_at.astimezone(UTC), period.ends_at.astimezone(UTC)
    return [begin + timedelta(hours=n) for n in range(round((end - begin) / timedelta(hours=1)))]


def sources(scope, period, days):
    """Where the readers came from, most first; nothing for a referring site, which is a source itself."""
    if scope.kind == "host":
        return []
    here = counted(days, period.first, period.end)
    until, until_before = period.whole_days
    past = counted(days, period.before.first, period.first) if period.before else {}
    now = counted(days, period.first, until)
    then = counted(days, period.before.first, until_before) if period.before else {}
    return [
        FromSource(
            source,
            reads,
            share(reads, here),
            share(past[source], past) if any(past.values()) else None,
            Change(now[source], then[source]) if then and until > period.first else None,
        )
        for source, reads in sorted(here.items(), key=lambda item: -item[1])
    ]


def counted(days, first, end):
    """{source: reads} of some days."""
    found = between(days, first, end)
    named = {Source(name): summed(found, name) for name in COLUMNS[1:]}
    return {Source.DIRECT: summed(found) - sum(named.values())} | named


def share(reads, all_reads):
    everything = sum(all_reads.values())
    return 100 * reads / everything if everything else 0.0
