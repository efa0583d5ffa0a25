"""Days, weeks, months and years of the publication's calendar, and how the one under way is compared with the one before."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.utils import timezone

UNITS = ("day", "week", "month", "year")
LONGEST = {"day": 1, "week": 7, "month": 31, "year": 366}
EARLIEST = date(1990, 1, 1)  # no site is older
MOST_BARS = 92


def start_of(day, unit):
    """The first day of the span that `day` is in."""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[unit]


def start_of_next(day, unit):
    return start_of(start_of(day, unit) + timedelta(days=LONGEST[unit]), unit)


def spans(first, last, unit):
    """The first days of the spans from that of `first` to that of `last`."""
    starts, start = [], start_of(first, unit)
    while start <= last:
        starts.append(start)
        start = start_of_next(start, unit)
    return starts


def midnight(day):
    """The moment a day begins where the publication is, also one on which the clocks change."""
    return datetime.combine(day, time(), timezone.get_default_timezone())


def day_of(moment):
    """The day of the publication's calendar that a moment is in."""
    return timezone.localdate(moment, timezone.get_default_timezone())


def today():
    return day_of(timezone.now())


@dataclass(frozen=True)
class Period:
    """A day, week (from Monday), month or year. `first` is its first day; any other day of it is taken for that."""

    unit: str
    first: date

    def __post_init__(self):
        object.__setattr__(self, "first", start_of(self.first, self.unit))

    @property
    def end(self):
        """The first day after it."""
        return start_of_next(self.first, self.unit)

    @property
    def last(self):
        return self.end - timedelta(days=1)

    @property
    def days(self):
        return [self.first + timedelta(days=n) for n in range((self.end - self.first).days)]

    @property
    def begins_at(self):
        return midnight(self.first)

    @property
    def ends_at(self):
        return midnight(self.end)

    @property
    def is_running(self):
        return self.first <= today() < self.end

    @property
    def before(self):
        """The one before; None where nothing can be known any more."""
        return Period(self.unit, self.first - timedelta(days=1)) if self.first > EARLIEST else None

    @property
    def after(self):
        """The one after; None if it has not begun."""
        return Period(self.unit, self.end) if self.end <= today() else None

    @property
    def label(self):
        """What it is called by itself: “Today”, “Week of 23 November 2026”, “March 2026”."""
        if self.unit == "day":
            ago = (today() - self.first).days
            return {0: "Today", 1: "Yesterday"}.get(ago, f"{self.first:%A}, {said(self.first)}")
        if self.unit == "week":
            return f"Week of {said(self.first)}"
        return f"{self.first:%B %Y}" if self.unit == "month" else str(self.first.year)

    @property
    def query(self):
        """The end of its address; the one under way has no date, so that a kept address goes with the time."""
        return urlencode({"period": self.unit} | ({} if self.is_running else {"on": self.first.isoformat()}))

    def as_unit(self, unit):
        """The period of another unit that this one's last day is in; of the one under way, today."""
        return Period(unit, today() if self.is_running else self.last)

    def same_moment_before(self, moment):
        """What in the period before answers to a moment of this one: as many days on (in a week), the same day of the
        month or year, the same time by the clock. A shorter month is over by then."""
        before, local = self.before, moment.astimezone(timezone.get_default_timezone())
        if self.unit in ("day", "week"):
            day = before.first + (local.date() - self.first)
        else:
            month = before.first.month if self.unit == "month" else local.month
            try:
                day = local.date().replace(year=before.first.year, month=month)
            except ValueError:  # there is no such day
                return midnight(start_of_next(date(before.first.year, month, 1), "month"))
        return datetime.combine(day, local.time(), timezone.get_default_timezone())

    @property
    def whole_days(self):
        """(end here, end in the period before): the days before which both are compared, of the one under way today."""
        if not self.is_running:
            return self.end, self.first
        before = self.same_moment_before(midnight(today()))
        return today(), day_of(before)


def said(day):
    return f"{day.day} {day:%B %Y}"


def this(unit):
    """The period under way."""
    return Period(unit, today())


def asked(query, *, otherwise="day"):
    """The Period that `period` and `on` of a query string name. What is no period, no day, or a day to come is today."""
    unit = query.get("period", "")
    return Period(unit if unit in UNITS else otherwise, day_in(query.get("on", "")) or today())


def day_in(text):
    """The day that `2026-03-01` names; None when it names none that can have reads."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date() if len(text) == 10 else None  # noqa: DTZ007
    except ValueError:
        return None
    return day if day and EARLIEST <= day <= today() else None
