"""What is given out before Django is asked: the same answers, to the same people, and nothing else."""

import gzip
from urllib.parse import unquote

import brotli
import pytest
import zstandard
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory

from informed_comment import edition_look, editions
from informed_comment.caching import shelf
from informed_comment.door import Door
from posts import publishing
from tests.factories import make_author, make_category, make_comment, make_page, make_post

pytestmark = pytest.mark.django_db
HOST = "comment.example"


class Answer:
    def __init__(self, status, headers, body, *, is_by_django):
        self.status, self.headers, self.body = int(status.split()[0]), dict(headers), body
        self.is_by_django = is_by_django
        assert len(self.headers) == len(headers), "a header was said twice"


@pytest.fixture
def ask(settings):
    """Asks through the door; the look at the edition holds until somebody forgets it."""
    settings.ALLOWED_HOSTS = [HOST]
    settings.EDITION_LOOK_SECONDS = 60
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)  # the test's connection lives on
    came_in, django = [], []

    def site(environ, start_response):
        if not django:
            django.append(WSGIHandler())  # reads settings, which the test may have changed
        came_in.append(environ)
        return django[0](environ, start_response)

    door = Door(site)

    def ask(address, method="GET", **given):
        path, _, query = address.partition("?")
        environ = RequestFactory().generic(method, "/").environ
        environ |= {"PATH_INFO": path.encode().decode("latin-1"), "QUERY_STRING": query, "HTTP_HOST": HOST}
        said, before = [], len(came_in)
        answered = door(environ | given, lambda status, headers, *_: said.append((status, headers)))
        body = b"".join(answered)
        return Answer(*said[0], body, is_by_django=len(came_in) > before)

    def again(address, method="GET", **given):
        """The second answer, which has to be the door's."""
        answer = ask(address, method, **given)
        assert not answer.is_by_django
        return answer

    ask.again = again
    yield ask
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def one_second(monkeypatch):
    """All of a test happens in one second of the clock on the wall."""
    moment = edition_look.time.time()
    monkeypatch.setattr(edition_look.time, "time", lambda: moment)


ADDRESSES = [
    "/",
    "/feed/",
    "/sitemap.xml",
    "/robots.txt",
    "/search/?q=strait&sort=newest",
    "/popular/?window=week",
]


@pytest.mark.parametrize("address", [*ADDRESSES, "/favicon.ico"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_door_says_what_django_says(ask, address, method):
    make_post(title="The strait")
    first = ask(address, method, HTTP_ACCEPT_ENCODING="gzip")
    assert first.is_by_django
    second = ask.again(address, method, HTTP_ACCEPT_ENCODING="gzip")
    assert (second.status, second.headers) == (first.status, first.headers)
    if method == "GET":
        assert second.body == first.body
    else:
        assert second.body == b""


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_doors_304_says_what_djangos_says(ask, address):
    make_post()
    etag = ask(address).headers["ETag"]
    first = ask(address, HTTP_IF_NONE_MATCH=etag)
    if not first.is_by_django:
        pytest.fail("the door cannot know yet what a 304 says")
    second = ask.again(address, HTTP_IF_NONE_MATCH=etag)
    assert first.status == second.status == 304
    assert second.headers == first.headers
    assert second.body == b""


def test_a_304_needs_no_finished_page_in_this_process(ask):
    make_post()
    etag = ask("/").headers["ETag"]
    ask("/", HTTP_IF_NONE_MATCH=etag)
    shelf.pages.clear()
    assert ask.again("/", HTTP_IF_NONE_MATCH=etag).status == 304
    assert ask("/", HTTP_IF_NONE_MATCH='W/"another"').status == 200


def test_the_door_asks_the_database_for_nothing(ask, django_assert_num_queries):
    post = make_post()
    first = ask(post.permalink)
    ask(post.permalink, HTTP_IF_NONE_MATCH=first.headers["ETag"])
    with django_assert_num_queries(0):
        ask.again(post.permalink)
        ask.again(post.permalink, HTTP_IF_NONE_MATCH=first.headers["ETag"])


def test_a_change_is_seen_through_the_door_as_soon_as_the_process_looks(ask):
    post = make_post(title="The dam at Haditha")
    ask("/")
    assert b"Haditha" in ask.again("/").body
    publishing.withdraw(post)
    editions.forget()
    answer = ask("/")
    assert answer.is_by_django
    assert b"Haditha" not in answer.body
    assert b"Haditha" not in ask.again("/").body


def test_old_pages_leave_the_memory_when_a_new_edition_is_known(ask):
    post = make_post()
    for address in ("/", post.permalink, "/archives/", "/authors/"):
        ask(address)
    kept = shelf.bytes
    make_category()
    editions.forget()
    ask("/no-such-page/")
    ask("/robots.txt")
    assert shelf.bytes < kept / 4


# Who is let in


@pytest.mark.parametrize("cookie", ["sessionid=" + "k" * 32, "theme=dark; sessionid=x", 'sessionid=""'])
def test_whoever_brings_a_session_is_let_in(ask, cookie):
    ask("/")
    answer = ask("/", HTTP_COOKIE=cookie)
    assert answer.is_by_django


def test_other_cookies_change_nothing(ask):
    ask("/")
    assert ask.again("/", HTTP_COOKIE="theme=dark; _ga=1").status == 200


@pytest.mark.parametrize("host", ["evil.example", "comment.example.evil.example", "", "\x00"])
def test_a_strange_host_is_refused_and_leaves_nothing(ask, host):
    ask("/")
    kept = (set(shelf.pages), set(shelf.rules))
    answer = ask("/", HTTP_HOST=host)
    assert answer.is_by_django
    assert answer.status == 400
    assert (set(shelf.pages), set(shelf.rules)) == kept


def test_a_page_is_of_the_scheme_the_proxy_names(ask, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 60
    secure = ask("/", HTTP_X_FORWARDED_PROTO="https")
    assert ask("/", HTTP_X_FORWARDED_PROTO="http").is_by_django
    assert "Strict-Transport-Security" not in ask.again("/", HTTP_X_FORWARDED_PROTO="http").headers
    for said in ("https", "https, http"):
        again = ask.again("/", HTTP_X_FORWARDED_PROTO=said)
        assert again.headers == secure.headers
        assert "Strict-Transport-Security" in again.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "BREW"])
def test_only_reading_is_answered_at_the_door(ask, method):
    ask("/newsletter/")
    assert ask("/newsletter/", method, CONTENT_TYPE="application/x-www-form-urlencoded").is_by_django


# The query


def test_what_no_page_reads_changes_nothing_and_is_repeated_nowhere(ask):
    world = make_category("World")
    post = make_post(authors=[make_author()], tags=["oil"], categories=[world])
    make_comment(post)
    addresses = [
        "/",
        post.permalink,
        "/tag/oil/",
        world.get_absolute_url(),
        "/search/?q=post",
        "/archives/",
        "/newsletter/",
    ]
    for address in addresses:
        first = ask(address + ("&" if "?" in address else "?") + "utm_source=zyzzyva&fbclid=zyzzyva")
        second = ask.again(address)
        assert b"zyzzyva" not in first.body
        assert second.body == first.body
        assert ask.again(address + ("&" if "?" in address else "?") + "gclid=" + "1" * 500).body == first.body
    assert len(shelf.pages) == len(addresses)


@pytest.mark.parametrize("query", ["p={pk}", "%70={pk}", "utm_source=x&p={pk}", "s=oil", "p=999999"])
def test_an_old_address_in_the_query_of_the_homepage_is_not_taken_for_the_homepage(ask, query):
    post = make_post()
    ask("/")
    answer = ask("/?" + query.format(pk=post.pk))
    assert answer.is_by_django
    assert answer.status in (301, 404)


def test_a_search_is_told_from_another_by_its_own_words(ask):
    make_post(title="The strait")
    strait, dam = ask("/search/?q=strait"), ask("/search/?q=dam")
    assert strait.body != dam.body
    assert ask.again("/search/?q=strait").body == strait.body
    assert ask.again("/search/?q=dam&q=strait").body == strait.body  # what is said last counts
    assert ask("/search/?q=dam&sort=newest").is_by_django


@pytest.mark.parametrize("query", ["q=%00", "q=" + "x" * 5000, "q=%ff%fe", "&&&", "q", "=", "q[]=1", "%"])
def test_odd_queries_are_answered_alike_by_both(ask, query):
    first = ask(f"/search/?{query}")
    assert first.status == 200
    assert ask(f"/search/?{query}").body == first.body


@pytest.mark.parametrize("address", ["/", "/search/", "/archives/"])
def test_a_query_of_very_many_parts_is_refused_or_read_and_breaks_nothing(ask, address):
    ask(address)
    for query in ("&" * 1900, "&".join(["a"] * 900), "&".join(f"a{number}=1" for number in range(1500))):
        assert ask(f"{address}?{query}").status in (200, 400)


def test_a_host_may_be_written_large(ask):
    first = ask("/")
    assert ask.again("/", HTTP_HOST=HOST.upper()).body == first.body


def test_a_path_in_another_script_is_found_again(ask):
    page = make_page(title="مضيق", slug="مضيق")
    path = unquote(page.get_absolute_url())
    first = ask(path)
    assert first.status == 200
    assert ask.again(path).body == first.body
    assert ask("/\xff\xfe/").status == 404


# Conditions and codings

KNOWN = {
    "the label": "{etag}",
    "made strong": "{strong}",
    "in a list": '"a", W/"b" ,{etag},"c"',
    "anything": "*",
    "anything, with blanks": " * ",
}
UNKNOWN = {
    "another": 'W/"another"',
    "nothing": "",
    "without quotes": "{bare}",
    "half": '"',
    "rubbish": '\x01,,, W/ "", junk',
    "long": '"' + "x" * 8000 + '"',
}


@pytest.mark.parametrize("saying", [*KNOWN, *UNKNOWN])
@pytest.mark.parametrize("address", ["/", "/feed/"])
@pytest.mark.parametrize("where", ["django", "door"])
def test_a_condition_is_taken_as_the_standard_has_it(ask, saying, address, where):
    make_post()
    etag = ask(address).headers["ETag"]
    ask(address, HTTP_IF_NONE_MATCH=etag)
    if where == "django":
        shelf.empty(None)
    strong = etag.removeprefix("W/")
    said = (KNOWN | UNKNOWN)[saying].format(etag=etag, strong=strong, bare=strong.strip('"'))
    answer = ask(address, HTTP_IF_NONE_MATCH=said, HTTP_ACCEPT_ENCODING="gzip")
    assert answer.is_by_django == (where == "django")
    assert answer.status == (304 if saying in KNOWN else 200)
    assert answer.headers["ETag"] == etag
    assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("where", ["django", "door"])
def test_a_date_counts_for_feeds_only_and_not_beside_a_label(ask, where):
    make_post()
    date = ask("/feed/").headers["Last-Modified"]
    ask("/feed/", HTTP_IF_MODIFIED_SINCE=date)
    ask("/")
    if where == "django":
        shelf.empty(None)
    assert ask("/", HTTP_IF_MODIFIED_SINCE=date).status == 200
    assert ask("/feed/", HTTP_IF_MODIFIED_SINCE=date).status == 304
    assert ask("/feed/", HTTP_IF_MODIFIED_SINCE=date, HTTP_IF_NONE_MATCH='"another"').status == 200
    assert ask("/feed/", HTTP_IF_MODIFIED_SINCE="yesterday").status == 200


def test_a_part_is_not_given_when_asked_for(ask):
    make_post()
    whole = ask("/")
    answer = ask.again("/", HTTP_RANGE="bytes=0-9")
    assert (answer.status, answer.body) == (200, whole.body)


def test_a_redirect_is_not_answered_304(ask):
    first = ask("/favicon.ico")
    assert first.status == 301
    assert "ETag" not in first.headers
    assert ask.again("/favicon.ico", HTTP_IF_NONE_MATCH="*").status == 301


OPENED = {
    "zstd": zstandard.decompress,
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "": lambda data: data,
}


@pytest.mark.parametrize(
    "order", [["zstd", "br", "gzip", ""], ["", "gzip", "br", "zstd"], ["br", "", "zstd", "gzip"]]
)
def test_every_coding_holds_the_same_page_whichever_was_asked_for_first(ask, order):
    make_post()
    bodies = set()
    for coding in [*order, *order]:
        answer = ask("/", HTTP_ACCEPT_ENCODING=coding)
        assert answer.headers.get("Content-Encoding", "") == coding
        assert answer.headers["Content-Length"] == str(len(answer.body))
        bodies.add(OPENED[coding](answer.body))
    assert len(bodies) == 1
    assert shelf.bytes == sum(page.size + len(key) for key, page in shelf.pages.items())


def test_nginx_hears_how_long_a_page_may_be_stale_before_it_hears_how_long_it_is_fresh(ask):
    """Before 1.23 it heeds no Cache-Control that comes after X-Accel-Expires."""
    path = make_post().get_absolute_url()
    first = ask(path)
    known = {"HTTP_IF_NONE_MATCH": first.headers["ETag"]}
    for answer in (first, ask.again(path), ask(path, **known), ask.again(path, **known)):
        names = [name.lower() for name in answer.headers]
        assert names.index("cache-control") < names.index("x-accel-expires")
