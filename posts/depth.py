"""How a deep page of a list is reached: by counts that are kept, instead of by walking past all that stands before it.

Page 30,000 of a category then reads the entries of one year at most, and the last page of the site those of one day.
Both functions answer (the moment before which to begin, how many posts stand after it); None and 0 near the top.
"""

from datetime import UTC, datetime, timedelta

from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from informed_comment import replica
from posts.models.years import OF_ROWS

SHALLOW = 500  # entries that are walked past sooner than counts are asked

# The oldest day before which, counted from the newest, no more posts have come than are to be skipped. Those of today
# that are still to come are in no list, and neither are the pinned ones.
DAY = """
SELECT day, before - coming - (
    SELECT count(*) FROM posts_post WHERE id = ANY(%(pinned)s) AND status = 'published' AND published_at <= %(now)s
    AND published_at >= (day + 1)::timestamp AT TIME ZONE 'UTC') AS before
FROM (
    SELECT day, sum(posts) OVER (ORDER BY day DESC) - posts AS before, (
        SELECT count(*) FROM posts_post WHERE status = 'published' AND published_at > %(now)s
        AND published_at < (%(today)s::date + 1)::timestamp AT TIME ZONE 'UTC') AS coming
    FROM posts_publishedday WHERE day <= %(today)s AND posts > 0
) AS counted WHERE before - coming <= %(skipped)s ORDER BY day LIMIT 1
"""


def of_site(skipped, *, pinned):
    """In the list of all published posts but those whose ids are `pinned`."""
    now = timezone.now().astimezone(UTC)
    if skipped < SHALLOW:
        return None, 0
    with replica.connection().cursor() as cursor:
        cursor.execute(DAY, {"now": now, "today": now.date(), "skipped": skipped, "pinned": pinned})
        day, before = cursor.fetchone() or (now.date(), 0)
    if day == now.date():
        return None, 0
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC), int(before)


def of_rows(rows, skipped):
    """In the list of a category, an author or a tag, whose filings, bylines or taggings `rows` are."""
    if skipped < SHALLOW:
        return None, 0
    now, before = timezone.now().astimezone(UTC), 0
    for year, posts, coming in years_of(rows, now):
        here = posts - (coming or 0 if year == now.year else 0)
        if skipped < before + here:
            break
        before += here
    else:
        year = 1  # there are not so many
    return None if year == now.year else start_of(year + 1), before


def years_of(rows, now):
    """(year, its posts, how many are still to come in this one), the newest year first."""
    counts, post = OF_ROWS[rows.model], rows.model.post_field
    thing = rows.field.name
    coming = rows.model.objects.filter(
        **{thing: OuterRef(thing)}, published_at__gt=now, published_at__lt=start_of(now.year + 1)
    )
    coming = coming.order_by().values(thing).annotate(posts=Count(post, distinct=True)).values("posts")
    counted = counts.objects.filter(**{thing: rows.instance}, year__lte=now.year).order_by("-year")
    return counted.values_list("year", "posts", Subquery(coming))


def start_of(year):
    return datetime(year, 1, 1, tzinfo=UTC)
