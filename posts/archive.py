"""Twenty-five years by year and month, in the publication's own time zone."""

from datetime import date, datetime

from django.db import connection
from django.db.models import Count
from django.db.models.functions import ExtractMonth, TruncMonth
from django.http import Http404
from django.utils import timezone

from posts.models import Post

ACTIVE_YEARS = """
WITH readable AS (
    SELECT published_at FROM posts_post WHERE status = 'published' AND published_at <= now()
), span AS (
    SELECT extract(year FROM min(published_at) AT TIME ZONE %(zone)s)::int AS first,
           extract(year FROM max(published_at) AT TIME ZONE %(zone)s)::int AS last FROM readable
)
SELECT year FROM span, generate_series(last, first, -1) AS year WHERE EXISTS (
    SELECT FROM readable WHERE published_at >= make_date(year, 1, 1)::timestamp AT TIME ZONE %(zone)s
    AND published_at < make_date(year + 1, 1, 1)::timestamp AT TIME ZONE %(zone)s
)
"""


def bounds(year, month=None):
    """The first moment of a year or month and of the one after; Http404 where the calendar has none."""
    zone = timezone.get_current_timezone()
    try:
        start = datetime(year, month or 1, 1, tzinfo=zone)
        end = start.replace(year=year + 1) if month in (None, 12) else start.replace(month=month + 1)
        return start, end.replace(month=1) if month == 12 else end
    except ValueError:
        raise Http404("There is no such date.") from None


def between(start, end):
    """Published posts of a span; Http404 when readers have none there."""
    posts = Post.objects.published().filter(published_at__gte=start, published_at__lt=end)
    if not posts.exists():
        raise Http404("Nothing was published then.")
    return posts


def years():
    """[(year, [posts in January, …, in December])], the newest year first."""
    counts = (
        Post.objects.published()
        .annotate(month=TruncMonth("published_at"))
        .values_list("month")
        .annotate(posts=Count("pk"))
        .order_by("month")
    )
    grid = {}
    for month, posts in counts:
        grid.setdefault(month.year, [0] * 12)[month.month - 1] = posts
    return sorted(grid.items(), reverse=True)


def months(year):
    """[(first day of the month, posts)] of a year, months without posts left out."""
    start, end = bounds(year)
    counts = (
        Post.objects.published()
        .filter(published_at__gte=start, published_at__lt=end)
        .annotate(month=ExtractMonth("published_at"))
        .values_list("month")
        .annotate(posts=Count("pk"))
        .order_by("month")
    )
    return [(date(year, month, 1), posts) for month, posts in counts]


def active_years():
    """The years with posts, newest first: one look into the index for each year from the first to the last."""
    with connection.cursor() as cursor:
        cursor.execute(ACTIVE_YEARS, {"zone": timezone.get_current_timezone_name()})
        return [year for (year,) in cursor.fetchall()]
