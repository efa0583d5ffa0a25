"""Looking at links to other sites: only what is public is asked, one site at a time, and what was found is kept."""

import http.server
import socket
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from informed_comment import outward
from posts import outgoing, publishing, visiting
from posts.models import OutgoingLink
from posts.visiting import Answer
from tests.factories import make_post


class Site(http.server.BaseHTTPRequestHandler):
    """A small site with every kind of answer; remembers what it was asked."""

    asked = []
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        Site.asked.append((self.command, self.headers["Host"], self.path))
        name = self.path.strip("/").partition("?")[0]
        if name == "slow":
            threading.Event().wait(3)
        if name == "circle":
            return self.answer(302, Location="/circle")
        if name in PLACES:
            return self.answer(302, Location=PLACES[name])
        if name == "head" and self.command == "GET":
            return self.answer(200)
        return self.answer({"head": 405, "gone": 410, "none": 404, "broken": 503}.get(name, 200))

    do_HEAD = do_GET

    def answer(self, status, **headers):
        self.send_response(status)
        for header, value in ({"Content-Length": "0", "Connection": "close"} | headers).items():
            self.send_header(header, value)
        self.end_headers()

    def log_message(self, *args):
        pass


PLACES = {
    "moved": "http://other.example/here",
    "inward": "http://127.0.0.1/admin/",
    "metadata": "http://169.254.169.254/latest/",
    "file": "file:///etc/passwd",
    "port": "http://site.example:5432/",
}


@pytest.fixture
def site():
    """The site, under the names site.example and other.example; any other host is looked up in earnest."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Site.asked = []

    def find(host, port):
        if host.endswith(".example"):
            return server.server_address
        return outward.whereabouts(host, port)

    yield lambda path: visiting.visit(f"http://site.example/{path}", find=find)
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "status"), [("", 200), ("gone", 410), ("none", 404), ("broken", 503), ("head", 200)]
)
def test_what_the_site_says_is_what_is_found(site, path, status):
    assert site(path) == Answer(status)
    assert Site.asked[0] == ("HEAD", "site.example", f"/{path}")
    assert len(Site.asked) <= 2


def test_an_odd_path_is_asked_for_as_it_is_meant(site):
    assert site("a b/ü?q=1 2").status == 200
    assert Site.asked[0][2] == "/a%20b/%C3%BC?q=1%202"


def test_a_redirect_is_followed_to_its_end(site):
    assert site("moved") == Answer(200)
    assert [host for _, host, _ in Site.asked] == ["site.example", "other.example"]


@pytest.mark.parametrize("path", ["inward", "metadata", "file", "port"])
def test_a_redirect_leads_nobody_inside(site, path):
    answer = site(path)
    assert answer.is_never
    assert answer.trouble
    assert len(Site.asked) == 1


def test_a_circle_ends(site):
    assert site("circle").trouble == "It leads in a circle."
    assert len(Site.asked) == outward.MOST_REDIRECTS + 1


def test_a_site_that_keeps_one_waiting_is_left(site, monkeypatch):
    monkeypatch.setattr(visiting, "SECONDS_IN_ALL", 0.2)
    assert site("slow").status is None


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *(
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
        ),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1"),
    ],
)
def test_an_address_that_is_not_public_is_never_asked(address):
    assert not outward.is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_a_public_address_is(address):
    assert outward.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://[::1]/", "http://localhost/"),
        *(
            "http://127.0.0.1:5432/",
            "ftp://example.org/",
            "http://user:word@127.0.0.1/",
            "http:///",
            "http://[",
            "//x/",
        ),
        "http://" + "a" * 300 + ".example/",
    ],
)
def test_no_trick_reaches_this_machine(url):
    """Whoever tried to connect to 127.0.0.1 would find the listener below."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        assert visiting.visit(url).status is None
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_one_name_with_a_private_address_among_public_ones_is_refused(monkeypatch):
    both = [(socket.AF_INET, 1, 6, "", (address, 80)) for address in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: both)
    assert visiting.visit("http://both.example/").is_never


TEXT = (
    '<p><a href="https://a.example/1">1</a> <a href="https://a.example/1#part">1</a> <a href="https://a.example/2">2</a>'
    '<a href="http://b.example/">b</a> <a href="/archives/">own</a> <a href="mailto:ada@example.org">mail</a></p>'
)


@pytest.mark.django_db
def test_links_are_asked_for_once_and_again_when_the_answer_is_old(settings):
    settings.CHECK_OUTGOING_LINKS = True
    assert outgoing.ask(TEXT) == 3
    assert outgoing.ask(TEXT) == 3  # nobody has looked yet
    assert sorted(OutgoingLink.objects.values_list("url", "host")) == [
        ("http://b.example/", "b.example"),
        ("https://a.example/1", "a.example"),
        ("https://a.example/2", "a.example"),
    ]
    OutgoingLink.objects.update(checked_at=timezone.now(), status=200)
    assert outgoing.ask(TEXT) == 0
    OutgoingLink.objects.filter(host="b.example").update(checked_at=timezone.now() - timedelta(days=8))
    assert outgoing.ask(TEXT) == 1


@pytest.mark.django_db
def test_switched_off_nothing_is_asked():
    assert outgoing.ask(TEXT) == 0
    assert not OutgoingLink.objects.exists()


@pytest.mark.django_db
def test_a_site_is_asked_one_thing_at_a_time_and_remembers_since_when_it_fails(settings):
    settings.CHECK_OUTGOING_LINKS = True
    outgoing.ask(TEXT)
    asked = []

    def visit(url):
        asked.append(url)
        return Answer(trouble="the site cannot be reached")

    outgoing.look_at("a.example", visit=visit, pause=0)
    assert asked == ["https://a.example/1", "https://a.example/2"]
    first = OutgoingLink.objects.get(url=asked[0])
    assert first.trouble == "the site cannot be reached"
    assert not first.is_dead
    OutgoingLink.objects.update(checked_at=timezone.now() - timedelta(hours=7))
    outgoing.look_at("a.example", visit=visit, pause=0)
    again = OutgoingLink.objects.get(url=asked[0])
    assert again.first_failed_at == first.first_failed_at
    OutgoingLink.objects.update(checked_at=timezone.now() - timedelta(days=8))
    outgoing.look_at("a.example", visit=lambda url: Answer(200), pause=0)
    assert OutgoingLink.objects.get(url=asked[0]).first_failed_at is None


@pytest.mark.django_db(transaction=True)
def test_the_worker_looks_at_what_a_saved_post_links_to(settings, work):
    settings.CHECK_OUTGOING_LINKS = True
    post = make_post(body='<p><a href="http://10.0.0.1/">in</a> <a href="http://localhost/x">in</a></p>')
    publishing.save(post)
    work()
    assert OutgoingLink.objects.filter(is_never=True).count() == 2
