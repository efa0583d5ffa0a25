"""Whatever comes in: a right status, a page in the site's look, never a 500, never a redirect off the site."""

from datetime import UTC, datetime
from urllib.parse import quote, unquote_to_bytes, urlsplit

import pytest
from django.conf import settings
from django.urls import path as route
from selectolax.lexbor import LexborHTMLParser

from informed_comment.urls import handler400, handler403, handler404, handler500  # noqa: F401
from informed_comment.urls import urlpatterns as own_patterns
from pages.models import MenuLink
from tests.factories import make_author, make_category, make_page, make_post

NOON = datetime(2016, 10, 4, 12, tzinfo=UTC)
HOST = "comment.example"


def fails(request):
    raise ZeroDivisionError


urlpatterns = [route("fails/", fails), *own_patterns]


@pytest.fixture(autouse=True)
def one_host(settings, client):
    settings.ALLOWED_HOSTS = [HOST]
    client.raise_request_exception = False


@pytest.fixture
def site(db):
    """One of everything, with addresses that are known."""
    section = make_category("World", slug="world")
    author = make_author(name="Ann", slug="ann")
    post = make_post(slug="a-post", published_at=NOON, authors=[author], categories=[section], tags=["oil"])
    make_page(slug="about", title="About")
    MenuLink.objects.create(label="World", category=section)
    assert post.permalink == "/2016/10/a-post.html"
    return post


def ask(client, target, method="GET", **environ):
    """Sends the target as it stands, as a server hands it on: the path decoded, bytes as Latin-1."""
    path, _, query = target.partition("?")
    given = {
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "HTTP_HOST": HOST,
    }
    return client.generic(method, "/", **given | environ)


def is_in_our_look(response):
    html = LexborHTMLParser(response.content.decode())
    return (
        len(html.css("h1")) == 1
        and html.css_first(".masthead__title") is not None
        and html.css_first("main#content") is not None
        and html.css_first(".footer") is not None
    )


NOT_FOUND = [
    "/page/0/",
    "/page/-1/",
    "/page/1000000000000/",
    "/page/" + "9" * 5000 + "/",
    "/page/٣/",
    "/page/x/",
    "/page/1.5/",
    "/page/2/",
    "/category/world/page/0/",
    "/category/world/page/2/",
    "/tag/oil/page/99999999999/",
    "/author/ann/page/0/",
    "/2016/page/0/",
    "/2016/10/page/7/",
    "/0000/",
    "/0001/",
    "/0001/01/",
    "/9999/",
    "/9999/12/",
    "/2016/13/",
    "/2016/00/",
    "/2016/1/",
    "/2016/1",
    "/20160/",
    "/٢٠١٦/",
    "/٢٠١٦/10/a-post.html",
    "/on-this-day/02-30/",
    "/on-this-day/13-01/",
    "/on-this-day/1-1/",
    "/sitemap-0000.xml",
    "/sitemap-٢٠١٦.xml",
    "/category/nowhere/",
    "/category/world/nowhere/",
    "/category/nowhere/world/",
    "/category//world/x/",
    "/category/" + "a/" * 3000,
    "/tag/%00/",
    "/%00/",
    "/about%00/",
    "/%ff/",
    "/%ff%fe",
    "/%c0%af%c0%af/",
    "/%e0%80%af/",
    "/%ed%a0%80/",
    "/%F0%9F%98%80/",
    "/%252e%252e/",
    "/../../etc/passwd",
    "/a/../about/",
    "/%2e%2e%2f",
    "/%0d%0aSet-Cookie:%20x=1/",
    "/%0d%0aLocation:%20//evil.example",
    "/" + "x" * 8000,
    "/" + "x" * 8000 + "/",
    "/" + "%25" * 3000 + "/",
    "/2016/10/" + "y" * 8000 + ".html",
    "//evil.example/",
    "//evil.example",
    "///evil.example/%2f..",
    "/%2F/evil.example/",
    "/%5Cevil.example",
    "/%5C/evil.example/",
    "/%09/evil.example/",
    "/http://evil.example/",
    "/https:evil.example",
    "/;/evil.example/",
    "//evil.example//about/",
    "/feed/nothing/",
    "/author/%27%20OR%201=1/",
    "/<script>alert(1)</script>/",
    "/static/css/nothing.css",
    "/static/..%2f..%2fetc/passwd",
    "/no-such-page",
    "/no-such-page/",
    "/2016/10/no-such-post.html",
]


@pytest.mark.parametrize("target", NOT_FOUND, ids=lambda target: target[:40])
def test_what_is_not_there_is_not_found_in_the_sites_look(client, site, target):
    response = ask(client, target)
    assert response.status_code == ask(client, target, "HEAD").status_code == 404
    assert "Location" not in response
    assert is_in_our_look(response)
    assert b"<script>alert" not in response.content


LED_ON = [
    ("/about", "/about/"),
    ("/category/world", "/category/world/"),
    ("/2016/10", "/2016/10/"),
    ("/2016", "/2016/"),
    ("/archives", "/archives/"),
    ("/popular?window=day", "/popular/?window=day"),
    ("//about/", "/about/"),
    ("//about", "/about/"),
    ("/category//world/", "/category/world/"),
    ("//2016/10/a-post.html", "/2016/10/a-post.html"),
    ("/2016//10///a-post.html?utm=x", "/2016/10/a-post.html?utm=x"),
    ("/2016/10/a-post.html/", "/2016/10/a-post.html"),
    ("///", "/"),
]


@pytest.mark.parametrize(("target", "answer"), LED_ON)
def test_a_slash_too_few_or_too_many_leads_to_the_address_that_is_there(client, site, target, answer):
    response = ask(client, target)
    assert (response.status_code, response["Location"]) == (301, answer)
    assert ask(client, answer).status_code == 200


ODD_QUERIES = [
    "/?p=%00",
    "/?p=%ff%fe",
    "/?cat=-1",
    "/?m=99999999",
    "/?author=%F0%9F%98%80",
    "/?page=%D9%A3",
    "/?" + "&".join(f"a{n}=1" for n in range(900)),
    "/?%00=%00",
    "/?=&&&=",
    "/?utm_source=%3Cscript%3Ealert(1)%3C/script%3E",
    "/archives/?page=%00",
    "/popular/?window=all&window=day",
    "/on-this-day/10-04/?x=%00",
    "/search/?q=%00",
    "/search/?q=%ff%fe%fd",
    "/search/?q=" + "a" * 10000,
    "/newsletter/?email=%00",
]


@pytest.mark.parametrize("target", ODD_QUERIES, ids=lambda target: target[:40])
def test_an_odd_query_changes_nothing(client, site, target):
    response = ask(client, target)
    assert response.status_code == 200
    assert is_in_our_look(response)
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize("window", ["year", "", "\0", "day\0", "٣", "DAY", "x" * 9000])
def test_an_unknown_window_leads_to_the_popular_posts(client, site, window):
    response = ask(client, f"/popular/?window={quote(window)}")
    assert (response.status_code, response["Location"]) == (301, "/popular/")


def test_thousands_of_parameters_are_refused_in_the_sites_look(client, site):
    response = ask(client, "/?" + "&".join(f"a{n}=1" for n in range(5000)))
    assert response.status_code == 400
    assert is_in_our_look(response)


HOSTS = [
    "evil.example",
    "evil.example:80@comment.example",
    "",
    "a b",
    "%00",
    "[::1",
    "comment.example.evil.example",
    "x" * 3000,
]


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host[:30])
def test_an_unknown_host_is_refused_in_the_sites_look_and_not_repeated(client, site, host):
    for target in ("/", "/about", "/nowhere/", "/2016/10/a-post.html"):
        response = ask(client, target, HTTP_HOST=host)
        assert response.status_code == 400
        assert is_in_our_look(response)
        assert not host or host.encode() not in response.content
        assert "Location" not in response


PATHS = [
    "/",
    "/page/2/",
    "/2016/10/a-post.html",
    "/category/world/",
    "/tag/oil/",
    "/author/ann/",
    "/archives/",
    "/authors/",
    "/2016/",
    "/2016/10/",
    "/on-this-day/",
    "/on-this-day/10-04/",
    "/popular/",
    "/search/",
    "/about/",
    "/feed/",
    "/feed/json/",
    "/sitemap.xml",
    "/robots.txt",
    "/livez",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_takes_nothing_in_and_says_which_methods_it_knows(client, site, path):
    client.handler.enforce_csrf_checks = True
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X" * 50):
        response = ask(client, path, method, CONTENT_TYPE="application/x-www-form-urlencoded")
        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD"
        assert is_in_our_look(response)


@pytest.mark.parametrize("path", PATHS)
def test_head_says_what_get_says_without_the_page(client, site, path):
    for _ in range(2):  # made, and finished
        get, head = ask(client, path), ask(client, path, "HEAD")
        assert head.status_code == get.status_code
        assert head.content == b""
        assert without_its_second(head) == without_its_second(get)


def without_its_second(response):
    """The headers, less the moment of the look: the two may have been asked for in different seconds."""
    return {name: value for name, value in response.headers.items() if name != "X-Accel-Expires"}


HEADERS = {
    "labels that are none": {"HTTP_IF_NONE_MATCH": 'W/"", "\x01, *junk, """'},
    "a label of 8 kB": {"HTTP_IF_NONE_MATCH": '"' + "x" * 8000 + '"'},
    "a date that is none": {"HTTP_IF_MODIFIED_SINCE": "yesterday, or so"},
    "a date out of range": {"HTTP_IF_MODIFIED_SINCE": "Mon, 99 Foo 99999 99:99:99 GMT"},
    "a date before all": {"HTTP_IF_UNMODIFIED_SINCE": "Thu, 01 Jan 1970 00:00:00 GMT"},
    "no encoding": {"HTTP_ACCEPT_ENCODING": "gzip;q=0, identity"},
    "odd encodings": {"HTTP_ACCEPT_ENCODING": ";;q=;, gzip;q=x, br;;"},
    "a range": {"HTTP_RANGE": "bytes=0-10"},
    "an impossible range": {"HTTP_RANGE": "bytes=99999999999999999999-1,-,x"},
    "languages": {"HTTP_ACCEPT_LANGUAGE": "x" * 5000},
    "what it accepts": {"HTTP_ACCEPT": "*/*;q=\x7f"},
    "a referrer": {"HTTP_REFERER": "http://[::1"},
    "a forwarded address": {"HTTP_X_FORWARDED_FOR": "', DROP TABLE"},
    "a forwarded host": {"HTTP_X_FORWARDED_HOST": "evil.example"},
    "a long agent": {"HTTP_USER_AGENT": "\xff" * 8000},
    "a content length": {"CONTENT_LENGTH": "-1"},
    "a content length in words": {"CONTENT_LENGTH": "many"},
    "cookies": {"HTTP_COOKIE": "=;;; a=b=c; \xff=\xfe; csrftoken="},
    "a session that is none": {"HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}=nobody"},
    "a session that no database holds": {
        "HTTP_COOKIE": f'{settings.SESSION_COOKIE_NAME}="abcdefgh\\000ijkl"'
    },
    "a message that is none": {"HTTP_COOKIE": "messages=x; csrftoken=\x01"},
}


@pytest.mark.parametrize("name", HEADERS)
def test_odd_headers_do_no_harm(client, site, name):
    for path, status in (("/", 200), ("/2016/10/a-post.html", 200), ("/feed/", 200), ("/nowhere/", 404)):
        response = ask(client, path, **HEADERS[name])
        assert response.status_code == status
        assert b"evil.example" not in response.content


def test_who_refuses_gzip_is_given_none(client, site):
    assert ask(client, "/", HTTP_ACCEPT_ENCODING="deflate, gzip;q=0.5")["Content-Encoding"] == "gzip"
    for refusal in ("gzip;q=0", "gzip; q=0.000, compress", "deflate, GZIP;Q=0", "identity", "xgzip"):
        assert "Content-Encoding" not in ask(client, "/", HTTP_ACCEPT_ENCODING=refusal)


def test_a_form_without_its_token_is_refused_in_the_sites_look(client, site):
    client.handler.enforce_csrf_checks = True
    response = ask(client, "/admin/login/", "POST")
    assert response.status_code == 403
    assert is_in_our_look(response)


def test_not_found_is_not_remembered_by_caches(client, site):
    assert "max-age=0" in ask(client, "/2016/10/coming-soon.html")["Cache-Control"]


def test_a_redirect_never_leaves_the_site(client, site):
    foreign = [target for target in NOT_FOUND if "evil" in target]
    for target in [*foreign, *(target for target, _ in LED_ON)]:
        for slashes in ("/", "/\\"):
            location = ask(client, slashes + target).headers.get("Location", "/")
            assert urlsplit(location)[:2] == ("", ""), location
            assert location[:1] == "/", location
            assert location[:2] not in ("//", "/\\"), location


@pytest.mark.urls(__name__)
def test_a_fault_of_ours_is_said_in_the_sites_look(client, site):
    response = ask(client, "/fails/")
    assert response.status_code == 500
    assert b"Something went wrong" in response.content
    assert b"ZeroDivision" not in response.content


def test_without_a_database_readers_are_told_so(client):
    """pytest-django lets no test without its mark reach the database: so here there is none."""
    response = ask(client, "/")
    html = LexborHTMLParser(response.content.decode())
    assert response.status_code == 500
    assert html.css_first("h1").text() == "Something went wrong here"
    assert html.css_first("link[rel=stylesheet]")
    assert html.css_first("main a").attributes["href"] == "/"
