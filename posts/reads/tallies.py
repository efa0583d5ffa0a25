"""Adding up the reads of days for the statistics, by the worker; exact whatever is counted meanwhile.

A day is added in two transactions. The first marks it as begun; a read counted after that takes the mark off again. The
second adds up and forgets the day if the mark still stands; if not, the next run adds it up anew. Both hold one lock, so
that no other worker sets the mark while this one adds. Whoever is killed leaves a day that is to be added: no more.
"""

import logging
import time
from dataclasses import dataclass

from django.db import IntegrityError, OperationalError, connection, transaction

from posts.models import DayToAdd, GoneDay, ReadDay
from posts.reads.periods import start_of, start_of_next

SECONDS = 10  # of one run; what is left waits for the next
LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('add up reads', 0))"
GIVE_WAY = (
    "SET LOCAL lock_timeout = '900ms'"  # before PostgreSQL looks for deadlocks, so nobody else ends by one
)
COUNTS = ("reads", "search", "social", "newsletter", "sites", "ours")
DAYS_OF_POSTS = "SELECT day, post_id, reads, search, social, newsletter, sites, ours FROM posts_readday"
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kind:
    """A table of tallies: the column that says of what (none for the site), and the rows of a day that make them."""

    table: str
    of: str
    rows: str
    counts: tuple = COUNTS

    @property
    def words(self):
        """What the statements are put together from."""
        own = [self.of] if self.of else []
        return {
            "table": self.table,
            "key": ", ".join(["unit", "start", *own]),
            "of": self.of or "0",
            "counts": ", ".join(self.counts),
            "sums": ", ".join(f"sum({name})::bigint AS {name}" for name in self.counts),
            "sets": ", ".join(f"{name} = excluded.{name}" for name in self.counts),
            "were": ", ".join(f"t.{name}" for name in self.counts),
            "are": ", ".join(f"excluded.{name}" for name in self.counts),
            "own": "own, " if self.of else "",
            "rows": self.rows,
        }


SITE = Kind(
    "posts_sitetally",
    "",
    f"({DAYS_OF_POSTS} UNION ALL SELECT day, 0, reads, search, social, newsletter, sites, ours FROM posts_goneday) AS d",
)
KINDS = (
    SITE,
    Kind(
        "posts_categorytally",
        "category_id",
        "posts_readday d JOIN (SELECT post_id, category_id FROM posts_filing) AS f USING (post_id)",
    ),
    Kind(
        "posts_authortally",
        "author_id",
        "posts_readday d CROSS JOIN LATERAL "
        "(SELECT DISTINCT author_id FROM posts_byline b WHERE b.post_id = d.post_id) AS signed",
    ),
    Kind(
        "posts_tagtally",
        "tag_id",
        "posts_readday d JOIN (SELECT content_object_id AS post_id, tag_id FROM posts_taggedpost) AS g USING (post_id)",
    ),
    Kind("posts_hosttally", "host_id", "posts_referral d", ("reads",)),
)

# Gives the keys whose tally is another than before.
WRITE = """
gone AS (
    DELETE FROM {table} AS t WHERE unit = %(unit)s AND start = %(start)s AND {among}
    AND NOT EXISTS (SELECT FROM summed WHERE own = {of}) RETURNING {of} AS own
), written AS (
    INSERT INTO {table} AS t ({key}, {counts}) SELECT %(unit)s, %(start)s, {own}{counts} FROM summed ORDER BY own
    ON CONFLICT ({key}) DO UPDATE SET {sets} WHERE ({were}) IS DISTINCT FROM ({are}) RETURNING {of} AS own
)
SELECT own FROM gone UNION ALL SELECT own FROM written
"""
OF_A_DAY = (
    "WITH summed AS (SELECT {of} AS own, {sums} FROM {rows} WHERE d.day = %(start)s GROUP BY 1 HAVING sum(reads) > 0), "
    + WRITE
)
OF_A_LONGER_TIME = (
    "WITH summed AS (SELECT {of} AS own, {sums} FROM {table} WHERE unit = %(part)s "
    "AND start >= %(start)s AND start < %(end)s AND {among} GROUP BY 1), " + WRITE
)
# The difference to what its month and year have already, so that no post's days are read again.
OF_POSTS = """
WITH due AS (
    SELECT post_id, reads - added AS more FROM posts_readday WHERE day = %(day)s AND reads <> added
    ORDER BY post_id FOR NO KEY UPDATE
), taken AS (
    UPDATE posts_readday d SET added = d.added + due.more FROM due
    WHERE d.day = %(day)s AND d.post_id = due.post_id RETURNING d.post_id, due.more
)
INSERT INTO posts_posttally AS t (unit, start, post_id, reads)
SELECT unit, start, post_id, more FROM taken
CROSS JOIN (VALUES ('month', %(month)s::date), ('year', %(year)s::date)) AS times (unit, start) ORDER BY 1, 2, 3
ON CONFLICT (unit, start, post_id) DO UPDATE SET reads = t.reads + excluded.reads
"""
MARK = """
INSERT INTO posts_daytoadd (day) SELECT day FROM unnest(%s::date[]) AS given (day) ORDER BY day
ON CONFLICT (day) DO UPDATE SET is_begun = false
"""


def add_up(*, seconds=SECONDS):
    """Adds the days that are due, the newest first, one at least; how many it were. None is left half added."""
    until, added = time.monotonic() + seconds, 0
    for day in DayToAdd.objects.order_by("-day").values_list("day", flat=True):
        if added and time.monotonic() > until:
            break
        try:
            if not (begin(day) and add(day)):
                break
        except (IntegrityError, OperationalError) as error:
            reason = " ".join(str(error).split())
            logger.info("The reads of %s are added up a little later: %s", day, reason)
            break
        added += 1
    return added


@transaction.atomic
def begin(day):
    """False when another worker is adding."""
    if not is_ours():
        return False
    DayToAdd.objects.filter(day=day).update(is_begun=True)
    return True


@transaction.atomic
def add(day):
    """Adds up the day, its month and its year; False when another worker does."""
    if not is_ours():
        return False
    for kind in KINDS:
        add_kind(kind, day)
    with connection.cursor() as cursor:
        times = {"day": day, "month": start_of(day, "month"), "year": start_of(day, "year")}
        cursor.execute(OF_POSTS, times)
    DayToAdd.objects.filter(day=day, is_begun=True).delete()
    return True


def is_ours():
    with connection.cursor() as cursor:
        cursor.execute(GIVE_WAY)
        cursor.execute(LOCK)
        return cursor.fetchone()[0]


def add_kind(kind, day):
    """The tallies of a day, then those of month and year wherever the day's are others than before."""
    keys = run(OF_A_DAY, kind, {"unit": "day", "start": day})
    for unit, part in (("month", "day"), ("year", "month")):
        if not keys:
            return
        start = start_of(day, unit)
        times = {"unit": unit, "part": part, "start": start, "end": start_of_next(start, unit)}
        keys = run(OF_A_LONGER_TIME, kind, times | {"keys": keys}, among="{of} = ANY(%(keys)s)")


def run(statement, kind, values, among="true"):
    words = kind.words
    if kind is SITE:
        among = "true"
    with connection.cursor() as cursor:
        cursor.execute(statement.format(among=among.format(**words), **words), values)
        return [own for (own,) in cursor.fetchall()]


# Days that are to be added again


def mark(days):
    """The days are to be added up, again if they have been."""
    if days := sorted(set(days)):
        with connection.cursor() as cursor:
            cursor.execute(MARK, [days])


def mark_all():
    """All days with reads, after they have come from elsewhere."""
    mark([*days_of(ReadDay.objects, "day"), *days_of(GoneDay.objects, "day")])


def mark_days_of(rows):
    """The days that some tallies are of, such as those of a tag that goes."""
    mark(days_of(rows.filter(unit="day"), "start"))


def days_of(rows, name):
    return rows.order_by().values_list(name, flat=True).distinct()
