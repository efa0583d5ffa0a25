"""/livez and /readyz: what they say, and that they say it soon however the database behaves."""

import threading
import time
from contextlib import contextmanager

import pytest
from django.db import connection

from informed_comment.watching import keeping_watch, of_database, ready
from informed_comment.watching.ready import Asked
from tests import emptying
from tests.informed_comment.watching.rows import failed_job, heartbeat, waiting_job


@contextmanager
def every_session(name, value):
    """Begins with a setting, of this database."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {connection.settings_dict['NAME']} SET {name} = {value}")
        try:
            yield
        finally:
            cursor.execute(f"ALTER DATABASE {connection.settings_dict['NAME']} RESET {name}")


@pytest.fixture
def asked(client, transactional_db):
    """Asks /readyz anew, in a thread of its own as in life: rows must be committed."""

    def ask():
        ready.asked = Asked(ready.parts)
        return client.get("/readyz")

    emptying.the_queue()
    yield ask
    emptying.the_queue()


def test_it_tells_of_each_part_and_no_cache_keeps_it(asked):
    heartbeat(seconds_ago=1)
    waiting_job(seconds=90)
    failed_job()
    keeping_watch.look()
    answer = asked()
    said = answer.json()
    assert (answer.status_code, said["status"]) == (200, "ok")
    assert "no-store" in answer["Cache-Control"]
    assert (said["database"], said["migrations"], said["worker"]["status"]) == ("ok", "ok", "ok")
    assert said["queue"]["waiting"] == 1
    assert 90 <= said["queue"]["oldest_age_seconds"] < 100
    assert said["queue"]["failed"] == 1
    assert "Failed jobs" in said["lights"]["not_well"]
    assert said["lights"]["bad"] >= 1
    assert said["lights"]["age_seconds"] < 10


def test_a_silent_worker_is_told_of_and_readers_are_served_all_the_same(asked):
    heartbeat(seconds_ago=300)
    answer = asked()
    assert answer.status_code == 200
    assert "start manage.py worker" in answer.json()["worker"]["status"]


def test_a_database_that_takes_nothing_is_told_of_and_readers_are_served_all_the_same(asked, monkeypatch):
    monkeypatch.setattr(of_database, "writes", of_database.Kept())
    with every_session("default_transaction_read_only", "on"):
        answer = asked()
    assert (answer.status_code, answer.json()["database"]) == (200, "ok")
    assert answer.json()["writes"].startswith("refused. The database is read-only")
    assert "pg_promote" in answer.json()["writes"]


def test_code_that_waits_for_a_migration_is_not_ready(asked):
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = 'informed_comment' AND name = '0010_audit_log' RETURNING *"
        )
        row = cursor.fetchone()
    try:
        answer = asked()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (id, app, name, applied) VALUES (%s, %s, %s, %s)", row
            )
    assert answer.status_code == 503
    assert "1 not applied" in answer.json()["migrations"]


def test_a_database_that_hangs_is_told_of_in_time_by_one_thread(monkeypatch):
    monkeypatch.setattr(ready, "PATIENCE", 0.2)
    hangs, calls = threading.Event(), []

    def ask():
        calls.append(1)
        hangs.wait(5)
        return {"database": "ok"}

    one = Asked(ask)
    begun = time.monotonic()
    assert one.answer() is None
    assert time.monotonic() - begun < 1
    again = time.monotonic()
    assert [one.answer() for _ in range(50)] == [None] * 50
    assert time.monotonic() - again < 0.2
    assert len(calls) == 1
    assert sum(thread.name == "ready" for thread in threading.enumerate()) == 1
    hangs.set()
    deadline = time.monotonic() + 3
    while one.answer() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert one.answer() == {"database": "ok"}


def test_nothing_secret_is_told_of_a_database_that_is_away(monkeypatch):
    from django.db import OperationalError

    def away():
        raise OperationalError('connection to server at "10.0.0.11", port 5432 failed: password of "site"')

    monkeypatch.setattr(ready.migrations, "missing", away)
    assert ready.parts() == ready.AWAY


def test_a_live_process_asks_nobody(client):
    assert client.get("/livez").json() == {"status": "ok"}
