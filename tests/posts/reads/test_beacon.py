"""`/read/`, from the request to the count."""

from collections import Counter

import pytest
from django.conf import settings as site
from django.test import Client

from posts.reads import beacon, readers
from posts.reads.counting import Buffer

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def counted(monkeypatch):
    """Nobody has read anything yet; gives the counts."""
    buffer = Buffer(every=0)
    monkeypatch.setattr(beacon, "buffer", buffer)
    monkeypatch.setattr(beacon, "readers", readers.Readers())

    def counts():
        found = Counter()
        for (_, post), n in buffer.counts.items():
            found[post] += n
        return dict(found)

    return counts


@pytest.fixture
def send(client, counted, django_assert_num_queries):
    """Sends a beacon as a browser does, and sees that it is answered with 204, no cookie and no query."""

    def send(body="post=7", *, content_type=FORM, method="POST", cookies=None, **headers):
        headers = {"user-agent": FIREFOX, "sec-fetch-site": "same-origin", "origin": "http://testserver"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        headers = {name: value for name, value in headers.items() if value is not None}
        address = headers.pop("address", "192.0.2.1")
        client.cookies.clear()
        client.cookies.load(cookies or {})
        with django_assert_num_queries(0):
            answer = client.generic(
                method, "/read/", body, content_type=content_type, headers=headers, REMOTE_ADDR=address
            )
        assert (answer.status_code, answer.content, answer["Cache-Control"]) == (204, b"", "no-store")
        assert not answer.cookies
        assert "Vary" not in answer
        return counted()

    return send


@pytest.mark.parametrize("body", ["post=7", b'{"post": 7}', b'{"post":"7"}', " post=7\n"])
def test_a_reader_is_counted(send, body):
    assert send(body) == {7: 1}


def test_a_reader_is_counted_once_a_post(send):
    send()
    send()
    assert send("post=8") == {7: 1, 8: 1}


def test_two_readers_are_told_apart_by_address_or_browser(send):
    send()
    send(address="192.0.2.2")
    assert send(user_agent=SAFARI) == {7: 3}


def test_the_next_day_is_another_day(send, time_machine):
    time_machine.move_to("2026-11-22T23:59Z")
    send()
    time_machine.move_to("2026-11-23T00:01Z")
    assert send() == {7: 2}


@pytest.mark.parametrize(
    "body",
    [
        *(
            "",
            "post=",
            "post=0",
            "post=-7",
            "post=7.0",
            "post=x",
            "post=1e3",
            "post=٧",
            "posts=7",
            "post=7&post=8",
        ),
        *(
            "post=9999999999999999999",
            "post=07",
            "null",
            "[7]",
            '{"post": null}',
            '{"post": [7]}',
            '{"post": 7',
        ),
        *("\x00\xff", "post=7" + " " * 300, "x" * 1_000_000),
    ],
)
def test_what_names_no_post_is_ignored(send, body):
    assert send(body) == {}


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": None, "origin": None},
        {"sec_fetch_site": None, "origin": "https://elsewhere.example"},
        {"sec_fetch_site": None, "origin": "null"},
        {"sec_fetch_site": None, "origin": "http://[broken"},
        {"sec_gpc": "1"},
        {"sec_purpose": "prefetch;prerender"},
        {"purpose": "prefetch"},
        {"user_agent": None},
        {"user_agent": ""},
        {"user_agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {
            "user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/156.0 Safari/537.36"
        },
        {"user_agent": "facebookexternalhit/1.1"},
        {"user_agent": "curl/8.5.0"},
        {"user_agent": "python-requests/2.32"},
        {"cookies": {site.SESSION_COOKIE_NAME: "k" * 32}},
    ],
)
def test_who_is_no_reader_of_ours_is_not_counted(send, headers):
    assert send(**headers) == {}


def test_an_older_browser_is_known_by_its_origin(send, settings):
    assert send(sec_fetch_site=None) == {7: 1}
    settings.SITE_URL = "https://www.example.org"
    assert send("post=8", sec_fetch_site=None, origin="https://www.example.org") == {7: 1, 8: 1}


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_only_post_counts(send, method):
    assert send(method=method) == {}


def test_a_body_that_breaks_off_is_ignored(rf, counted):
    class Gone:
        def read(self, *args):
            raise OSError("the reader has left")

    request = rf.post(
        "/read/", headers={"user-agent": FIREFOX, "sec-fetch-site": "same-origin"}, CONTENT_LENGTH="6"
    )
    request._stream = Gone()
    assert beacon.read(request).status_code == 204
    assert counted() == {}


def test_no_token_is_asked_for(counted):
    answer = Client(enforce_csrf_checks=True).post(
        "/read/",
        "post=7",
        content_type=FORM,
        headers={"user-agent": FIREFOX, "sec-fetch-site": "same-origin"},
    )
    assert answer.status_code == 204
    assert counted() == {7: 1}


def test_readers_behind_our_proxy_are_told_apart(send, settings):
    settings.TRUSTED_PROXIES = 1
    send(address="127.0.0.1", x_forwarded_for="198.51.100.1")
    assert send(address="127.0.0.1", x_forwarded_for="forged, 198.51.100.2") == {7: 2}


def test_a_flood_from_one_address_is_taken_for_a_crowd_at_most(send):
    for n in range(readers.A_CROWD + 20):
        seen = send(user_agent=f"{FIREFOX} {n}")
    assert seen == {7: readers.A_CROWD}
    assert send(address="192.0.2.2") == {7: readers.A_CROWD + 1}
