"""Writing counts: the statement, the buffer, and the database that is away."""

import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from posts.models import ReadHour, ReadTotal
from posts.reads import counting
from posts.reads.counting import Buffer, record
from tests.factories import make_post

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def totals():
    return dict(ReadTotal.objects.values_list("post", "reads"))


@pytest.mark.django_db
def test_reads_go_into_their_hour_and_the_total_in_one_statement(django_assert_num_queries):
    one, other = make_post(), make_post()
    with django_assert_num_queries(1):
        record({one.pk: 2, other.pk: 1}, at=NOON + timedelta(minutes=59, seconds=59))
    record({one.pk: 3}, at=NOON)
    record({one.pk: 5}, at=NOON + timedelta(hours=1))
    hours = set(ReadHour.objects.values_list("post", "hour", "reads"))
    assert hours == {
        (one.pk, NOON, 5),
        (other.pk, NOON, 1),
        (one.pk, NOON + timedelta(hours=1), 5),
    }
    assert totals() == {one.pk: 10, other.pk: 1}


@pytest.mark.django_db
def test_only_posts_that_readers_may_see_are_counted():
    shown = make_post()
    hidden = [
        make_post(status="draft"),
        make_post(status="withdrawn"),
        make_post(published_at=timezone.now() + timedelta(hours=1)),
    ]
    record({post.pk: 1 for post in [shown, *hidden]} | {10**17: 1, 999_999: 1})
    assert totals() == {shown.pk: 1}


@pytest.mark.django_db
def test_nothing_to_count_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        record({})
        Buffer(every=0).write()


@pytest.mark.django_db
def test_counting_raises_no_edition():
    post = make_post()
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM informed_comment_edition")
        before = cursor.fetchone()
        record({post.pk: 1})
        cursor.execute("SELECT number FROM informed_comment_edition")
        assert cursor.fetchone() == before


@pytest.mark.django_db
def test_a_thousand_reads_are_one_statement(django_assert_num_queries):
    posts = [make_post() for _ in range(3)]
    buffer = Buffer(every=0)
    for n in range(1000):
        buffer.add(posts[n % 3].pk)
    with django_assert_num_queries(1):
        assert buffer.write()
    assert sum(totals().values()) == 1000
    assert not buffer.counts


def unreachable(counts, *, at):
    raise OperationalError("the connection is gone")


@pytest.mark.django_db
def test_reads_are_kept_under_their_hour_while_the_database_is_away(monkeypatch, time_machine, caplog):
    post, buffer = make_post(), Buffer(every=0)
    time_machine.move_to(NOON + timedelta(days=400), tick=False)
    with monkeypatch.context() as patch:
        patch.setattr(counting, "record", unreachable)
        buffer.add(post.pk)
        assert not buffer.write()
        time_machine.shift(timedelta(hours=1))
        buffer.add(post.pk)
        assert not buffer.write()
    assert [line.message for line in caplog.records] == [
        "Reads are kept in memory until the database takes them: the connection is gone"
    ]
    assert buffer.write()
    assert [row.reads for row in ReadHour.objects.order_by("hour")] == [1, 1]
    assert totals() == {post.pk: 2}


def test_memory_has_a_bound_while_the_database_is_away(monkeypatch):
    monkeypatch.setattr(counting, "record", unreachable)
    monkeypatch.setattr(counting, "KEPT_AT_MOST", 10)
    buffer = Buffer(every=0)
    for n in range(50):
        buffer.add(n)
    buffer.add(3)
    buffer.write()
    assert len(buffer.counts) == 10
    assert sum(buffer.counts.values()) == 11


def test_reads_that_come_while_a_write_fails_are_kept_too(monkeypatch):
    buffer = Buffer(every=0)

    def fail(counts, *, at):
        buffer.add(7)
        buffer.add(8)
        unreachable(counts, at=at)

    monkeypatch.setattr(counting, "record", fail)
    buffer.add(7)
    buffer.write()
    assert {post: n for (_, post), n in buffer.counts.items()} == {7: 2, 8: 1}


def until(true, seconds=5):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    assert true()


def test_a_thread_writes_soon_and_at_once_when_there_is_much(monkeypatch):
    written, connections = [], []
    monkeypatch.setattr(counting, "record", lambda counts, *, at: written.append(counts))
    monkeypatch.setattr(counting, "close_old_connections", lambda: connections.append(1))
    monkeypatch.setattr(counting, "WRITTEN_EARLY_AT", 3)
    buffer = Buffer(every=0.05)
    buffer.add(7)
    until(lambda: written == [{7: 1}])
    buffer.every = 3600
    writer = buffer.writer
    buffer.add(7)
    until(lambda: len(written) == 2)
    time.sleep(0.05)  # by now it waits with the pause it was given
    for n in (1, 2, 3):
        buffer.add(n)
    until(lambda: sum(map(len, written)) == 5)
    assert buffer.writer is writer


def test_a_thread_goes_on_when_the_database_is_back(monkeypatch):
    answers = [OperationalError("gone"), None]
    written = []

    def record(counts, *, at):
        if answer := answers.pop(0):
            raise answer
        written.append(counts)

    monkeypatch.setattr(counting, "record", record)
    monkeypatch.setattr(counting, "close_old_connections", lambda: None)
    buffer = Buffer(every=0.01)
    buffer.add(7)
    until(lambda: written == [{7: 1}])
    assert threading.active_count() >= 2


AT_THE_END = """
import django, sys
django.setup()
from posts.reads.counting import Buffer
buffer = Buffer(every=3600)
for _ in range(3):
    buffer.add(int(sys.argv[1]))
"""


@pytest.mark.django_db(transaction=True)
def test_what_is_counted_is_written_when_the_process_ends():
    post = make_post()
    database = connection.settings_dict
    address = connection.get_connection_params()
    url = f"postgresql://{address['user']}@/{database['NAME']}?host={address.get('host', '')}&port={address.get('port', '')}"
    environ = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "informed_comment.settings", "DEBUG": "1"}
    subprocess.run([sys.executable, "-c", AT_THE_END, str(post.pk)], env=environ, check=True, timeout=60)
    assert totals() == {post.pk: 3}
