"""Proving a move: what does not lead where it led, or does not show what stood there, is found and told."""

import csv
import gzip
import http.server
import io
import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from informed_comment import redirects
from informed_comment.models import Redirect
from pages.models import Page
from posts import publishing
from posts.models import Post
from tests.factories import make_post
from tests.wordpress.parts import item
from wordpress.proof.asking import OverHttp
from wordpress.proof.given import addresses, kind_of
from wordpress.proof.words import in_source, on_page

pytestmark = pytest.mark.django_db
LONG = " ".join(f"word{n}" for n in range(60))
PICTURES = '<img src="https://x.example/a.jpg"><img src="https://x.example/b.jpg">'


def verified(*files, **options):
    """(what the command said, whether it ended well)."""
    out = io.StringIO()
    try:
        call_command("verify_permalinks", *map(str, files), stdout=out, **options)
    except CommandError as error:
        return f"{out.getvalue()}{error}", False
    return out.getvalue(), True


def test_an_address_that_leads_home_is_counted_and_one_that_is_lost_is_named(take, tmp_path):
    take(item(body=LONG))
    said, is_well = verified(tmp_path / "old.xml")
    assert is_well
    assert "1 of 1 addresses lead where they led: 0 directly, the others by one redirect." in said
    Redirect.objects.all().delete()
    Post.objects.update(slug="elsewhere")
    said, is_well = verified(tmp_path / "old.xml")
    assert not is_well
    assert "Nothing answers (1):\n  old.xml line" in said
    assert "/2010/05/title/ answers 404" in said


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda post: {"title": "Something else"}, "Another title (1)"),
        (lambda post: {"body": ""}, "lacks 60 of 60 words"),
        (
            lambda post: {"body": post.body.replace("word7 word8 word9 word10 word11 word12", "")},
            "lacks 6 of 60",
        ),
        (
            lambda post: {"body": post.body.replace(post.body[post.body.index("<figure") :], "")},
            "lacks 2 of 2 pictures",
        ),
        (lambda post: {"published_at": post.published_at - timedelta(days=40)}, "Another date (1)"),
        (lambda post: {"body": post.body.replace("word7 word8", "")}, ""),
    ],
)
def test_a_page_that_is_not_what_stood_there_is_told(take, tmp_path, change, words):
    take(item(body=f"{LONG}\n\n{PICTURES}"))
    post = Post.objects.get()
    Post.objects.filter(pk=post.pk).update(**change(post))
    said, is_well = verified(tmp_path / "old.xml")
    assert is_well == (not words)
    assert words in said
    if not words:
        assert "shows 2 pictures as links" in said


def test_a_post_that_was_withdrawn_here_or_lies_elsewhere_is_told(take, tmp_path):
    take(item(), item(2, slug="two", title="Two"))
    first, second = Post.objects.order_by("pk")
    publishing.withdraw(first)
    redirects.lead("/2010/05/title/", second.permalink)
    said, is_well = verified(tmp_path / "old.xml")
    assert not is_well
    assert "/2010/05/title/ has not come in, or is not public here" in said


def test_what_readers_must_not_see_is_asked_for_too(take, tmp_path):
    later = (timezone.now() + timedelta(days=9)).strftime("%Y-%m-%d %H:%M:%S")
    take(
        item(1, status="draft", slug="", link="https://old.example/?p=1", title="A draft"),
        item(2, status="private", slug="secret", title="A secret"),
        item(3, status="trash", slug="thrown", title="Thrown away"),
        item(4, slug="locked", title="Locked", wp__post_password="x"),
        item(5, status="future", slug="later", title="Later", wp__post_date_gmt=later),
        item(6, status="future", slug="due", title="Due"),
        item(7),
    )
    said, is_well = verified(tmp_path / "old.xml")
    assert is_well, said
    assert "6 of 6 addresses that readers must not see are closed to them." in said
    assert "Was to come out later, and has (1)" in said
    for post in Post.objects.filter(title__in=["A secret", "Locked"]):
        post.published_at = timezone.now() - timedelta(days=1)
        publishing.publish(post)
        redirects.lead(f"/2010/05/{post.slug}/", post.permalink)
    said, is_well = verified(tmp_path / "old.xml")
    assert not is_well
    assert "Readers see what they must not see (2)" in said
    assert "is with a password there, and readers see it at" in said


def test_where_this_site_has_a_page_of_its_own_what_came_in_is_named(take, tmp_path, client):
    report = take(
        item(1, kind="page", slug="archives", title="Archives", link="https://old.example/archives/")
    )
    assert client.get("/archives-2/").status_code == 200
    assert any("it stands at /archives-2/" in str(problem) for problem in report.problems)
    said, is_well = verified(tmp_path / "old.xml")
    assert is_well
    assert "/archives/ is a page of this site's own; what stood there is at /archives-2/" in said
    Page.objects.update(is_published=False)
    assert not verified(tmp_path / "old.xml")[1]


def test_the_running_site_is_asked_over_http_and_every_address_is_listed(
    transactional_db, take, tmp_path, live_server
):
    take(item(body=LONG), item(2, slug="two", title="=Two"), item(3, slug="three", title="Three"))
    post = Post.objects.get(title="Three")
    Redirect.objects.filter(target=post.permalink).delete()
    publishing.withdraw(post)
    said, is_well = verified(tmp_path / "old.xml", site=live_server.url, list=tmp_path / "all.csv")
    assert not is_well
    assert "2 of 3 addresses lead where they led" in said
    rows = list(csv.DictReader((tmp_path / "all.csv").read_text("utf-8-sig").splitlines()))
    assert [(row["address"], row["status"], row["fault"]) for row in rows] == [
        ("/2010/05/title/", "200", ""),
        ("/2010/05/two/", "200", ""),
        ("/2010/05/three/", "404", "missing"),
    ]


class Site(http.server.BaseHTTPRequestHandler):
    """Answers every address as its name says."""

    protocol_version = "HTTP/1.1"
    busy = 0

    def do_GET(self):
        status, headers, body = 200, {}, b"<h1>x</h1>"
        name = self.path.strip("/")
        if name in ("two", "one"):
            status, headers = 301, {"Location": {"two": "/one", "one": "/end"}[name]}
        elif name == "now":
            status, headers = 302, {"Location": "/end"}
        elif name == "off":
            status, headers = 301, {"Location": "https://elsewhere.example/"}
        elif name == "circle":
            status, headers = 301, {"Location": "/circle"}
        elif name == "busy" and not Site.busy:
            Site.busy, status, headers = 1, 503, {"Retry-After": "0"}
        elif name == "none":
            status = 404
        elif name == "cut":
            self.close_connection = True
            return
        self.send_response(status)
        for header, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def site():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_steps_circles_and_broken_connections_are_told_apart(site, tmp_path):
    listed = tmp_path / "list.txt"
    listed.write_text(
        "/one\n/two\n/now\n/off\n/circle\n/none\n/busy\nhttps://old.example/end?utm_source=x\n/cut\n"
    )
    out = tmp_path / "all.csv"
    said, _is_well = verified(listed, site=site, list=out)
    found = {row["address"]: row["fault"] for row in csv.DictReader(out.read_text("utf-8-sig").splitlines())}
    assert found == {
        "/one": "",
        "/two": "steps",
        "/now": "for now",
        "/off": "elsewhere",
        "/circle": "lost",
        "/none": "lost",
        "/busy": "",
        "/end": "",
        "/cut": "lost",
    }
    assert "leads off the site, to https://elsewhere.example/" in said
    assert "3 of 9 addresses" in said


def test_nobody_there_is_told_for_every_address():
    asking = OverHttp("http://127.0.0.1:9", connections=1)
    assert "gets no answer" in asking.ask(["/a"])[0].trouble
    asking.close()


SITEMAP = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'


def test_sitemaps_are_read_with_those_they_name_packed_or_not(tmp_path):
    one = SITEMAP.format(
        "<url><loc>https://old.example/2010/05/a/?x=1</loc></url><url><loc> /?p=7 </loc></url>"
    )
    (tmp_path / "posts-1.xml").write_text(one)
    with gzip.open(tmp_path / "posts-2.xml.gz", "wt") as packed:
        packed.write(SITEMAP.format("<url><loc>https://old.example/caf%C3%A9/</loc></url>"))
    index = tmp_path / "index.xml"
    index.write_text(
        "<sitemapindex><sitemap><loc>https://old.example/posts-1.xml</loc></sitemap>"
        "<sitemap><loc>https://old.example/posts-2.xml.gz</loc></sitemap>"
        "<sitemap><loc>https://old.example/index.xml</loc></sitemap></sitemapindex>"
    )
    assert [one.path for one in addresses([index])] == ["/2010/05/a/", "/?p=7", "/caf%C3%A9/"]
    index.write_text("<sitemapindex><sitemap><loc>https://x/gone.xml</loc></sitemap></sitemapindex>")
    assert "Save it in the same folder" in verified(index)[0]
    index.write_text('<!DOCTYPE x [<!ENTITY a "b">]><urlset><url><loc>&a;</loc></url></urlset>')
    assert "DOCTYPE" in verified(index)[0]
    index.write_text("<urlset><url><loc>/a/</loc></url><url>")
    assert "cannot be read beyond line 1" in verified(index)[0]


def test_a_log_gives_what_worked_most_asked_first_and_no_nonsense(tmp_path):
    def line(path, status=200, method="GET"):
        return (
            f'9.9.9.9 - - [01/Jan/2024:00:00:00 +0000] "{method} {path} HTTP/1.1" {status} 9 "-" "Mozilla"\n'
        )

    log = tmp_path / "access.log.gz"
    with gzip.open(log, "wb") as packed:
        text = "".join(
            [
                line("/2010/05/a/"),
                *[line("/2010/05/b/?utm_source=x", 304)] * 3,
                line("/2010/05/c/", 404),
                line("/2010/05/a/", 200, "POST"),
                line("/wp-login.php"),
                line("/.env"),
                line("/wp-content/uploads/a.jpg"),
                line("/?p=12&fbclid=1", 301),
                "garbage\n",
                '"GET ',
                "\x00\xff\n",
                line("/" + "a" * 9000),
            ]
        )
        packed.write(text.encode("latin-1"))
    assert kind_of(log) == "log"
    found = [(one.path, one.hits) for one in addresses([log])]
    assert found == [("/2010/05/b/", 3), ("/2010/05/a/", 1), ("/?p=12", 1)]
    assert ("/wp-content/uploads/a.jpg", 1) in [
        (one.path, one.hits) for one in addresses([log], has_files=True)
    ]
    assert "asked for 3 times: /2010/05/b/ answers 404" in verified(log)[0]


def test_a_file_that_holds_no_addresses_is_refused_or_said_to_hold_none(take, tmp_path):
    take()
    assert verified(tmp_path / "old.xml") == (
        "The files hold no addresses that readers could have known.\n",
        True,
    )
    (tmp_path / "x.txt").write_text("Dear reader")
    assert not verified(tmp_path / "x.txt")[1]
    assert not verified(tmp_path / "not-there.xml")[1]


def test_words_are_compared_as_readers_see_them(client):
    body = (
        "<!-- wp:paragraph --><p>It&#8217;s <b>H</b>ello [caption id=1]a bridge[/caption] [1]</p><script>no()</script>"
        '<img class="wp-smiley" src="/x.png"><img src="/y.png"><noscript><img src="/y.png"></noscript>'
    )
    seen = in_source(body)
    assert set(seen.words) == {"it", "s", "hello", "a", "bridge", "1"}
    assert seen.pictures == 1
    post = make_post(body="<ul><li>One</li><li>Two</li></ul>", title="A <b> title")
    shown = on_page(client.get(post.permalink).content)
    assert (shown.title, set(shown.words)) == ("A <b> title", {"one", "two"})
    assert on_page(b"<p>nothing</p>").title == ""
