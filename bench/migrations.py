"""`python -m bench migrations [POSTS] [SUBSCRIBERS]`: each migration on a filled database, 200,000 posts and 1,000,000 subscribers
unless told.

The newest migrations are taken back one after the other, as far as they can be without losing the posts or the subscribers, and then
applied again, each timed. Beside them readers ask each of the tables that pages are made of, over and over: the longest that one of them
had to wait is what a migration costs the site. Rows stay where their table stays; a column that was taken back comes again empty.
"""

import contextlib
import sys
import threading
import time

import psycopg

MADE = "bench_migrations"
OURS = ("authors", "images", "informed_comment", "newsletter", "pages", "posts", "wordpress")
ASKED = (
    "SELECT title FROM posts_post WHERE status = 'published' ORDER BY published_at DESC LIMIT 10",
    "SELECT id FROM newsletter_subscriber WHERE email = 'reader5@example.org'",
    "SELECT number FROM informed_comment_edition",
    "SELECT * FROM posts_filing LIMIT 10",
    "SELECT id FROM images_image LIMIT 10",
)
LONGEST = 1.5  # seconds that a reader may wait


def main(posts=200_000, subscribers=1_000_000):
    from django.db import connection

    from bench.backup import copy, size_of
    from bench.mailing import fill
    from bench.sites import Site, url_of

    site = Site(posts)
    connection.close()
    copy(site, MADE, template=site.name)
    with site.connected(MADE):
        fill(subscribers)
        connection.close()
        print(f"{posts:,} posts, {subscribers:,} subscribers: {size_of(site, MADE) / 1e6:,.0f} MB")
    with site.connected(MADE):
        over = course(url_of(MADE))
        connection.close()
    copy(site, MADE, only_drop=True)
    if over:
        sys.exit(f"Readers waited more than {LONGEST} s for {', '.join(over)}.")


def course(url):
    taken_back = take_back()
    print(
        f"{len(taken_back)} migrations were taken back; applied again:\n{'migration':<64}{'took, s':>9}{'readers waited, s':>20}"
    )
    over, total = [], 0
    for key in reversed(taken_back):
        with readers(url) as waits:
            begun = time.monotonic()
            reach(key)
            took = time.monotonic() - begun
        total += took
        print(f"{'.'.join(key):<64}{took:>9.2f}{max(waits):>20.2f}", flush=True)
        if max(waits) > LONGEST:
            over.append(".".join(key))
    print(f"{'all of them':<64}{total:>9.2f}")
    return over


def take_back():
    """The newest migrations of ours, newest first, until one that cannot be taken back or makes what is filled."""
    from django.db import DatabaseError, connection, transaction
    from django.db.migrations.exceptions import IrreversibleError
    from django.db.migrations.executor import MigrationExecutor

    found = []
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    order = [(one.app_label, one.name) for one, _ in plan]
    for key in reversed([key for key in order if key[0] in OURS]):
        if key[1].startswith("0001"):
            break
        try:
            with transaction.atomic():
                one = MigrationExecutor(connection)
                migration = one.loader.graph.nodes[key]
                one.unapply_migration(one.loader.project_state(key, at_end=False), migration)
        except (IrreversibleError, DatabaseError, NotImplementedError) as error:
            print(f"{'.'.join(key)} cannot be taken back: {' '.join(str(error).split())[:120]}")
            break
        found.append(key)
    return found


def reach(key):
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from informed_comment.migrating import patiently

    def apply():
        MigrationExecutor(connection).migrate(
            [key]
        )  # as manage.py does it, knowing all that is applied already

    patiently(connection, apply, doing=lambda: key[1])


@contextlib.contextmanager
def readers(url):
    """The seconds each question took, of readers who ask all the time."""
    waits, is_over = [0.0], threading.Event()

    def ask(question):
        with psycopg.connect(url, autocommit=True) as session:
            while not is_over.wait(0.02):
                begun = time.monotonic()
                with contextlib.suppress(psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
                    session.execute(question)
                waits.append(time.monotonic() - begun)

    threads = [threading.Thread(target=ask, args=(question,)) for question in ASKED]
    for thread in threads:
        thread.start()
    try:
        yield waits
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
