"""Readers' pages by a real replica: used when it is as new as the page's label, passed by when it is not or is away."""

import threading
import time

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from authors.models import Author
from bench.replicas import Copy, Replica
from informed_comment import databases, edition_look, editions, redirects, replica
from informed_comment.edition_look import DatabaseAway, Look, Looks
from informed_comment.models import Gone
from posts import publishing
from posts.models import Post
from tests.factories import make_author, make_category, make_comment, make_post, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def standby(django_db_setup, django_db_blocker):
    """A replica of a copy of the tests' server that nobody else writes to: these tests use the two."""
    kept, moved = connection.settings_dict, pytest.MonkeyPatch()
    place = kept["HOST"] or kept["OPTIONS"]["host"]
    with (
        Copy(f"postgresql://{kept['USER']}@/{kept['NAME']}?host={place}") as primary,
        Replica(primary.url) as standby,
    ):
        with django_db_blocker.unblock():
            connection.close()
        moved.setitem(kept, "HOST", str(primary.home))
        yield standby
        with django_db_blocker.unblock():
            connection.close()
        moved.undo()


@pytest.fixture
def follower(standby, monkeypatch):
    """The replica, as up to date as the primary, and known to the site as its replica."""
    entry = databases.with_options(databases.database(standby.url), databases.LOST)
    monkeypatch.setitem(connections.settings, databases.REPLICA, entry)
    connections.configure_settings(connections.settings)
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", connect)
    monkeypatch.setattr(replica, "state", replica.State())
    monkeypatch.setattr(replica, "TRIED_AGAIN_AFTER", 0.05)
    monkeypatch.setattr(replica, "ASKED_AGAIN_AFTER", 0)
    caught_up(standby)
    yield standby
    connections[databases.REPLICA].close()
    del connections[databases.REPLICA]


def connect(wrapper):
    """As Django does outside of tests, in which it knows of no database that came later."""
    if wrapper.connection is None:
        with wrapper.wrap_database_errors:
            wrapper.connect()


def caught_up(standby):
    with psycopg.connect(**connection_params(), autocommit=True) as primary:
        standby.catch_up(primary)


def connection_params():
    kept = connection.get_connection_params()
    return {name: kept[name] for name in ("dbname", "user", "host")}


def look():
    return Look(editions.current(), time.time(), time.monotonic())


def asked_of(name):
    return CaptureQueriesContext(connections[name])


def test_a_reader_s_page_comes_from_the_replica_and_an_editor_s_from_the_primary(client, follower):
    post = make_post(title="Wheat")
    caught_up(follower)
    with asked_of("default") as primary, asked_of("replica") as copy:
        assert b"Wheat" in client.get(post.get_absolute_url()).content
    assert len(primary) == 1  # the edition
    assert len(copy) > 2

    client.force_login(make_user())
    caught_up(follower)
    with asked_of("replica") as copy:
        assert b"Wheat" in client.get(post.get_absolute_url()).content
    assert len(copy) == 0


def test_every_question_of_a_page_for_readers_is_the_replica_s(client, follower):
    section = make_category()
    post = make_post(title="Wheat", body="<p>Grain</p>", tags=["grain"], categories=[section])
    make_comment(post)
    author = post.authors.get()
    day = timezone.localtime(post.published_at)
    caught_up(follower)
    lists = [
        "/",
        section.get_absolute_url(),
        author.get_absolute_url(),
        "/tag/grain/",
        "/archives/",
        "/popular/",
    ]
    dates = [f"/{day:%Y}/", f"/{day:%Y/%m}/", f"/on-this-day/{day:%m-%d}/", "/authors/"]
    machines = ["/feed/", "/sitemap.xml", f"/sitemap-{day:%Y}.xml", "/robots.txt", "/newsletter/archive/"]
    for path in [post.get_absolute_url(), *lists, *dates, *machines, "/search/?q=grain", "/search/?q=grian"]:
        with asked_of("default") as primary:
            assert client.get(path).status_code == 200, path
        asked = [query["sql"] for query in primary if "informed_comment_edition" not in query["sql"]]
        assert asked == [], path


def test_addresses_that_lead_nowhere_or_elsewhere_are_looked_up_by_the_replica(client, follower):
    redirects.lead("/old/", "/archives/")
    caught_up(follower)
    for path, status in (("/nowhere/", 404), ("/old/", 301)):
        with asked_of("default") as primary, asked_of("replica") as copy:
            assert client.get(path).status_code == status
        assert [query["sql"] for query in primary if "informed_comment_edition" not in query["sql"]] == []
        assert len(copy) > 1


def test_nobody_sees_an_old_text_while_the_replica_is_behind(client, follower):
    post = make_post(title="Wheat")
    caught_up(follower)
    assert b"Wheat" in client.get("/").content
    follower.pause()
    try:
        Post.objects.filter(pk=post.pk).update(title="Barley")
        page = client.get("/")
        assert b"Barley" in page.content
        assert b"Wheat" not in page.content
        with asked_of("replica") as copy:
            client.get("/search/?q=barley")
        assert len(copy) <= 1  # how far it is
        assert replica.says() == "behind by 1, the primary answers readers"
    finally:
        follower.go_on()
    caught_up(follower)
    with asked_of("replica") as copy:
        assert client.get("/archives/").status_code == 200
    assert len(copy) > 1


def test_a_new_post_is_there_at_once_though_the_replica_has_not_got_it(client, follower):
    post = make_post(status="in_review", title="Straits")
    caught_up(follower)
    follower.pause()
    try:
        publishing.publish(post, by=make_user())
        post.refresh_from_db()
        assert client.get(post.get_absolute_url()).status_code == 200
    finally:
        follower.go_on()


def test_a_replica_that_dies_is_passed_by_and_found_again_without_a_restart(client, follower):
    post = make_post(title="Wheat")
    caught_up(follower)
    client.get("/")
    follower.kill()
    try:
        editions.forget()
        Post.objects.filter(pk=post.pk).update(title="Barley")
        assert b"Barley" in client.get("/").content
        assert replica.says().startswith("away, the primary answers readers: ")
        with asked_of("default") as primary:
            assert client.get("/archives/").status_code == 200
        assert len(primary) > 1
    finally:
        follower.start()
    for _ in range(100):
        if not replica.state.is_away:
            break
        time.sleep(0.05)
    caught_up(follower)
    with asked_of("replica") as copy:
        assert client.get("/feed/").status_code == 200
    assert len(copy)


def test_a_question_that_the_replica_breaks_off_is_asked_of_the_primary(follower):
    make_author()
    caught_up(follower)
    asked = []

    def make():
        asked.append(replica.alias())
        with replica.connection().cursor() as cursor:
            cursor.execute("SELECT count(*), pg_sleep(%s) FROM authors_author", [4 if len(asked) == 1 else 0])
            return cursor.fetchone()[0]

    def hold_up():
        time.sleep(0.2)
        with psycopg.connect(**connection_params(), autocommit=True) as primary:
            primary.execute("BEGIN; LOCK TABLE authors_author IN ACCESS EXCLUSIVE MODE; COMMIT")

    other = threading.Thread(target=hold_up)
    other.start()
    assert replica.answered(make, look=look()) == 1
    other.join()
    assert asked == ["replica", "default"]
    assert not replica.state.is_away


def test_what_wants_to_write_is_done_by_the_primary(follower, caplog):
    seen = look()

    def write():
        with replica.connection().cursor() as cursor:
            cursor.execute("INSERT INTO informed_comment_gone (path, created_at) VALUES ('/a/', now())")

    replica.answered(write, look=seen)
    assert Gone.objects.count() == 1
    assert "writes, which belongs elsewhere" in caplog.text


def test_a_row_read_from_the_replica_is_saved_on_the_primary(follower):
    make_author(name="Ann")
    caught_up(follower)
    ann = replica.answered(Author.objects.get, look=look())
    assert ann._state.db == "replica"
    ann.name = "Anna"
    ann.save()
    assert Author.objects.get().name == "Anna"


def test_a_mistake_of_ours_is_not_made_twice(follower):
    asked = []

    def make():
        asked.append(replica.alias())
        with replica.connection().cursor() as cursor:
            cursor.execute("SELECT nothing")

    with pytest.raises(DatabaseError, match="nothing"):
        replica.answered(make, look=look())
    assert asked == ["replica"]


def test_while_the_primary_is_away_the_replica_makes_what_the_last_known_edition_shows(follower):
    assert replica.answered(replica.alias, look=look()._replace(is_away=True)) == "replica"
    replica.state.is_away = True
    with pytest.raises(DatabaseAway):
        replica.answered(replica.alias, look=look()._replace(is_away=True))


def test_a_process_that_begins_while_the_primary_is_away_goes_by_the_replica_s_edition(follower):
    def away():
        raise OperationalError("nobody there")

    here = editions.current()
    looks = Looks(ask=away, watch=lambda looks: None)
    with pytest.raises(DatabaseAway):
        looks.now()
    looks.otherwise = replica.label
    assert (looks.now().label, looks.now().is_away) == (here, True)
    assert edition_look.of_process.otherwise is replica.label
