"""Reads on their way to the database: days, floods, and the database that is away."""

import threading
import time
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from posts.models import NetworkOfDay, ReadDay, ReadersKey, ReadersOfDay, ReadHour, ReadTotal
from posts.reads import admitting, waiting
from posts.reads.readers import Read
from posts.reads.waiting import Buffer
from tests.factories import make_post

HOME, NEIGHBOUR, ELSEWHERE = b"\xc0\x00\x02\x01", b"\xc0\x00\x02\x02", b"\xcb\x00\x71\x01"


def totals():
    return dict(ReadTotal.objects.values_list("post", "reads"))


def came(buffer, moment, post, *, home=HOME, agent="Firefox"):
    """As if the read had come in at a moment of the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        age = (cursor.fetchone()[0] - moment).total_seconds()
    buffer.reads.append(Read(time.monotonic() - age, home, agent, post.pk, "", 1))
    buffer.reads.sort(key=lambda read: read.at)


@pytest.mark.django_db
def test_a_thousand_reads_are_one_statement(django_assert_num_queries):
    posts, buffer = [make_post() for _ in range(3)], Buffer(every=0)
    buffer.add(HOME, "Firefox", posts[0].pk)
    assert buffer.write()  # which learns the key of the day
    for n in range(1000):
        buffer.add(bytes([10, n // 250, n % 250, 1]), "Firefox", posts[n % 3].pk)
    with django_assert_num_queries(1):
        assert buffer.write()
    assert sum(totals().values()) == 1001
    assert not buffer.candidates


@pytest.mark.django_db
def test_repeats_and_crowds_that_are_known_ask_nothing(django_assert_num_queries):
    post, buffer = make_post(), Buffer(every=0)
    buffer.add(HOME, "Firefox", post.pk)
    buffer.write()
    for n in range(waiting.A_CROWD + 10):
        buffer.add(HOME, f"Firefox {n}", post.pk)
    assert len(buffer.reads) == waiting.A_CROWD
    buffer.write()
    with django_assert_num_queries(0):
        buffer.add(HOME, "Firefox 3", post.pk)
        buffer.add(HOME, "another", post.pk)
        assert buffer.write()
    assert totals() == {post.pk: waiting.A_CROWD}


@pytest.mark.django_db
def test_two_processes_make_one_key_and_count_a_reader_once():
    post, one, other = make_post(), Buffer(every=0), Buffer(every=0)
    for buffer in (one, other):
        buffer.add(HOME, "Firefox", post.pk)
        buffer.write()
    assert totals() == {post.pk: 1}
    assert one.calendar.days[0].key == other.calendar.days[0].key
    assert ReadersKey.objects.count() == 2  # today's and tomorrow's


@pytest.mark.django_db
def test_what_nobody_may_see_leaves_no_rows_and_counts_once_it_is_out():
    post, buffer = make_post(status="withdrawn"), Buffer(every=0)
    early = make_post(published_at=timezone.now() + timedelta(hours=1))
    buffer.add(HOME, "Firefox", 999_999)
    buffer.write()
    for number in (post.pk, early.pk, 10**17):
        buffer.add(HOME, "Firefox", number)
    assert buffer.write()
    for model in (ReadersOfDay, NetworkOfDay, ReadTotal, ReadHour):
        assert not model.objects.exists()
    type(post).objects.filter(pk=post.pk).update(status="published")
    buffer.add(HOME, "Firefox", post.pk)
    assert buffer.write()
    assert totals() == {post.pk: 1}


@pytest.mark.django_db
def test_a_neighbourhood_has_its_share_of_a_day(settings, django_assert_num_queries):
    settings.READS_PER_NETWORK = 5
    posts, buffer = [make_post() for _ in range(4)], Buffer(every=0)
    for post in posts:
        for home in (HOME, NEIGHBOUR):
            buffer.add(home, "Firefox", post.pk)
        buffer.add(ELSEWHERE, "Firefox", post.pk)
    buffer.write()
    assert sum(totals().values()) == 5 + 4
    assert set(NetworkOfDay.objects.values_list("reads", flat=True)) == {5, 4}
    for round in range(2):
        late = make_post()
        buffer.add(HOME, "Firefox", late.pk)
        with django_assert_num_queries(1 - round):  # by then the process knows
            buffer.write()
        assert late.pk not in totals()
    assert ReadersOfDay.objects.count() == 8


@pytest.mark.django_db
def test_a_statement_whose_answer_was_lost_is_sent_again_and_counts_nothing_twice():
    post, buffer = make_post(), Buffer(every=0)
    for home in (HOME, NEIGHBOUR, ELSEWHERE):
        buffer.add(home, "Firefox", post.pk)
    buffer.hash()
    for _ in range(2):
        admitting.admit(list(buffer.candidates), now=time.monotonic())
    assert buffer.write()
    assert totals() == {post.pk: 3}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "moments", "days", "hours"),
    [
        ("America/New_York", ["2026-11-23T04:59:59Z", "2026-11-23T05:00:01Z"], ["11-22", "11-23"], [4, 5]),
        ("America/New_York", ["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"], ["11-01"], [5]),
        ("America/New_York", ["2026-11-01T03:59:59Z", "2026-11-02T04:59:59Z"], ["10-31", "11-01"], [3, 4]),
        ("Asia/Kolkata", ["2026-11-22T18:29:59Z", "2026-11-22T18:30:01Z"], ["11-22", "11-23"], [17, 18]),
        ("America/Havana", ["2026-11-01T03:59:59Z", "2026-11-01T04:00:01Z"], ["10-31", "11-01"], [3, 4]),
        ("America/Havana", ["2026-11-01T04:30:00Z", "2026-11-01T05:30:00Z"], ["11-01"], [4]),
        ("America/Santiago", ["2026-09-06T03:59:59Z", "2026-09-06T04:00:01Z"], ["09-05", "09-06"], [3, 4]),
    ],
)
def test_a_reader_counts_once_a_day_of_the_publication(settings, zone, moments, days, hours):
    settings.TIME_ZONE = zone
    post, buffer = make_post(published_at=datetime(2026, 1, 1, tzinfo=UTC)), Buffer(every=0)
    for moment in moments:
        came(buffer, datetime.fromisoformat(moment), post)
        came(buffer, datetime.fromisoformat(moment), post)
    assert buffer.write()
    found = ReadDay.objects.order_by("day").values_list("day", "reads")
    assert list(found) == [(date.fromisoformat(f"2026-{day}"), 1) for day in days]
    found = ReadHour.objects.order_by("hour").values_list("hour", "reads")
    assert [(hour.hour, reads) for hour, reads in found] == [(hour, 1) for hour in hours]


@pytest.mark.django_db
def test_a_database_whose_clock_is_put_right_says_which_day_it_is(monkeypatch):
    post, buffer = make_post(), Buffer(every=0)
    tomorrow = timezone.localdate() + timedelta(days=1)
    right = admitting.keys

    def wrong(*, oldest):
        """As of a database that thinks it is a day later."""
        (_, today_key, begins, ends), (_, key, _, _) = right(oldest=oldest)[-2:]
        return [(tomorrow, key, begins, ends), (tomorrow + timedelta(days=1), today_key, ends, ends + 86400)]

    with monkeypatch.context() as patch:
        patch.setattr(admitting, "keys", wrong)
        buffer.add(HOME, "Firefox", post.pk)
        assert buffer.write()
    for _ in range(2):
        buffer.add(HOME, "Firefox", post.pk)
        assert buffer.write()
    assert dict(ReadDay.objects.values_list("day", "reads")) == {tomorrow - timedelta(days=1): 1, tomorrow: 1}


@pytest.mark.django_db
def test_a_key_that_a_crash_took_is_given_back():
    post, buffer = make_post(), Buffer(every=0)
    buffer.add(HOME, "Firefox", post.pk)
    buffer.write()
    ReadersKey.objects.all().delete()
    buffer.add(NEIGHBOUR, "Firefox", post.pk)
    buffer.write()
    other = Buffer(every=0)
    other.add(HOME, "Firefox", post.pk)
    other.write()
    assert totals() == {post.pk: 2}


@pytest.fixture
def away(monkeypatch):
    """Takes the database away, and brings it back."""

    def away(is_away):
        connection.close()
        monkeypatch.setitem(connection.settings_dict, "PORT", "1" if is_away else port)

    port = connection.settings_dict["PORT"]
    yield away
    away(False)


@pytest.mark.django_db(transaction=True)
def test_reads_are_kept_while_the_database_is_away_and_written_once_it_is_back(away, caplog, monkeypatch):
    post, buffer = make_post(), Buffer(every=0)
    away(True)
    buffer.add(HOME, "Firefox", post.pk)  # the key of the day is not known yet
    buffer.add(HOME, "Firefox", post.pk)
    assert not buffer.write()
    assert not buffer.candidates
    away(False)
    assert buffer.write()
    away(True)
    monkeypatch.setattr(waiting, "KEPT_AT_MOST", 3)
    for home in (NEIGHBOUR, ELSEWHERE, b"abcd", b"bcde"):
        buffer.add(home, "Firefox", post.pk)
        assert not buffer.write()
    assert (len(buffer.reads), len(buffer.candidates)) == (0, 3)  # no address stays
    away(False)
    assert buffer.write()
    assert totals() == {post.pk: 4}
    buffer.add(b"bcde", "Firefox", post.pk)  # who was not kept is not known either
    buffer.write()
    assert totals() == {post.pk: 5}
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2
    assert all(line.startswith("Reads are kept in memory until the database takes them: ") for line in lines)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", ["the server ends the connection", "a deadlock"])
def test_a_statement_that_fails_half_way_loses_nothing_and_counts_nothing_twice(end, monkeypatch):
    """Another has the rows that are written last; then it ends our connection, or wants what we have written first."""
    waits = {
        "options": "-c deadlock_timeout=3s"
    }  # long enough for the other to come; who has waited so long gives way
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", connection.settings_dict["OPTIONS"] | waits)
    post, buffer = make_post(), Buffer(every=0)
    buffer.add(HOME, "Firefox", post.pk)
    assert buffer.write()
    buffer.add(NEIGHBOUR, "Firefox", post.pk)
    buffer.add(ELSEWHERE, "Firefox", post.pk)
    with another_connection() as cursor:
        cursor.execute("SET LOCAL deadlock_timeout = '60s'")
        cursor.execute("SELECT FROM posts_readday FOR UPDATE")
        done = []
        writer = threading.Thread(target=lambda: (done.append(buffer.write()), connections.close_all()))
        writer.start()
        blocked = until_it_is_blocked(cursor)
        if end == "a deadlock":
            cursor.execute("SELECT FROM posts_readtotal FOR UPDATE")
        else:
            cursor.execute("SELECT pg_terminate_backend(%s)", [blocked])
            writer.join()
    writer.join()
    assert done == [end == "a deadlock"]
    assert buffer.write()
    assert totals() == {post.pk: 3}
    assert ReadDay.objects.get().reads == ReadHour.objects.get().reads == 3


@contextmanager
def another_connection():
    """A cursor in a transaction of somebody else's."""
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            yield cursor
        other.commit()
    finally:
        other.close()


def until_it_is_blocked(cursor):
    """The backend that waits for this cursor's."""
    for _ in range(500):
        cursor.execute(
            "SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        )
        if found := cursor.fetchone():
            return found[0]
        time.sleep(0.01)
    raise AssertionError("Nobody waits.")


def until(true, seconds=5):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    assert true()


def test_a_thread_writes_soon_and_at_once_when_there_is_much(monkeypatch):
    written = []
    buffer = Buffer(every=0.05)
    monkeypatch.setattr(waiting, "close_old_connections", lambda: None)
    monkeypatch.setattr(buffer, "write", lambda: written.extend(buffer.reads) or buffer.reads.clear() or True)
    monkeypatch.setattr(waiting, "WRITTEN_EARLY_AT", 2)
    buffer.add(HOME, "Firefox", 7)
    until(lambda: len(written) == 1)
    buffer.every = 3600
    writer = buffer.writer
    buffer.add(HOME, "Safari", 7)
    until(lambda: len(written) == 2)
    time.sleep(0.05)  # by now it waits with the pause it was given
    for number in (1, 2, 3):
        buffer.add(HOME, "Firefox", number)
    until(lambda: len(written) == 5)
    assert buffer.writer is writer


def test_a_thread_goes_on_when_the_database_is_back(monkeypatch):
    answers, asked = [False, True], []
    buffer = Buffer(every=0.01)
    monkeypatch.setattr(waiting, "close_old_connections", lambda: None)

    def write():
        asked.append(1)
        if answers.pop(0):
            buffer.reads.clear()
            return True
        buffer.some.set()
        return False

    monkeypatch.setattr(buffer, "write", write)
    buffer.add(HOME, "Firefox", 7)
    until(lambda: len(asked) == 2)
    assert not answers


def test_memory_has_a_bound(monkeypatch):
    monkeypatch.setattr(waiting, "KNOWN_AT_MOST", 100)
    buffer = Buffer(every=0)
    buffer.known_until = float("inf")
    for number in range(1, 1000):
        buffer.add(HOME, "Firefox", number)
    assert len(buffer.known) <= 100


def test_a_process_that_was_forked_begins_with_nothing_of_its_parents():
    buffer = Buffer(every=0)
    buffer.add(HOME, "Firefox", 7)
    buffer.lock.acquire()  # as a thread of the parent had it, which is not in the child
    buffer.begin()
    assert not buffer.reads
    assert buffer.lock.acquire(timeout=1)
