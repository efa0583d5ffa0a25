"""How a process learns which edition readers see: by whom, how often, and what holds while the database is away."""

import threading
import time

import pytest
from django.db import OperationalError, connection

from informed_comment import edition_look, editions
from informed_comment.edition_look import DatabaseAway, Looks
from posts import publishing
from tests.factories import make_post


class Database:
    """Stands for the one query: counts how often it is asked, answers slowly, or not at all."""

    def __init__(self, takes=0.0):
        self.takes, self.asked, self.number, self.is_away = takes, 0, 1, False
        self.lock = threading.Lock()

    def __call__(self):
        with self.lock:
            self.asked += 1
        time.sleep(self.takes)
        if self.is_away:
            raise OperationalError("connection refused")
        return f"{self.number}.0"


def in_threads(count, deed):
    """What each of so many threads that begin at once gets."""
    found, start = [], threading.Barrier(count)

    def run():
        start.wait()
        found.append(deed())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


class Clock:
    """Both clocks of the process, moved by hand: the one on the wall and the one that never jumps."""

    def __init__(self):
        self.now = 1_767_297_600.1

    def time(self):
        return self.now

    def monotonic(self):
        return self.now - 1_767_000_000

    def shift(self, seconds):
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(edition_look, "time", clock)
    return clock


def test_a_look_is_good_for_its_time_and_for_every_thread(settings, clock):
    settings.EDITION_LOOK_SECONDS = 0.25
    database = Database()
    looks = Looks(database)
    in_threads(8, looks.now)
    assert database.asked == 1
    clock.shift(0.2)
    looks.now()
    assert database.asked == 1
    clock.shift(0.1)
    looks.now()
    assert database.asked == 2


def test_a_look_ends_with_the_second_it_was_made_in(settings, clock):
    settings.EDITION_LOOK_SECONDS = 0.25
    database = Database()
    looks = Looks(database)
    clock.shift(0.85)
    first = looks.now()
    clock.shift(0.1)
    second = looks.now()
    assert second.good_until == first.good_until + 1
    assert database.asked == 2


def test_a_slow_look_is_made_by_one_thread_while_the_others_go_on(settings):
    settings.EDITION_LOOK_SECONDS = 0.25
    database = Database(takes=0.3)
    looks = Looks(database)
    labels = {look.label for look in in_threads(12, looks.now)}
    assert (labels, database.asked) == ({"1.0"}, 1)
    database.number = 2
    time.sleep(0.1)
    begun = time.monotonic()
    labels = [look.label for look in in_threads(12, looks.now)]
    assert labels.count("2.0") == 1
    assert labels.count("1.0") == 11
    assert time.monotonic() - begun < 0.6
    assert database.asked == 2


def test_no_thread_goes_on_with_a_look_that_is_a_second_old(settings):
    settings.EDITION_LOOK_SECONDS = 0.25
    database = Database()
    looks = Looks(database)
    looks.now()
    time.sleep(1.05)
    database.number, database.takes = 2, 0.1
    assert {look.label for look in in_threads(6, looks.now)} == {"2.0"}
    assert database.asked == 2


def test_who_forgets_gets_a_look_of_their_own(settings):
    settings.EDITION_LOOK_SECONDS = 60
    database = Database()
    looks = Looks(database)
    looks.now()
    database.number = 2
    looks.forget()
    assert looks.now().label == "2.0"


def by_hand(looks):
    """In the place of the thread that tries again."""


def test_while_the_database_is_away_the_last_edition_stands_and_no_reader_asks_it(settings, clock):
    settings.EDITION_LOOK_SECONDS = 0.25
    database = Database()
    looks = Looks(database, by_hand)
    known = looks.now()
    database.is_away = True
    clock.shift(0.3)
    for _ in range(100):
        clock.shift(0.1)
        look = looks.now()
        assert look.is_away
        assert look == looks.at_hand()
        assert (look.label, look.good_until) == (known.label, known.good_until)
    assert database.asked == 2
    assert not looks.is_found_again()
    database.is_away, database.number = False, 2
    assert looks.is_found_again()
    assert looks.now() == looks.last
    assert looks.last.label == "2.0"


def test_the_last_edition_stands_no_longer_than_was_said(settings, clock):
    settings.EDITION_STALE_SECONDS = 3600
    database = Database()
    looks = Looks(database, by_hand)
    looks.now()
    database.is_away = True
    clock.shift(3599)
    assert looks.now().is_away
    clock.shift(2)
    with pytest.raises(DatabaseAway):
        looks.now()
    assert looks.at_hand() is None


def test_a_thread_of_its_own_finds_the_database_again(settings, monkeypatch, caplog):
    monkeypatch.setattr(edition_look, "AGAIN_AFTER", 0.05)
    database = Database()
    database.is_away = True
    looks = Looks(database)
    for _ in range(3):
        with pytest.raises(DatabaseAway):
            looks.now()
    assert database.asked == 1
    time.sleep(0.2)
    database.is_away = False
    for _ in range(100):
        if looks.error is None:
            break
        time.sleep(0.05)
    assert looks.now().label == "1.0"
    said = [record.getMessage() for record in caplog.records if "database" in record.getMessage()]
    assert len(said) == 2, "each change is told once, and no try between"


def test_after_a_quiet_hour_nobody_is_given_what_was_known_before_it(settings, clock):
    settings.EDITION_LOOK_SECONDS = 0.25
    database = Database()
    looks = Looks(database)
    looks.now()
    clock.shift(3600)
    database.number, database.takes = 2, 0.2
    first = threading.Thread(target=looks.now)
    first.start()
    time.sleep(0.05)
    assert looks.at_hand() is None
    assert looks.now().label == "2.0"
    first.join()
    assert database.asked == 2


def test_a_database_that_hangs_holds_up_one_thread_and_no_other(settings, monkeypatch):
    settings.EDITION_LOOK_SECONDS = 0
    monkeypatch.setattr(edition_look, "PATIENCE", 0.2)
    database = Database()
    looks = Looks(database)
    looks.now()
    database.takes = 1.5
    hangs = threading.Thread(target=looks.now)
    hangs.start()
    time.sleep(0.3)
    begun = time.monotonic()
    assert all(look.is_away for look in in_threads(8, looks.now))
    assert looks.at_hand().is_away
    assert time.monotonic() - begun < 0.5
    hangs.join()


# Through the site


@pytest.fixture
def looks(monkeypatch):
    """The process's own look, new, so that no failure is remembered by another test."""
    new = Looks(watch=by_hand)
    monkeypatch.setattr(edition_look, "of_process", new)
    return new


@pytest.fixture
def away(looks):
    """From its call on, nothing gets through to the database."""

    def fall():
        def refuse(*_):
            raise OperationalError("connection refused")

        context = connection.execute_wrapper(refuse)
        context.__enter__()
        fallen.append(context)

    def rise():
        fallen.pop().__exit__(None, None, None)

    fallen = []
    fall.over = rise
    yield fall
    if fallen:
        rise()


@pytest.mark.django_db
def test_what_readers_get_may_be_kept_to_the_end_of_the_second_it_was_known_in(client, looks):
    make_post()
    etag = client.get("/")["ETag"]
    answers = [
        client.get("/"),
        client.get("/", headers={"If-None-Match": etag}),
        client.get("/feed/"),
        client.get("/favicon.ico"),
        client.get("/no-such-page/"),
        client.post("/"),
    ]
    assert [answer.status_code for answer in answers] == [200, 304, 200, 301, 404, 405]
    for answer in answers:
        assert answer["X-Accel-Expires"] == f"@{answer.wsgi_request.edition_look.good_until}"
        assert abs(answer.wsgi_request.edition_look.at - time.time()) < 10


@pytest.mark.django_db
def test_staff_pages_are_kept_nowhere(client, looks, settings):
    client.cookies[settings.SESSION_COOKIE_NAME] = "k" * 32
    assert "X-Accel-Expires" not in client.get("/")


@pytest.mark.django_db
def test_finished_pages_outlive_the_database_and_others_say_when_to_come_back(client, looks, away):
    client.raise_request_exception = False
    post, other = make_post(), make_post()
    page = client.get(post.permalink)
    feed = client.get("/feed/")
    away()
    assert client.get(post.permalink).content == page.content
    assert client.get(post.permalink, headers={"If-None-Match": page["ETag"]}).status_code == 304
    assert client.get("/feed/").content == feed.content
    for address in (other.permalink, "/no-such-page/", "/search/?q=oil"):
        refused = client.get(address)
        assert (refused.status_code, refused["Cache-Control"]) == (503, "no-store")
        assert int(refused["Retry-After"]) > 0
        assert "Try again in a minute" in refused.content.decode()
    assert client.get("/livez").status_code == 200


@pytest.mark.django_db
def test_when_the_database_is_back_nothing_has_to_be_started_again(client, looks, away):
    client.raise_request_exception = False
    post = make_post(title="The dam at Haditha")
    client.get("/")
    away()
    assert b"Haditha" in client.get("/").content
    away.over()
    publishing.withdraw(post)
    assert looks.is_found_again()
    assert b"Haditha" not in client.get("/").content
    assert client.get(post.permalink).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_broke_is_replaced_within_the_look(looks):
    before = editions.current()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 1000)", [pid])
    other.close()
    assert editions.current() == before
    assert not looks.last.is_away
    assert looks.error is None
