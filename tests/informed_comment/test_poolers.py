"""The site behind PgBouncer, which gives every transaction another session; and what refuses to work behind it."""

import threading
import time
from contextlib import contextmanager

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections
from procrastinate.contrib.django.models import ProcrastinateJob

from bench import pgbouncer
from informed_comment import databases, spreadsheets
from newsletter.importing import course as subscribers_course
from newsletter.models import Subscriber
from newsletter.sender import Sender
from posts.models import Post, ReadDay
from posts.reads.waiting import Buffer
from tests import emptying
from tests.factories import make_category, make_mailing, make_post, make_subscriber, make_user
from wordpress.moving import course as moving_course

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not pgbouncer.is_installed(), reason="PgBouncer is not installed"),
]


@pytest.fixture(scope="module")
def pooler(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        kept = connection.settings_dict
    host = kept["HOST"] or kept["OPTIONS"].get("host")
    with pgbouncer.PgBouncer(f"postgresql://{kept['USER']}@/{kept['NAME']}?host={host}") as pooler:
        yield pooler


@contextmanager
def through(entry):
    """This thread's connection is another one from here on."""
    direct, connections.settings["default"] = connections.settings["default"], entry
    connections.configure_settings(connections.settings)
    ours, connections["default"] = connections["default"], connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"].close_pool()
        connections["default"], connections.settings["default"] = ours, direct


def entry_of_web(url, **said):
    said = {"is_pooled_elsewhere": True, "least": 0, "most": 0, "seconds": 1} | said
    return databases.of_web(url, "", **said)["default"]


@pytest.fixture
def as_the_web(pooler):
    with through(entry_of_web(pooler.url)):
        yield


@pytest.fixture
def as_a_worker(pooler):
    with through(databases.of_commands(pooler.url, "")["default"]):
        yield


def test_transactions_really_come_to_different_sessions(as_the_web):
    with connection.cursor() as cursor:
        seen = {cursor.execute("SELECT pg_backend_pid()").fetchone() for _ in range(6)}
    assert len(seen) == pgbouncer.SESSIONS


def test_readers_get_every_kind_of_page(client, as_the_web):
    post = make_post(title="Wheat", tags=["grain"])
    for path in ("/", post.get_absolute_url(), "/search/?q=wheat", "/archives/", "/feed/", "/sitemap.xml"):
        assert client.get(path).status_code == 200, path
    year = f"/sitemap-{post.published_at.year}.xml"
    assert post.permalink in client.get(year).content.decode()


def test_a_reader_signs_up_and_a_job_is_written(client, as_the_web):
    emptying.the_queue()
    answer = client.post(
        "/newsletter/", {"email": "ann@example.org"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == 303
    assert Subscriber.objects.get().email == "ann@example.org"
    assert ProcrastinateJob.objects.filter(task_name="newsletter.send_confirmation").count() == 1


def test_reads_are_written(as_the_web):
    post = make_post()
    buffer = Buffer(every=0)
    buffer.add(b"\xc0\x00\x02\x01", "Firefox", post.pk)
    assert buffer.write()
    assert ReadDay.objects.get().reads == 1


def test_an_editor_writes_and_takes_tables_out_in_pieces(client, as_the_web):
    client.force_login(make_user(is_superuser=True, is_staff=True))
    section = make_category()
    form = client.get("/admin/posts/post/add/")  # its lists of choices come by cursors
    assert form.status_code == 200
    assert section.name in form.content.decode()
    for number in range(3):
        make_subscriber(email=f"{number}@example.org")
    table = client.post("/admin/newsletter/subscriber/export/", {"columns": ["email"], "state": ""})
    assert b"".join(table.streaming_content).count(b"@example.org") == 3


def test_rows_come_in_pieces_within_a_transaction_and_whole_outside_of_one(as_the_web):
    Post.objects.bulk_create([Post(title=f"{number}", slug=f"p-{number}") for number in range(30)])
    for _ in Post.objects.order_by("pk").iterator(chunk_size=2):
        Post.objects.count()  # in another session
    titles = Post.objects.order_by("pk").values_list("title").iterator(chunk_size=2)
    answer = b"".join(spreadsheets.download(titles, name="x.csv").streaming_content)
    assert answer.split()[-1] == b"29"


@pytest.mark.parametrize("lock", [lambda: Sender(make_mailing()).__enter__(), None])
def test_no_lock_of_a_session_is_taken_behind_a_pooler(as_a_worker, lock):
    with pytest.raises(ImproperlyConfigured, match="name PostgreSQL itself in DATABASE_DIRECT_URL"):
        lock() if lock else call_command("worker", once=True)


@pytest.mark.parametrize("alone", [moving_course.alone, lambda: subscribers_course.alone(1)])
def test_no_import_begins_behind_a_pooler(as_a_worker, alone):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_DIRECT_URL"), alone():
        pass


def test_the_site_is_not_prepared_behind_a_pooler(as_a_worker):
    with pytest.raises(CommandError, match="DATABASE_DIRECT_URL"):
        call_command("prepare")


def test_the_worker_and_commands_use_the_direct_address_and_the_web_the_pooler():
    direct = databases.of_commands("postgresql://h:6432/x", "postgresql://h:5432/x")["default"]
    web = databases.of_web(
        "postgresql://h:6432/x", "postgresql://r/x", is_pooled_elsewhere=True, least=1, most=4, seconds=3
    )
    assert direct["PORT"] == 5432
    assert web["default"]["PORT"] == 6432
    assert web["default"]["OPTIONS"]["pool"]["max_size"] == 4
    assert web["replica"]["OPTIONS"]["pool"]["timeout"] == 1
    with pytest.raises(ImproperlyConfigured, match="DATABASE_REPLICA_URL must name a PostgreSQL"):
        databases.of_web(
            "postgresql://h/x", "mysql://h/x", is_pooled_elsewhere=False, least=1, most=1, seconds=1
        )


# The pool of a web process


def ask():
    """In a thread of its own, as each request of a web process has one: the answer, and how long it took."""
    said = []

    def answer():
        began = time.monotonic()
        try:
            with connection.cursor() as cursor:
                said.append(cursor.execute("SELECT 7").fetchone()[0])
        except OperationalError as error:
            said.append(error)
        finally:
            connection.close()
        said.append(time.monotonic() - began)

    thread = threading.Thread(target=answer)
    thread.start()
    thread.join()
    return said


def test_who_finds_no_connection_free_is_told_so_in_time_and_gets_the_next_one(pooler):
    with through(entry_of_web(pooler.url, least=1, most=1, seconds=0.3)):
        connection.ensure_connection()
        error, seconds = ask()
        assert "couldn't get a connection" in str(error)
        assert 0.2 < seconds < 1
        connection.close()
        assert ask()[0] == 7


def test_a_database_that_comes_back_is_found_without_a_restart_of_the_site(pooler):
    with through(entry_of_web(pooler.url, least=2, most=2, seconds=0.2)):
        assert ask()[0] == 7
        pooler.stop()
        assert isinstance(ask()[0], OperationalError)
        pooler.start()
        for _ in range(50):
            if ask()[0] == 7:
                break
            time.sleep(0.05)
        assert [ask()[0] for _ in range(4)] == [7] * 4


def test_the_thread_that_writes_reads_keeps_no_connection_between_two_writings(pooler):
    post = make_post()
    with through(entry_of_web(pooler.url, least=1, most=1, seconds=0.3)):
        buffer = Buffer(every=0)
        buffer.add(b"\xc0\x00\x02\x01", "Firefox", post.pk)
        assert buffer.write_from_here()
        assert ask()[0] == 7  # from the only one there is
    assert ReadDay.objects.get().reads == 1
