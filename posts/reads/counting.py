"""Counting reads: one reader having opened one post, without a cookie and without keeping an address.

Each process counts in memory and writes about once a second, one statement for thousands of reads: so `kill -9`
loses a second's. While the database is away they are kept, each under its hour, and written when it is back.
"""

import atexit
import logging
import threading
from collections import Counter
from datetime import UTC

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils import timezone

from posts.models import Source

# From here on the same for whatever has been counted: `counted` has post_id, day, hour, minute, source, host and reads.
# Rows are locked table by table in one order, days last but one, and days to add last: their lock everybody wants.
WRITE = """
named AS (
    SELECT host, row_number() OVER (ORDER BY sum(reads) DESC, host) AS place FROM counted
    WHERE host <> '' AND NOT EXISTS (SELECT FROM posts_referringhost known WHERE known.name = host) GROUP BY host
), budget AS (
    INSERT INTO posts_namesofday AS n (day, named)
    SELECT (now() AT TIME ZONE %(zone)s)::date, least(count(*), %(names)s) FROM named HAVING count(*) > 0
    ON CONFLICT (day) DO UPDATE
    SET named = greatest(n.named, least(n.named + excluded.named, %(names)s)), known = n.named
    RETURNING named - known AS rest
), made AS (
    INSERT INTO posts_referringhost AS h (name)
    SELECT host FROM named WHERE place <= (SELECT rest FROM budget) ORDER BY host
    ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id, name
), hosts AS (
    SELECT id, name FROM made
    UNION ALL SELECT id, name FROM posts_referringhost WHERE name IN (SELECT host FROM counted)
), referrals AS (
    INSERT INTO posts_referral AS r (day, post_id, host_id, reads)
    SELECT day, post_id, id, sum(reads) FROM counted JOIN hosts ON name = host GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (day, post_id, host_id) DO UPDATE SET reads = r.reads + excluded.reads RETURNING 1
), minutes AS (
    INSERT INTO posts_readminute AS m (minute, post_id, source, reads)
    SELECT minute, post_id, source, sum(reads) FROM counted
    WHERE minute > now() - interval '2 hours' AND (SELECT count(*) FROM referrals) IS NOT NULL
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (minute, post_id, source) DO UPDATE SET reads = m.reads + excluded.reads RETURNING 1
), hours AS (
    INSERT INTO posts_readhour AS h (hour, post_id, reads)
    SELECT hour, post_id, sum(reads) FROM counted WHERE (SELECT count(*) FROM minutes) IS NOT NULL
    GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (hour, post_id) DO UPDATE SET reads = h.reads + excluded.reads RETURNING 1
), totals AS (
    INSERT INTO posts_readtotal AS t (post_id, reads)
    SELECT post_id, sum(reads) FROM counted WHERE (SELECT count(*) FROM hours) IS NOT NULL GROUP BY 1 ORDER BY 1
    ON CONFLICT (post_id) DO UPDATE SET reads = t.reads + excluded.reads RETURNING 1
), days AS (
    INSERT INTO posts_readday AS d (day, post_id, reads, search, social, newsletter, sites, ours)
    SELECT day, post_id, sum(reads),
        coalesce(sum(reads) FILTER (WHERE source = 'search'), 0),
        coalesce(sum(reads) FILTER (WHERE source = 'social'), 0),
        coalesce(sum(reads) FILTER (WHERE source = 'newsletter'), 0),
        coalesce(sum(reads) FILTER (WHERE source = 'sites'), 0),
        coalesce(sum(reads) FILTER (WHERE source = 'ours'), 0)
    FROM counted WHERE (SELECT count(*) FROM totals) IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (day, post_id) DO UPDATE SET reads = d.reads + excluded.reads,
        search = d.search + excluded.search, social = d.social + excluded.social,
        newsletter = d.newsletter + excluded.newsletter, sites = d.sites + excluded.sites,
        ours = d.ours + excluded.ours
    RETURNING day
), to_add AS (
    INSERT INTO posts_daytoadd (day) SELECT DISTINCT day FROM days ORDER BY day
    ON CONFLICT (day) DO UPDATE SET is_begun = false RETURNING 1
)
"""
RECORD = f"""
WITH counted AS (
    SELECT p.id AS post_id, (m.moment AT TIME ZONE %(zone)s)::date AS day,
        date_trunc('hour', m.moment, %(zone)s) AS hour, date_trunc('minute', m.moment) AS minute,
        %(source)s AS source, %(host)s AS host, v.reads
    FROM unnest(%(posts)s::bigint[], %(reads)s::bigint[]) AS v (post_id, reads)
    CROSS JOIN (SELECT coalesce(%(at)s::timestamptz, now()) AS moment) AS m
    JOIN posts_post p ON p.id = v.post_id AND p.status = 'published' AND p.published_at <= now()
), {WRITE}
SELECT (SELECT count(*) FROM to_add)
"""
BRING = """
INSERT INTO posts_readtotal AS t (post_id, reads, brought)
SELECT id, brought, brought FROM unnest(%s::bigint[], %s::bigint[]) AS v(id, brought) ORDER BY id
ON CONFLICT (post_id) DO UPDATE SET reads = t.reads - t.brought + excluded.brought, brought = excluded.brought
"""
NEW_NAMES_A_DAY = 1000
WRITTEN_EARLY_AT = 2000  # different posts
KEPT_AT_MOST = 50_000  # posts and hours while the database is away, about 10 MB
IDLE_SECONDS = 60
logger = logging.getLogger(__name__)


def record(counts, *, at=None, source=Source.DIRECT, host=""):
    """Adds `{post id: reads}` that are known to be right, in one statement; posts nobody may see are passed over.

    They came at the moment `at`, which is now as a rule, from a source and, where it has one, a named site.
    """
    if counts:
        given = {
            "posts": list(counts),
            "reads": list(counts.values()),
            "at": at,
            "source": source,
            "host": host,
        }
        with connection.cursor() as cursor:
            cursor.execute(RECORD, given | fixed())


def fixed():
    """What every statement is given."""
    return {"zone": settings.TIME_ZONE, "names": NEW_NAMES_A_DAY}


def bring(totals):
    """`{post id: reads}` that an old site had counted become part of the totals, in place of what was brought before.

    No hour is given them, so the posts most read of late stay those that are read here.
    """
    if totals:
        with connection.cursor() as cursor:
            cursor.execute(BRING, [list(totals), list(totals.values())])


def hour_of(moment):
    """When the hour began that `moment` is in; hours are those of the publication's own clock."""
    return timezone.localtime(moment).replace(minute=0, second=0, microsecond=0).astimezone(UTC)


class Buffer:
    """The reads of this process that are not written yet. `every` is in seconds; 0 leaves writing to `write()`."""

    def __init__(self, *, every):
        self.every = every
        self.counts = Counter()  # of (hour, post id)
        self.lock, self.writing = threading.Lock(), threading.Lock()
        self.some, self.many = threading.Event(), threading.Event()
        self.writer = None
        self.is_away = False

    def add(self, post_id):
        key = hour_of(timezone.now()), post_id
        with self.lock:
            if key in self.counts or len(self.counts) < KEPT_AT_MOST:
                self.counts[key] += 1
            is_many = len(self.counts) >= WRITTEN_EARLY_AT
        self.some.set()
        if is_many and not self.is_away:
            self.many.set()
        if self.every and not (self.writer and self.writer.is_alive()):
            self.start()

    def start(self):
        """Begins writing, in whatever process this is: one that a server forked has lost its parent's threads."""
        with self.lock:
            if self.writer is None or not self.writer.is_alive():
                self.writer = threading.Thread(target=self.write_for_ever, name="reads", daemon=True)
                self.writer.start()
                atexit.unregister(self.write_from_here)
                atexit.register(self.write_from_here)

    def write_for_ever(self):
        pause = self.every
        while True:
            if not self.some.wait(IDLE_SECONDS):
                connection.close()
                continue
            self.many.wait(pause)
            self.some.clear()
            self.many.clear()
            pause = self.every if self.write_from_here() else min(pause * 2, 30)

    def write_from_here(self):
        """`write()` outside a request, where nobody else sees to this thread's connection."""
        close_old_connections()
        return self.write()

    def write(self):
        """Writes what there is; False when the database did not take it, and it is kept for the next time."""
        with self.writing:
            with self.lock:
                counts, self.counts = self.counts, Counter()
            try:
                for hour in sorted({hour for hour, _ in counts}):
                    reads = {post_id: n for (at, post_id), n in counts.items() if at == hour}
                    record(reads, at=hour)
                    counts = Counter({key: n for key, n in counts.items() if key[0] != hour})
            except (DatabaseError, InterfaceError) as error:
                self.take_back(counts, error)
                return False
            self.is_away = False
            return True

    def take_back(self, counts, error):
        if not self.is_away:
            reason = " ".join(str(error).split())
            logger.warning("Reads are kept in memory until the database takes them: %s", reason)
        self.is_away = True
        with self.lock:
            newer, self.counts = self.counts, counts
            for key, n in newer.items():
                if key in self.counts or len(self.counts) < KEPT_AT_MOST:
                    self.counts[key] += n
        self.some.set()


buffer = Buffer(every=settings.READS_WRITTEN_EVERY)
