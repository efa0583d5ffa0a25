"""How often posts were read within a window: of a day, a week, a month, of all time, and what is rising.

Day, week and month end now and roll by the hour: an hour counts when any part of it lies in the window. What lies
between the hours at the edges is taken from whole days. Nothing that lies ahead is counted, such as a clock that had
jumped may have left. The time is the database's, as that of the reads is.

Sums are made first, in floats, which are quicker and whole up to 9,000,000,000,000,000; only of the best is it asked
whether they may be listed. So it takes the same few look-ups among a thousand posts and a million.
"""

from datetime import UTC, datetime, time, timedelta

from django.db import connection
from django.utils import timezone

from posts.models import PopularList

Window = PopularList.Window
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

HOURS = "SELECT post_id, reads::float8 AS reads FROM posts_readhour WHERE hour > %(since)s AND hour <= %(at)s"
HOURS_AND_DAYS = f"""
{HOURS} AND hour < %(first_midnight)s
UNION ALL SELECT post_id, reads::float8 FROM posts_readday WHERE day BETWEEN %(first)s AND %(last)s
UNION ALL {HOURS} AND hour >= %(midnight)s
"""
SUMS = "SELECT post_id, sum(reads) AS reads, sum(reads) AS score FROM ({}) AS parts GROUP BY post_id"
TOTALS = "SELECT post_id, reads, reads AS score FROM posts_readtotal WHERE reads > 0"
# A post's score is its warmth or less. So as many scores as are wanted, of some of the warmest, say how warm another must
# be to stand among them; of what is colder, most of an archive, no age is asked.
RISING = """
WITH warm AS MATERIALIZED (
    SELECT post_id, sum(reads::float8) AS reads,
        sum(reads::float8 * power(0.5::float8, extract(epoch FROM %(at)s - hour)::float8 / %(halves_in)s)) AS warmth
    FROM posts_readhour WHERE hour > %(since)s AND hour <= %(at)s GROUP BY post_id
), warmest AS (SELECT * FROM warm ORDER BY warmth DESC LIMIT %(limit)s * 4)
SELECT post_id, reads, warmth / {age} AS score FROM warm JOIN posts_post p ON p.id = post_id
WHERE {public} AND warmth >= coalesce((
    SELECT warmth / {age} AS score FROM warmest JOIN posts_post p ON p.id = post_id WHERE {public}
    ORDER BY score DESC OFFSET %(limit)s - 1 LIMIT 1
), 0)
""".format(
    age="power(1 + greatest(0, extract(epoch FROM %(at)s - p.published_at)::float8) / 86400, %(age_counts)s)",
    public="p.status = 'published' AND p.published_at <= now()",
)
BEST = """
SELECT best.post_id, best.reads::bigint, p.id IS NOT NULL AND k.post_id IS NULL
FROM (SELECT * FROM ({}) AS sums ORDER BY score DESC, post_id DESC LIMIT %(limit)s) AS best
LEFT JOIN posts_post p ON p.id = best.post_id AND p.status = 'published' AND p.published_at <= now()
LEFT JOIN posts_keptoffpopular k ON k.post_id = best.post_id
ORDER BY best.score DESC, best.post_id DESC
"""


def moment():
    """Now, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        return cursor.fetchone()[0]


def with_memory():
    """Until the transaction ends: room for sums over a month of a large site, which else go by way of the disk.

    And one core only: several sort what one adds up in a table, take as long, and leave none to the pages of readers.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL max_parallel_workers_per_gather = 0")


def counted(window, limit, *, at):
    """(post id, reads) pairs of the posts readers may see and have read, best first; kept-off ones are not among them.

    Of what is rising, the reads are those of 48 hours, and the order is that of their warmth.
    """
    sums, values = {Window.ALL: all_time, Window.RISING: rising}.get(window, rolling)(window, at)
    looked_at = limit * 2
    while True:
        with connection.cursor() as cursor:
            cursor.execute(BEST.format(sums), values | {"limit": looked_at})
            rows = cursor.fetchall()
        found = [(post, reads) for post, reads, is_listable in rows if is_listable and reads > 0]
        if len(found) >= limit or len(rows) < looked_at:
            return found[:limit]
        looked_at *= 10


def all_time(window, at):
    return TOTALS, {}


def rising(window, at):
    halves_in, since = RISING_HALVES_IN.total_seconds(), at - RISING_WITHIN - HOUR
    return RISING, {"at": at, "halves_in": halves_in, "since": since, "age_counts": RISING_AGE_COUNTS}


def rolling(window, at):
    """Of whole days those whose midnights lie in the window; when there is none, hours alone."""
    at = at.astimezone(UTC)  # so that days are 24 hours long also when the clocks are put
    since = at - SPANS[window]
    first, today = local_day(since - timedelta(microseconds=1)) + DAY, local_day(at)
    values = {"since": since - HOUR, "at": at, "first": first, "last": today - DAY}
    if first >= today:
        return SUMS.format(HOURS), values
    return SUMS.format(HOURS_AND_DAYS), values | {
        "first_midnight": midnight(first),
        "midnight": midnight(today),
    }


def local_day(moment):
    return timezone.localdate(moment)


def midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))
