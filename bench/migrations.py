"""`python -m bench migrations [POSTS] [SUBSCRIBERS] [FROM]`: each migration on full tables, 200,000 posts and 1,000,000 subscribers
unless told; FROM, such as posts.0019_social_cards, is the first that is measured.

The tables of a made publication are set aside; then every migration of ours is applied from the first to the last, and each table
is filled as soon as it is there (full_tables.py). So nothing has to be taken back, and none is passed over. Beside each migration
readers ask each of the tables that pages are made of, over and over, and writers change rows: the longest that one of them had to
wait is what it costs the site. The last column is how long it held a lock that keeps writers (or everybody, then with a star) from
a table that was there before, and which. posts.0018 enters every post into search, six thousand a minute where the machine is busy:
FROM leads past it.
"""

import contextlib
import os
import sys
import threading
import time

import psycopg

from bench import full_tables

MADE = "bench_migrations"
OURS = ("authors", "images", "informed_comment", "newsletter", "pages", "posts", "wordpress")
READ = (
    "SELECT title FROM posts_post WHERE status = 'published' ORDER BY published_at DESC LIMIT 10",
    "SELECT id FROM newsletter_subscriber WHERE key = 'reader5@example.org'",
    "SELECT number FROM informed_comment_edition",
    "SELECT * FROM posts_filing LIMIT 10",
    "SELECT * FROM posts_taggedpost LIMIT 10",
    "SELECT * FROM posts_byline LIMIT 10",
    "SELECT post_id FROM posts_searchentry LIMIT 10",
    "SELECT id FROM images_image LIMIT 10",
    "SELECT id FROM authors_author LIMIT 10",
    "SELECT id FROM newsletter_mailing LIMIT 10",
)
WRITE = (
    "UPDATE posts_post SET word_count = word_count WHERE id = 7",
    "UPDATE newsletter_subscriber SET mailed_at = now() WHERE id = 7",
    "UPDATE images_image SET size = size WHERE id = 7",
)
NOT_THERE = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn, psycopg.errors.DeadlockDetected)
LONGEST = 1.5  # seconds that a reader may wait
LONGEST_WRITER = 5.0  # and somebody who saves
HELD = """
SELECT relname, bool_or(mode = 'AccessExclusiveLock') FROM pg_locks JOIN pg_class ON pg_class.oid = relation
WHERE pid = %s AND granted AND relkind = 'r' AND relnamespace = 'public'::regnamespace
    AND mode IN ('AccessExclusiveLock', 'ExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock')
GROUP BY relname
"""


def main(posts=200_000, subscribers=1_000_000, first=None):
    from django.db import connection

    from bench.backup import copy, size_of
    from bench.mailing import fill
    from bench.sites import Site, url_of

    site = Site(posts)
    connection.close()
    copy(site, MADE, template=site.name)
    with site.connected(MADE):
        fill(subscribers)
        with connection.cursor() as cursor:
            full_tables.make_more(cursor)
            full_tables.set_aside(cursor)
        connection.close()
        print(f"{posts:,} posts, {subscribers:,} subscribers: {size_of(site, MADE) / 1e6:,.0f} MB")
    with site.connected(MADE):
        over = course(url_of(MADE), first)
        connection.close()
    copy(site, MADE, only_drop=True)
    if over:
        sys.exit(f"Somebody waited too long for {', '.join(over)}.")


def course(url, first=None):
    from django.db import connection

    print(f"{'migration':<56}{'took, s':>9}{'readers waited, s':>19}{'writers, s':>12}  held, s")
    over, total, is_measured = [], 0, first is None
    for key in plan():
        name = ".".join(key)
        with connection.cursor() as cursor:
            if name == first:
                is_measured = True
                full_tables.put_back(cursor, full_tables.tables(cursor))
            before = full_tables.tables(cursor)
        if key[0] not in OURS or not is_measured:
            reach(key)
            continue
        took, beside = measured(key, url, before)
        total += took
        print(
            f"{name:<56}{took:>9.2f}{beside.read:>19.2f}{beside.written:>12.2f}  {beside.said()}", flush=True
        )
        if beside.read > LONGEST or beside.written > LONGEST_WRITER:
            over.append(name)
        with connection.cursor() as cursor:
            filled = full_tables.put_back(cursor, full_tables.tables(cursor) - before)
        if filled:
            print(f"    full now: {', '.join(filled)}", flush=True)
    print(f"{'all of them':<56}{total:>9.2f}, load {os.getloadavg()[0]:.1f}")
    return over


def measured(key, url, before):
    from django.db import connection

    with Beside(url, connection.connection.info.backend_pid, before) as beside:
        begun = time.monotonic()
        reach(key)
        return time.monotonic() - begun, beside


def plan():
    """All migrations in the order in which an empty database goes through them."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    steps = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    return [(one.app_label, one.name) for one, _ in steps]


def reach(key):
    from django.db import connection

    from informed_comment.migrating import WholeMigrations, patiently

    def apply():  # as manage.py does it, knowing all that is applied already
        WholeMigrations(connection).migrate([key])

    patiently(connection, apply, doing=lambda: key[1], say=lambda what: print(f"    {what}"))


class Beside:
    """Readers and writers beside a migration, and somebody who looks at its locks."""

    def __init__(self, url, pid, before):
        self.url, self.pid, self.before = url, pid, before
        self.read = self.written = 0.0
        self.is_over, self.since, self.held, self.closed = threading.Event(), {}, {}, set()
        self.threads = [threading.Thread(target=self.ask, args=(question, "read")) for question in READ]
        self.threads += [threading.Thread(target=self.ask, args=(deed, "written")) for deed in WRITE]
        self.threads.append(threading.Thread(target=self.look))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def ask(self, question, kind):
        with psycopg.connect(self.url, autocommit=True) as session:
            while not self.is_over.wait(0.05):
                begun = time.monotonic()
                with contextlib.suppress(*NOT_THERE):
                    session.execute(question)
                setattr(self, kind, max(getattr(self, kind), time.monotonic() - begun))

    def look(self):
        with psycopg.connect(self.url, autocommit=True) as session:
            while not self.is_over.wait(0.02):
                now, found = time.monotonic(), dict(session.execute(HELD, [self.pid]).fetchall())
                self.since = {name: self.since.get(name, now) for name in found if name in self.before}
                for name, begun in self.since.items():
                    self.held[name] = max(self.held.get(name, 0), now - begun)
                self.closed |= {name for name, is_closed in found.items() if is_closed}

    def said(self):
        longest = sorted(self.held.items(), key=lambda one: -one[1])[:3]
        return ", ".join(
            f"{name}{'*' * (name in self.closed)} {held:.2f}" for name, held in longest if held >= 0.05
        )
