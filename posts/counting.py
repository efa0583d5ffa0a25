"""Counting reads: one reader having opened one post, without a cookie and without keeping an address."""

from django.db import connection
from django.utils import timezone

RECORD = """
WITH counted AS (
    SELECT p.id, v.reads FROM unnest(%s::bigint[], %s::bigint[]) AS v(id, reads)
    JOIN posts_post p ON p.id = v.id WHERE p.status = 'published' AND p.published_at <= now()
), hours AS (
    INSERT INTO posts_readhour AS h (post_id, hour, reads) SELECT id, %s, reads FROM counted ORDER BY id
    ON CONFLICT (hour, post_id) DO UPDATE SET reads = h.reads + excluded.reads
)
INSERT INTO posts_readtotal AS t (post_id, reads) SELECT id, reads FROM counted ORDER BY id
ON CONFLICT (post_id) DO UPDATE SET reads = t.reads + excluded.reads
"""


def record(counts, *, at=None):
    """Adds `{post id: reads}` to the hour of `at` and to the totals, in one statement; unknown posts are passed over."""
    if not counts:
        return
    hour = (at or timezone.now()).replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(RECORD, [list(counts), list(counts.values()), hour])
