"""Twenty-five years by year, month and day, in the publication's own time zone.

Nothing here reads the whole archive: months are made of the counts of days that PostgreSQL keeps (`PublishedDay`),
and what stands at a calendar day is found by one look into the index for each year.
"""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import Http404
from django.utils import timezone
from django.utils.dates import MONTHS

from informed_comment import clocks, replica
from informed_comment.addresses import address_of
from informed_comment.prepared import Slot, any_of, prepared
from posts import teasers
from posts.models import Post
from posts.paging import page_of_span

SHADES = 5
ON_ONE_DAY = 8
LEAP_YEAR = 2000

# A day in UTC lies in its own month wherever we are, but for the one in which the month turns here: the first or the
# last. That one, and the day that is not over yet, are counted post by post. LIMIT only tells the planner how many.
POSTS_BY_MONTH = """
WITH days AS (
    SELECT day, posts, CASE
        WHEN day >= (%(now)s AT TIME ZONE 'UTC')::date THEN 1
        WHEN extract(day FROM day) = 1 OR extract(day FROM day + 1) = 1 THEN
            (date_trunc('month', day::timestamp AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s) <>
             date_trunc('month', (day + time '23:59:59.999999') AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s))::int
        ELSE 0 END AS is_counted
    FROM posts_publishedday WHERE posts > 0 AND day BETWEEN %(first)s AND %(last)s
), counts AS (
    SELECT date_trunc('month', day::timestamp) AS month, posts FROM days WHERE is_counted = 0
    UNION ALL
    SELECT date_trunc('month', published_at AT TIME ZONE %(zone)s), 1 FROM days, LATERAL (
        SELECT published_at FROM posts_post WHERE status = 'published' AND published_at <= %(now)s
        AND published_at >= day::timestamp AT TIME ZONE 'UTC'
        AND published_at < (day + 1)::timestamp AT TIME ZONE 'UTC'
        ORDER BY published_at DESC LIMIT days.posts
    ) AS post WHERE is_counted = 1
)
SELECT month::date, sum(posts)::int FROM counts GROUP BY month ORDER BY month
"""
ON_DAY = """
WITH span AS (
    SELECT extract(year FROM min(published_at) AT TIME ZONE %(zone)s)::int AS first,
           extract(year FROM max(published_at) AT TIME ZONE %(zone)s)::int AS last
    FROM posts_post WHERE status = 'published' AND published_at <= %(now)s
), day AS (
    SELECT make_date(year, %(month)s, %(day)s)::timestamp AS midnight
    FROM span, generate_series(last, first, -1) AS year
    WHERE %(day)s <= extract(day FROM make_date(year, %(month)s, 1) + interval '1 month - 1 day')
)
SELECT id FROM day, LATERAL (
    SELECT id FROM posts_post WHERE status = 'published' AND published_at <= %(now)s
    AND published_at >= midnight AT TIME ZONE %(zone)s
    AND published_at < (midnight + interval '1 day') AT TIME ZONE %(zone)s
    ORDER BY published_at DESC, id DESC LIMIT %(length)s
) AS found
"""


@dataclass
class Month:
    """A month of a year, its posts, and a shade from 0 (none) to `SHADES`, the darkest for the fullest month."""

    first_day: date
    posts: int
    shade: int = 0

    @property
    def name(self):
        return MONTHS[self.first_day.month]

    @property
    def address(self):
        return address_of("posts:month", self.first_day.year, self.first_day.month)


@dataclass
class Year:
    """A row of the archives."""

    number: int
    months: list

    @property
    def posts(self):
        return sum(month.posts for month in self.months)

    @property
    def address(self):
        return address_of("posts:year", self.number)

    @property
    def source(self):
        return f"{self.number}: {' '.join(f'{month.posts}/{month.shade}' for month in self.months)}"

    def fields(self):
        return {"year": self}


def bounds(year, month=None):
    """The first moment of a year or month and of the one after; Http404 where the calendar has none."""
    zone = timezone.get_current_timezone()
    try:
        start = datetime(year, month or 1, 1, tzinfo=zone)
        end = start.replace(year=year + 1) if month in (None, 12) else start.replace(month=month + 1)
        return start, end.replace(month=1) if month == 12 else end
    except ValueError:
        raise Http404("There is no such date.") from None


def page_between(start, end, number, address):
    """Page `number` of the posts of a span; Http404 when readers have none there."""
    page = page_of_span(start, end, number, address)
    if not page.posts:
        raise Http404("Nothing was published then.")
    return page


@prepared
def nearest():
    """The last moment before `start` at which a post came out, and the first from `end` on."""
    published = Post.objects.published().values_list("published_at", flat=True)
    before = published.filter(published_at__lt=Slot("start")).order_by("-published_at", "-pk")[:1]
    after = published.filter(published_at__gte=Slot("end")).order_by("published_at", "pk")[:1]
    return before.union(after, all=True).order_by()


def neighbours(start, end):
    """When the last post before a span and the first after it came out, in local time; None where there is none."""
    found = {moment >= end: timezone.localtime(moment) for moment in nearest(start=start, end=end)}
    return found.get(False), found.get(True)


def posts_by_month(first=date.min, last=date.max):
    """{first day of a month: posts readers may see}, of the days in UTC from `first` to `last`."""
    with replica.connection().cursor() as cursor:
        zone, now = timezone.get_current_timezone_name(), timezone.now()
        cursor.execute(POSTS_BY_MONTH, {"zone": zone, "now": now, "first": first, "last": last})
        return dict(cursor.fetchall())


def years():
    """Every year that has posts with its twelve months, the newest first."""
    counts = posts_by_month()
    most = max(counts.values(), default=0)
    return [
        Year(year, [month_of(date(year, number, 1), counts, most) for number in range(1, 13)])
        for year in sorted({day.year for day in counts}, reverse=True)
    ]


def month_of(day, counts, most):
    posts = counts.get(day, 0)
    return Month(day, posts, math.ceil(SHADES * posts / most))


def months(year):
    """The months of a year that have posts."""
    start, end = bounds(year)
    counts = posts_by_month(start.date() - timedelta(days=1), end.date() + timedelta(days=1))
    return [Month(day, posts) for day, posts in counts.items() if day.year == year]


def calendar_day(month, day):
    """A day of the calendar, 29 February among them, as a date of a leap year; Http404 when there is none."""
    try:
        return date(LEAP_YEAR, month, day)
    except ValueError:
        raise Http404("There is no such day.") from None


def around_day(day):
    """The days of the calendar before and after; the year is a ring."""
    return [(day + timedelta(days=step)).replace(year=LEAP_YEAR) for step in (-1, 1)]


posts_by_ids = teasers.of(lambda: Post.objects.published().filter(any_of("pk", Slot("ids"))).newest_first())


def on_day(day):
    """Published posts of a calendar day in every year, the newest year first, at most `ON_ONE_DAY` of each year."""
    given = {"zone": timezone.get_current_timezone_name(), "now": clocks.present(), "length": ON_ONE_DAY}
    with replica.connection().cursor() as cursor:
        cursor.execute(ON_DAY, given | {"month": day.month, "day": day.day})
        ids = [pk for (pk,) in cursor.fetchall()]
    return posts_by_ids(ids=ids)
