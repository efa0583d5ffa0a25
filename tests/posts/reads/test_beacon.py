"""`/read/`, from the request to the count."""

import json

import pytest
from django.conf import settings as site
from django.test import Client

from posts.models import ReadDay, ReadTotal
from posts.reads import admitting, beacon, readers
from posts.reads.waiting import Buffer
from tests.factories import make_post

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def counted(monkeypatch):
    """Posts 7 and 8, which nobody has read yet; gives what the database says of them by now."""
    buffer = Buffer(every=0)
    monkeypatch.setattr(beacon, "buffer", buffer)
    for number in (7, 8):
        make_post(pk=number)

    def counts():
        assert buffer.write()
        return dict(ReadTotal.objects.values_list("post", "reads"))

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


@pytest.mark.parametrize(
    ("body", "source"),
    [
        ("post=7&from=news.example.org", "sites"),
        ("post=7&from=newsletter", "newsletter"),
        ("post=7&from=ours", "ours"),
        ("post=7&from=", "direct"),
        ('{"post": 7, "from": "google.de"}', "search"),
        ('{"from": "t.co", "post": "7"}', "social"),
        ("post=7&from=localhost%3A8000", "direct"),
        ("post=7&from=%3Cscript%3E", "direct"),
        ("post=7&from=%ff%fe", "direct"),
        ("post=7&from=b\xfccher.example", "direct"),
        ("post=7&from=" + "x." * 120 + "example", "direct"),
        ('{"post": 7, "from": {"host": "t.co"}}', "direct"),
        ('{"post": 7, "from": null}', "direct"),
    ],
)
def test_where_a_reader_came_from_is_told(send, body, source):
    assert send(body) == {7: 1}
    day = ReadDay.objects.get()
    assert getattr(day, source) == 1


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
            '{"post": true}',
            '{"post": 7.0}',
            '{"post": "7a"}',
            '{"post": -7}',
            '{"posts": 7}',
            "7",
            "[" * 399,
            "post=7&from=a&from=b",
            "post=7&from=a b",
        ),
        *("\x00\xff", "post=7" + " " * 400, json.dumps({"post": 10**300}), "x" * 1_000_000),
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


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_only_post_counts(send, method):
    assert send(method=method) == {}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH"])
def test_what_no_page_of_ours_knows_is_refused_and_does_not_count(client, counted, method):
    answer = client.generic(method, "/read/", "post=7", content_type=FORM, headers={"user-agent": FIREFOX})
    assert answer.status_code == 405
    assert counted() == {}


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
    for n in range(readers.A_CROWD + 5):
        seen = send(user_agent=f"{FIREFOX} {n}")
    assert seen == {7: readers.A_CROWD}
    assert send(address="192.0.2.2") == {7: readers.A_CROWD + 1}


def test_a_household_is_one_address_and_its_town_one_neighbourhood(send, monkeypatch):
    monkeypatch.setattr(admitting, "A_NEIGHBOURHOOD", 3)
    assert send(address="2001:db8:0:1::5") == {7: 1}
    assert send(address="2001:db8:0:1:ffff::9") == {7: 1}
    assert send(address="2001:db8:0:2::9") == {7: 2}
    send(address="2001:db8:0:3::9")
    assert send(address="2001:db8:0:4::9") == {7: 3}
    assert send(address="2001:db8:1:4::9") == {7: 4}
    assert send("post=8", address="2001:db8:0:4::9") == {7: 4, 8: 1}


def test_the_script_of_the_beacon_is_about_a_kilobyte():
    assert len((site.BASE_DIR / "static/js/read.js").read_bytes()) <= 1100


def test_pages_for_staff_and_for_nobody_to_read_send_nothing(client, admin_client):
    post = make_post()
    mark = f'<meta name="post" content="{post.pk}">'
    page = client.get(post.get_absolute_url()).content.decode()
    assert mark in page
    assert "js/read" in page
    for other in (admin_client.get(post.get_absolute_url()), client.get("/archives/")):
        assert "js/read" not in other.content.decode()
        assert '<meta name="post"' not in other.content.decode()
