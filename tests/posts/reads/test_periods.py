"""Days, weeks, months and years of the publication's own calendar, and what is asked for by an address."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.http import QueryDict
from django.utils import timezone

from posts.reads import periods
from posts.reads.periods import Period, asked

NOW = datetime(2026, 3, 11, 3, 30, tzinfo=UTC)  # still Tuesday, the tenth, in New York
TODAY = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(
    ("query", "unit", "first"),
    [
        ("", "day", TODAY),
        ("period=week", "week", date(2026, 3, 9)),
        ("period=month&on=2026-02-17", "month", date(2026, 2, 1)),
        ("period=year&on=2025-06-01", "year", date(2025, 1, 1)),
        ("period=day&on=2026-03-10", "day", TODAY),
        ("period=day&on=2026-03-11", "day", TODAY),  # a day to come
        ("period=day&on=9999-12-31", "day", TODAY),
        ("period=week&on=0001-01-01", "week", date(2026, 3, 9)),
        ("period=fortnight", "day", TODAY),
        ("period=&on=", "day", TODAY),
        ("period=day&on=2026-02-30", "day", TODAY),
        ("period=day&on=2026-3-1", "day", TODAY),
        ("period=day&on=%00", "day", TODAY),
        ("period=day&on=2026-03-0١", "day", TODAY),
        ("period=month&period=day&on=x&on=2026-03-01", "day", date(2026, 3, 1)),
        ("period=month&on=" + "9" * 5000, "month", date(2026, 3, 1)),
    ],
)
def test_an_address_names_a_period_and_a_bad_one_today(query, unit, first):
    assert asked(QueryDict(query)) == Period(unit, first)


@pytest.mark.parametrize("unit", periods.UNITS)
def test_periods_follow_one_another_without_a_gap_back_to_the_first(unit):
    period, count = periods.this(unit), 0
    assert period.is_running
    assert period.after is None
    while period.before and count < 500:
        assert period.before.end == period.first
        assert period.before.after == period
        assert not period.before.is_running
        assert len(period.days) == (period.end - period.first).days
        assert asked(QueryDict(period.before.query)) == period.before
        period, count = period.before, count + 1
    assert period.first >= periods.EARLIEST - timedelta(days=366)


def test_a_kept_address_of_the_period_under_way_goes_with_the_time():
    assert periods.this("week").query == "period=week"
    assert periods.this("week").before.query == "period=week&on=2026-03-02"


@pytest.mark.parametrize(
    ("unit", "day", "label"),
    [
        ("day", TODAY, "Today"),
        ("day", date(2026, 3, 9), "Yesterday"),
        ("day", date(2026, 3, 1), "Sunday, 1 March 2026"),
        ("week", TODAY, "Week of 9 March 2026"),
        ("month", date(2025, 12, 31), "December 2025"),
        ("year", date(2025, 12, 31), "2025"),
    ],
)
def test_a_period_has_a_name(unit, day, label):
    assert Period(unit, day).label == label


def test_days_on_which_the_clocks_change_have_23_or_25_hours():
    spring, autumn = Period("day", date(2026, 3, 8)), Period("day", date(2025, 11, 2))
    for day, hours in ((spring, 23), (autumn, 25)):
        assert (day.ends_at.astimezone(UTC) - day.begins_at.astimezone(UTC)) == timedelta(hours=hours)


def test_midnight_is_that_of_a_zone_with_half_an_hour(settings):
    settings.TIME_ZONE = "Asia/Kolkata"
    assert Period("day", TODAY).begins_at == datetime(2026, 3, 9, 18, 30, tzinfo=UTC)
    assert periods.today() == date(2026, 3, 11)


@pytest.mark.parametrize(
    ("unit", "moment", "before"),
    [
        ("day", (2026, 3, 8, 15), (2026, 3, 7, 15)),  # the clocks have changed between
        ("week", (2026, 3, 11, 9), (2026, 3, 4, 9)),
        ("month", (2026, 3, 28, 9), (2026, 2, 28, 9)),
        ("month", (2026, 3, 31, 9), (2026, 3, 1, 0)),  # a shorter month is over by then
        ("month", (2026, 1, 5, 9), (2025, 12, 5, 9)),
        ("year", (2028, 2, 29, 9), (2027, 3, 1, 0)),
        ("year", (2026, 3, 10, 9), (2025, 3, 10, 9)),
    ],
)
def test_a_moment_answers_to_the_same_one_in_the_period_before(unit, moment, before):
    zone = timezone.get_default_timezone()
    moment, before = datetime(*moment, tzinfo=zone), datetime(*before, tzinfo=zone)
    assert Period(unit, moment.date()).same_moment_before(moment) == before


def test_whole_days_of_the_period_under_way_end_today():
    assert Period("month", TODAY).whole_days == (TODAY, date(2026, 2, 10))
    assert Period("month", date(2026, 2, 1)).whole_days == (date(2026, 3, 1), date(2026, 2, 1))
