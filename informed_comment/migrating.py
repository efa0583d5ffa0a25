"""Changing tables while the site is read: a migration never makes readers wait behind it for long.

A change of a table waits for whoever uses the table, and everybody who comes later waits behind it. So it waits a second,
gives up, lets the others through and tries again; and when it gives up for good it says who stood in its way. Each migration
is a transaction, so one that gave up has changed nothing, or goes on after the last step it has taken (stepwise.py). An index made beside the running work (CONCURRENTLY) holds up nobody and
may wait as long as it needs; half of one, left by a migration that was killed, is taken away first.
"""

import contextlib
import logging
import threading
import time

import psycopg
from django.conf import settings
from django.db import OperationalError, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from procrastinate.contrib.django.utils import connector_params
from psycopg import errors, sql

from informed_comment.stepwise import Done

log = logging.getLogger(__name__)

LONGEST_PAUSE = 10  # seconds
LOOKS = 8  # at who is in the way, in each wait
NAME = "informed_comment migrations"
ONE_AT_A_TIME = "SELECT pg_advisory_lock(hashtext('informed_comment migrate'))"
BLOCKERS = """
SELECT pid, coalesce(nullif(application_name, ''), usename::text, backend_type), state,
    extract(epoch FROM clock_timestamp() - coalesce(xact_start, query_start, backend_start))::int, left(query, 120)
FROM pg_stat_activity WHERE pid = ANY (pg_blocking_pids(%s))
"""
HALF_MADE = """
SELECT class.relname FROM pg_index JOIN pg_class AS class ON class.oid = indexrelid
WHERE NOT indisvalid AND class.relnamespace = current_schema()::regnamespace AND class.relkind = 'i'
    AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index AS made WHERE made.index_relid = indexrelid)
"""


class WholeMigrations(MigrationExecutor):
    """A migration and the row that says it was applied are one transaction.

    Django writes that row after the commit where constraints come last: whoever is killed in between could never migrate again.
    """

    def apply_migration(self, state, migration, fake=False, fake_initial=False):
        is_whole = migration.atomic and not self.connection.in_atomic_block
        with transaction.atomic(self.connection.alias) if is_whole else contextlib.nullcontext():
            return super().apply_migration(state, migration, fake=fake, fake_initial=fake_initial)

    def record_migration(self, app_label, name, *args, **options):
        with transaction.atomic(self.connection.alias):
            super().record_migration(app_label, name, *args, **options)
            Done(self.connection, app_label, name).forget()


class Blocked(Exception):
    """Somebody uses the table all the time. Nothing of this migration has been applied; those before it have."""


class Watcher(threading.Thread):
    """Looks, from a session of its own, at who keeps another one waiting."""

    def __init__(self, session, connection):
        super().__init__(name="migrations", daemon=True)
        self.session, self.connection = session, connection
        self.is_over, self.blockers = threading.Event(), []

    def run(self):
        while not self.is_over.wait(settings.MIGRATION_LOCK_SECONDS / LOOKS):
            with contextlib.suppress(psycopg.Error, AttributeError):  # there may be no connection just now
                pid = self.connection.connection.info.backend_pid
                self.blockers = self.session.execute(BLOCKERS, [pid]).fetchall() or self.blockers

    def said(self):
        """Who it was last, as a sentence."""
        found = [
            f"session {pid} ({name}, {state or 'at work'}, since {seconds} s: {' '.join(query.split())})"
            for pid, name, state, seconds, query in self.blockers
        ]
        self.blockers = []
        return "; ".join(found) or "somebody who was gone before we could look"


def patiently(connection, deed, *, doing=lambda: "", say=lambda what: None):
    """Does `deed`, which may be done again after it failed, until no table is in use. Raises Blocked in the end.

    `doing` says what is being done, `say` is told of every try that came to nothing.
    """
    connection = connections[connection.alias]  # this thread's own, also for the one that watches it
    with psycopg.connect(**connector_params() | {"autocommit": True, "application_name": NAME}) as session:
        session.execute(ONE_AT_A_TIME)
        watcher = Watcher(session, connection)
        watcher.start()
        try:
            with connection.execute_wrapper(beside_the_work), impatient(connection):
                tried(connection, deed, watcher, doing, say)
        finally:
            watcher.is_over.set()
            watcher.join()


def tried(connection, deed, watcher, doing, say):
    for number in range(1, settings.MIGRATION_TRIES + 1):
        take_away_what_is_half_made(connection)
        try:
            return deed()
        except OperationalError as error:
            if not isinstance(error.__cause__, errors.LockNotAvailable | errors.DeadlockDetected):
                raise
            said = f"{doing()} waits for a table that is in use by {watcher.said()}."
        say(f"{said} Try {number} of {settings.MIGRATION_TRIES}.")
        if number < settings.MIGRATION_TRIES:
            time.sleep(min(LONGEST_PAUSE, settings.MIGRATION_LOCK_SECONDS * number))
    raise Blocked(
        f"{said} It gave up; what it had done stays, and it goes on there. Wait for that session, or end it (SELECT pg_terminate_backend(…)), and "
        "begin again; the site goes on as it is."
    )


@contextlib.contextmanager
def impatient(connection):
    """The session waits for a table as long as the settings say, and for its own statements as long as they take."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {round(settings.MIGRATION_LOCK_SECONDS * 1000)}")
        cursor.execute("SET statement_timeout = 0")
    try:
        yield
    finally:
        if not connection.in_atomic_block:
            with contextlib.suppress(OperationalError), connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
                cursor.execute("RESET statement_timeout")


def beside_the_work(execute, statement, params, many, context):
    """What runs beside the others' work waits for them however long they take, and nobody waits for it."""
    if "CONCURRENTLY" not in str(statement).upper():
        return execute(statement, params, many, context)
    cursor = context["cursor"].cursor
    cursor.execute("SET lock_timeout = 0")
    try:
        return execute(statement, params, many, context)
    finally:
        cursor.execute(f"SET lock_timeout = {round(settings.MIGRATION_LOCK_SECONDS * 1000)}")


def take_away_what_is_half_made(connection):
    """An index that a killed migration left: it is kept up to date, used by nobody, and in the way of the next try."""
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute(HALF_MADE)
        for (name,) in cursor.fetchall():
            log.warning(
                "The index %s is half made, by a migration that was ended. It is taken away and made anew.",
                name,
            )
            cursor.execute(
                sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(sql.Identifier(name)).as_string()
            )
