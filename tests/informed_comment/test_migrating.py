"""Migrations beside a site that is in use: nobody waits behind one for long, and one that is blocked says by whom."""

import threading
import time
from contextlib import contextmanager

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from procrastinate.contrib.django.utils import connector_params

from informed_comment import migrating

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = "informed_comment_gone"


@pytest.fixture(autouse=True)
def short_patience(settings):
    settings.MIGRATION_LOCK_SECONDS = 0.5
    settings.MIGRATION_TRIES = 2


def session(name):
    return psycopg.connect(**connector_params() | {"application_name": name})


@contextmanager
def used_by(name, statement=f"SELECT FROM {TABLE}"):
    """Somebody who reads a table in a transaction that does not end."""
    with session(name) as blocker:
        blocker.execute(statement)
        yield blocker
        blocker.rollback()


def alter():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} ADD COLUMN more int")
        cursor.execute(f"ALTER TABLE {TABLE} DROP COLUMN more")


def test_a_blocked_migration_says_by_whom_gives_up_and_holds_up_no_reader():
    waited, said = [], []

    def read():
        time.sleep(0.1)
        begun = time.monotonic()
        with session("reader") as reader:
            reader.execute(f"SELECT FROM {TABLE}")
        waited.append(time.monotonic() - begun)

    thread = threading.Thread(target=read)
    with used_by("a long report") as blocker:
        thread.start()
        with pytest.raises(migrating.Blocked) as caught:
            migrating.patiently(connection, alter, doing=lambda: "posts.0099", say=said.append)
        thread.join()
        assert f"session {blocker.info.backend_pid} (a long report, idle in transaction" in str(caught.value)
    assert "posts.0099 waits" in said[0]
    assert len(said) == 2
    assert waited[0] < 1.5
    migrating.patiently(connection, alter)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_table_that_becomes_free_is_changed_at_the_next_try():
    tries = []
    with session("a short report") as blocker:
        blocker.execute(f"SELECT FROM {TABLE}")
        migrating.patiently(connection, alter, say=lambda what: (tries.append(what), blocker.rollback()))
    assert len(tries) == 1


def test_the_command_is_as_patient_and_as_plain():
    with (
        used_by("another deploy", "LOCK django_migrations"),
        pytest.raises(CommandError, match=r"in use by session \d+ \(another deploy"),
    ):
        call_command("migrate", verbosity=0)


def test_half_an_index_is_taken_away_and_one_beside_the_work_waits_as_long_as_it_needs():
    def add_index():
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE INDEX CONCURRENTLY half_made ON {TABLE} (created_at)")

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX half_made ON {TABLE} (created_at)")
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'half_made'::regclass")
    with session("a report") as blocker:
        blocker.execute(f"LOCK {TABLE} IN ROW EXCLUSIVE MODE")
        threading.Timer(1, blocker.rollback).start()
        migrating.patiently(connection, add_index)
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'half_made'::regclass")
        assert cursor.fetchone() == (True,)
        cursor.execute("DROP INDEX half_made")
