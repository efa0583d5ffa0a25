"""How often posts were read within a window: of a day, a week, a month, of all time, and what is rising.

Day, week and month end now and roll by the hour: an hour counts when any part of it lies in the window. What lies
between the hours at the edges is taken from whole days. Nothing that lies ahead is counted, such as a clock that had
jumped may have left. The time is the database's, as that of the reads is.

Sums are made first and posts looked up after, best first, until there are enough: so it takes the same few look-ups
among a thousand posts and a million.
"""

from datetime import UTC, datetime, time, timedelta

from django.db import connection
from django.utils import timezone

from posts.models import PopularList

SPANS = {"day": timedelta(hours=24), "week": timedelta(days=7), "month": timedelta(days=30)}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# A read counts for rising in full when it is made, and half as much with every six hours: what is read now leads, what
# was read yesterday fades.
RISING_WITHIN = timedelta(hours=48)  # by then a read counts for 1/256
RISING_HALVES_IN = timedelta(hours=6)
# The sum is divided by a root of the post's age: one of today needs half the reads of one of three days ago, and a
# tenth of those of an old one of a hundred days. The old one stands among them as soon as it is read so much more.
RISING_AGE_COUNTS = (
    0.5  # the power of (1 + days); 0 would give new posts no start, 1 would never let an old one in
)

HOURS = "SELECT post_id, reads FROM posts_readhour WHERE hour > %s AND hour < %s"
DAYS = "SELECT post_id, reads FROM posts_readday WHERE day BETWEEN %s AND %s"
SUMS = "SELECT post_id, sum(reads)::bigint AS reads, sum(reads) AS score FROM ({}) AS parts GROUP BY post_id"
TOTALS = "SELECT post_id, reads, reads AS score FROM posts_readtotal"
RISING = """
SELECT r.post_id, r.reads, r.warmth / power(1 + greatest(0, extract(epoch FROM %s - p.published_at)) / 86400, %s) AS score
FROM (
    SELECT post_id, sum(reads)::bigint AS reads,
        sum(reads * power(0.5::float8, (extract(epoch FROM %s - hour) / %s)::float8)) AS warmth
    FROM posts_readhour WHERE hour > %s AND hour <= %s GROUP BY post_id
) AS r JOIN posts_post p ON p.id = r.post_id WHERE p.status = 'published' AND p.published_at <= now()
"""
BEST = """
SELECT counted.post_id, counted.reads
FROM (SELECT * FROM ({}) AS sums WHERE reads > 0 ORDER BY score DESC, post_id DESC OFFSET 0) AS counted
CROSS JOIN LATERAL (
    SELECT 1 FROM posts_post p WHERE p.id = counted.post_id AND p.status = 'published' AND p.published_at <= now()
        AND NOT EXISTS (SELECT FROM posts_keptoffpopular k WHERE k.post_id = p.id) OFFSET 0
) AS seen
ORDER BY counted.score DESC, counted.post_id DESC LIMIT %s
"""


def moment():
    """Now, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        return cursor.fetchone()[0]


def with_memory():
    """Until the transaction ends: room for sums over a month of a large site, which else go by way of the disk."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")


def counted(window, limit, *, at):
    """(post id, reads) pairs of the posts readers may see and have read, best first; kept-off ones are not among them.

    Of what is rising, the reads are those of 48 hours, and the order is that of their warmth.
    """
    sums, values = {PopularList.Window.ALL: all_time, PopularList.Window.RISING: rising}.get(window, rolling)(
        window, at
    )
    with connection.cursor() as cursor:
        cursor.execute(BEST.format(sums), [*values, limit])
        return cursor.fetchall()


def all_time(window, at):
    return TOTALS, []


def rising(window, at):
    seconds = RISING_HALVES_IN.total_seconds()
    return RISING, [at, RISING_AGE_COUNTS, at, seconds, at - RISING_WITHIN - HOUR, at]


def rolling(window, at):
    at = at.astimezone(UTC)  # so that days are 24 hours long also when the clocks are put
    since = at - SPANS[window]
    just_after = at + timedelta(microseconds=1)
    first, today = local_day(since - timedelta(microseconds=1)) + DAY, local_day(at)
    if first >= today:
        return SUMS.format(HOURS), [since - HOUR, just_after]
    just_before = midnight(today) - timedelta(microseconds=1)
    parts = f"{HOURS} UNION ALL {DAYS} UNION ALL {HOURS}"
    return SUMS.format(parts), [
        *(since - HOUR, midnight(first)),
        *(first, today - DAY),
        *(just_before, just_after),
    ]


def local_day(moment):
    return timezone.localdate(moment)


def midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))
