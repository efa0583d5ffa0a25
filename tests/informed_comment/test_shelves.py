"""What the shelf of a process holds, how much of it, and that each page is made by one thread."""

import threading
import time

import pytest
from django.http import Http404, HttpResponse, StreamingHttpResponse

from informed_comment import caching, edition_look, turns
from informed_comment.caching import public_page, shelf
from informed_comment.edition_look import Look, Looks
from informed_comment.finished import FinishedPage
from informed_comment.shelves import MOST_RULES, Shelf
from tests.every_page import make_every_page
from tests.factories import make_user

BODY = "".join(f"<p>A strait, {number}.</p>" for number in range(200))


class Edition:
    """Stands for the database: its number can be raised, and every thread may ask."""

    number = 1

    def __call__(self):
        return f"{self.number}.0"


@pytest.fixture
def edition(monkeypatch, settings):
    settings.EDITION_LOOK_SECONDS = 60
    edition = Edition()
    monkeypatch.setattr(edition_look, "of_process", Looks(edition))
    return edition


class View:
    """A slow view that counts how often it is asked, and how often at once."""

    def __init__(self, answer=lambda: HttpResponse(BODY), takes=0.1):
        self.answer, self.takes = answer, takes
        self.calls = self.now = self.most = 0
        self.lock = threading.Lock()

    def __call__(self, request):
        with self.lock:
            self.calls, self.now = self.calls + 1, self.now + 1
            self.most = max(self.most, self.now)
        time.sleep(self.takes)
        with self.lock:
            self.now -= 1
        return self.answer()


def asked_at_once(rf, view, count=12, path="/"):
    """What each of so many readers gets: an answer or an exception."""
    page, got, start = public_page(lambda request: view(request)), [], threading.Barrier(count)

    def ask():
        start.wait()
        try:
            got.append(page(rf.get(path)))
        except Exception as error:
            got.append(error)

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def test_a_page_that_many_ask_for_is_made_once(rf, edition):
    view = View()
    answers = asked_at_once(rf, view)
    assert view.calls == 1
    assert {answer.content for answer in answers} == {BODY.encode()}
    edition.number = 2
    edition_look.of_process.forget()
    asked_at_once(rf, view)
    assert view.calls == 2


def test_a_page_that_is_too_large_to_keep_is_made_once_for_those_who_wait(rf, edition, settings):
    settings.PAGE_CACHE_BYTES = 1000
    view = View()
    assert len(asked_at_once(rf, view)) == 12
    assert view.calls == 1
    assert shelf.bytes == 0


def test_who_fails_lets_the_next_try_and_the_rest_get_what_that_one_made(rf, edition):
    def fails_twice():
        if view.calls <= 2:
            raise ZeroDivisionError
        return HttpResponse(BODY)

    view = View(fails_twice, takes=0.02)
    answers = asked_at_once(rf, view)
    assert sum(isinstance(answer, ZeroDivisionError) for answer in answers) == 2
    assert (view.calls, view.most) == (3, 1)


def not_found():
    raise Http404


@pytest.mark.parametrize(
    "answer",
    [not_found, lambda: HttpResponse(status=302), lambda: StreamingHttpResponse([b"a"])],
    ids=["not found", "a redirect for now", "streamed"],
)
def test_nobody_waits_in_line_for_what_is_not_kept(rf, edition, answer):
    view = View(answer, takes=0.1)
    begun = time.monotonic()
    asked_at_once(rf, view)
    assert time.monotonic() - begun < 0.8  # one after another it would be 1.2
    assert view.most > 1
    assert not shelf.pages


def test_nobody_waits_for_ever(rf, edition, monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE", 0.1)
    view = View(takes=0.5)
    asked_at_once(rf, view, count=4)
    assert view.calls == 4


def test_no_turn_is_remembered_once_it_is_over(rf, edition):
    for answer in (lambda: HttpResponse(BODY), not_found):
        asked_at_once(rf, View(answer, takes=0))
    assert not caching.turns.under_way


# The shelf


def page_of(length):
    return FinishedPage(status=200, headers=(), forms={"": b"x" * length}, etag='W/"1"')


def look(label, begun):
    return Look(label, begun, begun)


def test_what_was_asked_for_longest_ago_goes_first(settings):
    settings.PAGE_CACHE_BYTES = 100_000
    shelf, first = Shelf(), look("1", 1)
    for number in range(40):
        shelf.put(first, f"page {number}", page_of(1000))
        shelf.get(first, "page 0")
    assert shelf.bytes <= 100_000
    assert shelf.get(first, "page 0")
    assert shelf.get(first, "page 39")
    assert not shelf.get(first, "page 1")


def test_a_form_that_is_made_later_counts(settings):
    settings.PAGE_CACHE_BYTES = 10_000_000
    shelf, first = Shelf(), look("1", 1)
    page = FinishedPage(status=200, headers=(), forms={"": BODY.encode()}, etag='W/"1"')
    shelf.put(first, "a", page)
    for coding in ("gzip", "", "br", "zstd", ""):
        page.form(coding)
        shelf.weigh("a", page)
        assert shelf.bytes == page.size + 1
    assert set(page.forms) == {"", "gzip", "br", "zstd"}


def test_a_page_takes_no_room_uncompressed_once_it_was_asked_for_compressed():
    page = FinishedPage(status=200, headers=(), forms={"": BODY.encode()}, etag='W/"1"')
    before = page.size
    page.form("zstd")
    assert page.size < before - 3000
    assert page.form("") == ("", BODY.encode())


def test_a_thread_that_knows_an_older_edition_neither_reads_nor_empties_the_newer(settings):
    shelf, old, new = Shelf(), look("1", 1), look("2", 2)
    shelf.put(old, "a", page_of(10))
    shelf.put(new, "b", page_of(20))
    assert shelf.get(old, "a") is None
    assert shelf.get(old, "b") is None
    shelf.put(old, "c", page_of(30))
    assert list(shelf.pages) == ["b"]
    assert shelf.get(new, "b")


def test_the_same_edition_looked_at_again_keeps_its_pages():
    shelf = Shelf()
    shelf.put(look("1", 1), "a", page_of(10))
    assert shelf.get(look("1", 5), "a")


def test_addresses_are_not_remembered_without_end():
    shelf = Shelf()
    for number in range(MOST_RULES + 100):
        shelf.keep_rule(f"http://comment.example/search/{number}", ("q",), is_by_content=False)
    assert len(shelf.rules) == MOST_RULES


# Everything readers can open


@pytest.mark.django_db
def test_only_what_everybody_may_see_is_kept(client, settings):
    """Every kind of page, opened by a reader and by somebody who works here; then the shelf is looked through."""
    addresses = make_every_page()
    for person in ("reader", "editor"):
        if person == "editor":
            client.force_login(make_user(is_superuser=True, is_staff=True))
        for address in addresses.values():
            client.get(address)
            client.get(f"{address}{'&' if '?' in address else '?'}utm_source=quokka")
        for address in ("/", "/newsletter/", "/newsletter/preferences/", "/search/?q=strait"):
            client.post(address, {"email": "quokka@example.org"})
    kept = {key.removeprefix("http://testserver").removesuffix("?") for key in shelf.pages}
    private = (
        "/preview/",
        "/newsletter/confirm/",
        "/newsletter/unsubscribe/",
        "/no-such-page",
        "/gone-for-good",
    )
    assert not [key for key in kept if key.startswith(private)]
    assert not [
        key
        for key in kept
        if key.startswith("/newsletter/preferences/") and key != "/newsletter/preferences/"
    ]
    assert {"/", "/archives/", "/newsletter/", "/search/?q=strait"} <= kept
    for key, page in shelf.pages.items():
        assert page.status in (200, 301)
        assert "quokka" not in key
        text = page.body().decode()
        assert "quokka" not in text
        assert "csrfmiddlewaretoken" not in text
        assert 'href="/admin/' not in text
        names = {name.lower() for name, _ in (*page.headers, *(page.final or ()))}
        assert "set-cookie" not in names


@pytest.mark.django_db
def test_staff_leave_nothing_on_the_shelf(client):
    addresses = make_every_page()
    client.force_login(make_user(is_superuser=True, is_staff=True))
    for address in addresses.values():
        client.get(address)
    assert not shelf.pages
