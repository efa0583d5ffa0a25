"""Who asks while the database is away waits for it, within bounds."""

import threading
import time

import pytest
from django.db import OperationalError
from psycopg.errors import DeadlockDetected, DiskFull, QueryCanceled

from informed_comment import waiting_room
from informed_comment.waiting_room import AWAY, WaitingRoom


class Looks:
    """What is known of a database that comes back after so many questions."""

    def __init__(self, *, is_away=True):
        self.is_away, self.asked = is_away, 0

    def is_well(self):
        self.asked += 1
        if self.asked > 3:
            self.is_away = False
        return not self.is_away

    def is_away_now(self):
        return self.is_away


class Site:
    """Fails as long as the database is away."""

    def __init__(self, looks, *, always=False):
        self.looks, self.always, self.times = looks, always, 0

    def __call__(self, environ, start_response):
        self.times += 1
        if self.looks.is_away or self.always:
            environ[AWAY] = True
            start_response("503 Service Unavailable", [])
            return Body(b"away")
        start_response("200 OK", [("X-Said", "yes")])
        return Body(b"the page")


class Body(list):
    def __init__(self, text):
        super().__init__([text])

    def close(self):
        self.is_closed = True


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(waiting_room, "PAUSE", 0.01)


def asked(room, method="GET", path="/a-page/", **given):
    said = []
    body = room(
        {"REQUEST_METHOD": method, "PATH_INFO": path} | given,
        lambda status, headers: said.append(int(status[:3])),
    )
    return said, b"".join(body)


def test_a_reader_waits_and_is_given_the_page():
    looks = Looks()
    site = Site(looks)
    assert asked(WaitingRoom(site, looks)) == ([200], b"the page")
    assert site.times == 2


def test_who_writes_waits_before_and_is_asked_once():
    looks = Looks()
    site = Site(looks)
    assert asked(WaitingRoom(site, looks), "POST") == ([200], b"the page")
    assert site.times == 1


def test_what_was_written_halfway_is_not_done_again():
    looks = Looks(is_away=False)
    site = Site(looks, always=True)
    assert asked(WaitingRoom(site, looks), "POST")[0] == [503]
    assert site.times == 1


def test_after_so_long_it_is_said_that_the_database_is_away(settings):
    settings.DATABASE_WAIT_SECONDS = 0.1
    looks = Looks()
    looks.is_well = lambda: False
    begun = time.monotonic()
    assert asked(WaitingRoom(Site(looks), looks))[0] == [503]
    assert time.monotonic() - begun < 1


def test_what_fails_while_the_database_answers_others_is_not_asked_for_ever():
    looks = Looks(is_away=False)
    site = Site(looks, always=True)
    assert asked(WaitingRoom(site, looks))[0] == [503]
    assert site.times == 1 + waiting_room.MOST_TIMES


def test_a_proxy_that_has_a_page_at_hand_is_answered_at_once():
    looks = Looks()
    site = Site(looks)
    assert asked(WaitingRoom(site, looks), HTTP_X_ANSWER_AT_ONCE="1")[0] == [503]
    assert site.times == 1


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/read/"])
def test_some_never_wait(path):
    looks = Looks()
    assert asked(WaitingRoom(Site(looks), looks), path=path)[0] == [503]


def test_those_who_wait_leave_threads_to_the_door(settings):
    settings.WEB_THREADS, settings.DATABASE_WAIT_SECONDS = 1, 5
    looks, said = Looks(), []
    looks.is_well = lambda: looks.is_open
    looks.is_open = False
    room = WaitingRoom(Site(looks), looks)
    readers = [threading.Thread(target=lambda: said.append(asked(room)[0][0])) for _ in range(4)]
    for reader in readers:
        reader.start()
    until = time.monotonic() + 3
    while len(said) < 3 and time.monotonic() < until:
        time.sleep(0.01)
    assert said == [503] * 3
    looks.is_away, looks.is_open = False, True
    for reader in readers:
        reader.join()
    assert said == [503] * 3 + [200]


@pytest.mark.parametrize(
    ("cause", "waits"),
    [(None, True), (DeadlockDetected(), True), (QueryCanceled(), False), (DiskFull(), False)],
)
def test_it_is_waited_only_for_what_is_soon_over(rf, cause, waits):
    error, request = OperationalError("gone"), rf.get("/")
    error.__cause__ = cause
    assert waiting_room.note(request, error)
    assert (AWAY in request.environ) == waits


def test_a_mistake_of_ours_is_none_of_the_databases(rf):
    request = rf.get("/")
    assert not waiting_room.note(request, ValueError())
    assert AWAY not in request.environ
