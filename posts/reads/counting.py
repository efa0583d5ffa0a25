"""Counting reads: one reader having opened one post, without a cookie and without keeping an address.

Each process counts in memory and writes about once a second, one statement for thousands of reads: so `kill -9`
loses a second's. While the database is away they are kept, each under its hour, and written when it is back.
"""

import atexit
import logging
import threading
from collections import Counter

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
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
BRING = """
INSERT INTO posts_readtotal AS t (post_id, reads, brought)
SELECT id, brought, brought FROM unnest(%s::bigint[], %s::bigint[]) AS v(id, brought) ORDER BY id
ON CONFLICT (post_id) DO UPDATE SET reads = t.reads - t.brought + excluded.brought, brought = excluded.brought
"""
WRITTEN_EARLY_AT = 2000  # different posts
KEPT_AT_MOST = 50_000  # posts and hours while the database is away, about 10 MB
IDLE_SECONDS = 60
logger = logging.getLogger(__name__)


def record(counts, *, at=None):
    """Adds `{post id: reads}` to the hour of `at` and to the totals, in one statement; unknown posts are passed over."""
    if not counts:
        return
    hour = hour_of(at or timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(RECORD, [list(counts), list(counts.values()), hour])


def bring(totals):
    """`{post id: reads}` that an old site had counted become part of the totals, in place of what was brought before.

    No hour is given them, so the posts most read of late stay those that are read here.
    """
    if totals:
        with connection.cursor() as cursor:
            cursor.execute(BRING, [list(totals), list(totals.values())])


def hour_of(moment):
    return moment.replace(minute=0, second=0, microsecond=0)


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
