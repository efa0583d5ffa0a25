"""Uploads fetched from the old site: into the records that lack them, politely, and from nowhere else."""

import csv
import http.server
import io
import socket
import threading
import time

import pytest
from django.core.management import CommandError, call_command
from PIL import Image as Picture

from images import keeping, renditions
from images.models import Document, Image
from informed_comment import outward
from posts.models import Post
from tests.factories import make_picture
from tests.wordpress.parts import item, upload
from wordpress.fetching import course, missing
from wordpress.fetching.courier import Courier, Limits
from wordpress.fetching.deed import fetch, lacking
from wordpress.models import Imported
from wordpress.proof.given import addresses
from wordpress.proof.old_site import gathered
from wordpress.reading.records import NotAWxr

pytestmark = pytest.mark.django_db
BASE = "https://old.example/wp-content/uploads/2010/05"
PLAIN = make_picture()


def other_picture(colour=(200, 10, 10)):
    out = io.BytesIO()
    Picture.new("RGB", (900, 600), colour).save(out, "PNG")
    return out.getvalue()


class Old(http.server.BaseHTTPRequestHandler):
    """An old site with every kind of answer; remembers what it was asked."""

    asked = []
    times = {}
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        name = self.path.rsplit("/", 1)[-1].partition("?")[0]
        Old.asked.append(
            (self.headers["Host"], self.path, self.headers.get("Range", ""), self.headers["User-Agent"])
        )
        Old.times[name] = Old.times.get(name, 0) + 1
        getattr(self, f"send_{name.partition('.')[0]}", self.send_picture)()

    def send(self, body, status=200, kind="image/jpeg", **headers):
        self.send_response(status)
        known = {"Content-Length": str(len(body)), "Content-Type": kind}
        for header, value in (
            known | {name.replace("_", "-"): value for name, value in headers.items()}
        ).items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)

    def send_picture(self):
        self.send(PLAIN)

    def send_other(self):
        self.send(other_picture(), kind="application/octet-stream")

    def send_paper(self):
        self.send(b"%PDF-1.4 text", kind="application/pdf")

    def send_gone(self):
        self.send(b"no", 404)

    def send_page(self):
        self.send(b"<!DOCTYPE html><p>Not found, but kindly", kind="text/html; charset=utf-8")

    def send_drawing(self):
        self.send(b"<svg xmlns='http://www.w3.org/2000/svg'/>", kind="image/svg+xml")

    def send_phone(self):
        self.send(b"\x00\x00\x00\x18ftypheic" + b"\x00" * 50)

    def send_broken(self):
        self.send(PLAIN[: len(PLAIN) // 2])

    def send_short(self):
        self.close_connection = True
        self.send(PLAIN[:500], Content_Length=str(len(PLAIN)))

    def send_cut(self):
        """Breaks off once; the second time it goes on where it was."""
        begins = self.headers.get("Range", "").removeprefix("bytes=").removesuffix("-")
        if Old.times["cut.png"] == 1:
            self.close_connection = True
            whole = other_picture((1, 2, 3))
            self.send(whole[:700], Content_Length=str(len(whole)), ETag='"1"')
        else:
            whole, start = other_picture((1, 2, 3)), int(begins)
            self.send(whole[start:], 206, Content_Range=f"bytes {start}-{len(whole) - 1}/{len(whole)}")

    def send_busy(self):
        if Old.times["busy.jpg"] == 1:
            self.send(b"", 429, Retry_After="2")
        else:
            self.send_picture()

    def send_moved(self):
        self.send(b"", 301, Location="https://www.old.example/elsewhere/picture.jpg")

    def send_inward(self):
        self.send(b"", 302, Location="http://127.0.0.1/secret.jpg")

    def send_astray(self):
        self.send(b"", 302, Location="https://other.example/a.jpg")

    def send_circle(self):
        self.send(b"", 302, Location="/wp-content/uploads/2010/05/circle.jpg")

    def send_endless(self):
        self.endless(pause=0)

    def send_slow(self):
        self.endless(pause=0.05)

    def endless(self, pause):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            while True:
                part = b"x" * (10 if pause else 60_000)
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
                time.sleep(pause)
        except OSError:
            self.close_connection = True

    def send_index(self):
        names = "".join(
            f"<sitemap><loc>{name}</loc></sitemap>"
            for name in (
                "https://old.example/posts.xml",
                "https://old.example/index.xml",
                "https://x.example/a.xml",
            )
        )
        self.send(f"<sitemapindex>{names}</sitemapindex>".encode(), kind="text/xml")

    def send_posts(self):
        self.send(b"<urlset><url><loc>https://old.example/2010/05/a/</loc></url></urlset>", kind="text/xml")

    def log_message(self, *args):
        pass


@pytest.fixture
def courier():
    """Couriers to the old site at old.example, without https; any other host is looked up in earnest."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Old)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Old.asked, Old.times = [], {}

    def find(host, port):
        if host.endswith("old.example"):
            if port == 443:
                raise ConnectionRefusedError
            return server.server_address
        return outward.whereabouts(host, port)

    yield lambda hosts, **options: Courier(hosts, find=find, **options)
    server.shutdown()
    server.server_close()


@pytest.fixture
def old(courier):
    def fetched(hosts=("old.example",), *, slept=None, file_bytes=3_000_000, file_seconds=20, **options):
        sleep = slept.append if slept is not None else lambda _seconds: None
        limits = Limits(file_bytes=file_bytes, file_seconds=file_seconds, pause=0)
        return fetch(hosts, courier=courier(hosts, limits=limits, sleep=sleep), **options)

    return fetched


def reasons():
    return {row.address.rsplit("/", 1)[-1]: row.trouble for row in Imported.objects.exclude(trouble="")}


def test_a_picture_shows_in_its_post_as_soon_as_it_has_come(take, old, client):
    take(
        upload(9, parent=1),
        upload(10, url=f"{BASE}/paper.pdf"),
        item(1, body=f'Text\n\n<img src="{BASE}/bridge-300x200.jpg"> <a href="{BASE}/paper.pdf">paper</a>'),
    )
    post = Post.objects.get()
    before = post.body
    assert "A picture on another site" in client.get(post.permalink).content.decode()
    done = old()
    assert (done.files, done.missing, done.is_done) == (2, 0, True)
    image, paper = Image.objects.get(), Document.objects.get()
    assert (image.width, paper.size) == (1200, 13)
    assert image.file.url in client.get(post.permalink).content.decode()
    assert client.get("/wp-content/uploads/2010/05/paper.pdf")["Location"] == paper.file.url
    post.refresh_from_db()
    assert post.body == before
    assert old().files == 0
    assert len(Old.asked) == 2
    assert "MediaMove; +http" in Old.asked[0][3]


def test_files_that_have_come_change_no_text_and_wake_no_quarrel_with_editors(take, old):
    tags = f'<a href="{BASE}/paper.pdf?a=1&amp;b=2">paper</a> <a href="{BASE}/copy-30x20.jpg">big</a>'
    many = f'<img src="{BASE}/bridge-300x200.jpg"> [audio mp3="{BASE}/song.mp3"] [playlist ids="11"]'
    parts = [
        upload(9, parent=1),
        upload(10, url=f"{BASE}/paper.pdf"),
        upload(11, url=f"{BASE}/song.mp3"),
        item(1, body=f'{tags} {many} <img src="{BASE}/copy.jpg" alt="Not listed">'),
        item(2, slug="about", kind="page", body=f"{many} {tags}"),
        item(3, slug="edited", body=f"{tags} {many}"),
    ]
    take(*parts)
    Post.objects.filter(slug="edited").update(title="Edited", updated_at="2020-01-01T00:00Z")
    assert old().missing == 0
    report = take(*parts)
    did = {word: report.did(word) for word in ("new", "changed", "kept", "skipped")}
    assert did == {"new": 0, "changed": 0, "kept": 0, "skipped": 0}
    document = Document.objects.get(source_url__endswith="paper.pdf")
    assert document.file.url in Post.objects.get(slug="title").body
    parts[3] = item(1, body=f"{tags} {many} New words")
    assert take(*parts).did("changed") == 1


def test_files_of_the_same_content_are_one_in_the_library(take, old):
    take(upload(1), upload(2, url=f"{BASE}/copy.jpg"), upload(3, url=f"{BASE}/other.png"))
    done = old()
    assert (done.files, done.duplicates) == (3, 1)
    first, copy, other = Image.objects.order_by("pk")
    assert first.file.name == copy.file.name != other.file.name
    assert other.width == 900
    renditions.make(first)
    renditions.make(copy)
    first.refresh_from_db()
    keeping.discard_image(Image.objects.get(pk=first.pk))
    renditions.remove(first.pk, keeping.files_of(first))
    copy.refresh_from_db()
    assert copy.file.storage.exists(copy.file.name)
    assert copy.file.storage.exists(copy.renditions[0]["name"])
    gone = keeping.files_of(copy)
    copy.delete()
    renditions.remove(0, gone)
    assert not first.file.storage.exists(first.file.name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gone.jpg", "the old site answers 404"),
        ("page.jpg", "sends a page in place of the file"),
        ("drawing.svg", "SVG"),
        ("phone.jpg", "HEIC"),
        ("broken.jpg", "damaged"),
        ("short.jpg", "cannot be reached"),
        ("inward.jpg", "127.0.0.1 is not among the hosts"),
        ("astray.jpg", "other.example is not among the hosts"),
        ("circle.jpg", "leads in a circle"),
        ("page.pdf", "sends a page in place of the file"),
        ("picture.exe", "are not kept"),
    ],
)
def test_what_is_no_file_for_the_library_is_listed_with_the_reason(take, old, name, words):
    take(upload(url=f"{BASE}/{name}"))
    assert old().missing == 1
    assert words in reasons()[name]
    assert lacking().count() == 1


def test_a_body_without_end_and_one_that_drips_are_left(take, old):
    take(upload(1, url=f"{BASE}/endless.jpg"), upload(2, url=f"{BASE}/slow.jpg"))
    began = time.monotonic()
    old(file_seconds=0.5, file_bytes=1_000_000)
    assert time.monotonic() - began < 3
    assert reasons() == {"endless.jpg": "is larger than 0 MB", "slow.jpg": "takes too long to come"}


def test_what_broke_off_goes_on_where_it_was_and_a_busy_site_is_waited_for(take, old):
    slept = []
    take(
        upload(1, url=f"{BASE}/cut.png"),
        upload(2, url=f"{BASE}/busy.jpg"),
        upload(3, url=f"{BASE}/moved.jpg"),
    )
    assert old(slept=slept).files == 3
    assert not reasons()
    assert [asked for _, path, asked, _ in Old.asked if "cut" in path] == ["", "bytes=700-"]
    assert 2 in slept
    assert Old.asked[-1][:2] == ("www.old.example", "/elsewhere/picture.jpg")


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "10.0.0.5",
            "169.254.169.254",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "127.1",
            "localhost",
        ),
        *("[::1]", "[::ffff:127.0.0.1]", "[fe80::1]", "[fc00::1]", "[64:ff9b::7f00:1]", "0.0.0.0"),
    ],
)
def test_no_file_comes_from_within_even_if_the_operator_names_it(take, old, host, monkeypatch):
    connected = []
    monkeypatch.setattr(socket, "create_connection", lambda place, **_: connected.append(place))
    take(upload(url=f"http://{host}/wp-content/uploads/a.jpg"))
    old([host.strip("[]")])
    assert not connected
    assert "public internet" in reasons()["a.jpg"] or "no host" in reasons()["a.jpg"]


def test_a_name_that_leads_inward_is_refused_and_hosts_not_named_are_not_asked(take, old, monkeypatch):
    inward = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 80))]
    inward += [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.168.0.9", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: inward)
    take(
        upload(1, url="http://inward.test/wp-content/uploads/a.jpg"),
        upload(2, url="http://user:pass@inward.test/wp-content/uploads/b.jpg"),
        upload(3, url="http://inward.test:8080/wp-content/uploads/c.jpg"),
        upload(4, url="http://[x/wp-content/uploads/d.jpg"),
        upload(5, url="http://unnamed.test/wp-content/uploads/e.jpg"),
    )
    old(["inward.test"])
    assert reasons() == {
        "a.jpg": "inward.test is not on the public internet",
        "b.jpg": "Nothing may lead to http://user:pass@inward.test/wp-content/uploads/b.jpg",
        "c.jpg": "Nothing may lead to port 8080",
    }
    assert not Old.asked


def test_the_sitemaps_of_the_old_site_are_fetched_from_there_and_from_nowhere_else(courier, tmp_path):
    index = gathered("https://old.example/index.xml", tmp_path, courier=courier(["old.example"]))
    assert {path for _, path, _, _ in Old.asked} == {"/index.xml", "/posts.xml"}
    with pytest.raises(NotAWxr, match="which is not beside it"):
        list(addresses([index]))
    assert [one.path for one in addresses([tmp_path / "posts.xml"])] == ["/2010/05/a/"]
    for name, words in (("gone.xml", "answers 404"), ("page.xml", "no sitemap")):
        with pytest.raises(NotAWxr, match=words):
            gathered(f"https://old.example/{name}", tmp_path, courier=courier(["old.example"]))


def test_what_is_missing_is_listed_with_the_texts_that_use_it(take, old):
    take(
        upload(9, url=f"{BASE}/gone.jpg", parent=2),
        upload(10, url="https://unnamed.example/=never.jpg"),
        item(1, body=f'<img src="{BASE}/gone.jpg">'),
        item(2, slug="two", status="draft", title="A draft"),
    )
    old()
    out = io.StringIO()
    assert missing.write(out) == 2
    rows = list(csv.reader(io.StringIO(out.getvalue())))
    assert rows[1][:3] == [f"{BASE}/gone.jpg", "“A draft” /2010/05/title.html", "the old site answers 404"]
    assert rows[2][2] == "has not been asked for"


def test_what_is_not_there_is_asked_for_again_after_a_day_or_when_told_to(take, old):
    take(upload(1, url=f"{BASE}/gone.jpg"))
    assert (old().missing, old().missing, old(is_again=True).missing) == (1, 0, 1)


def test_a_run_stops_at_its_limit_and_the_worker_goes_on_in_slices(take, old, transactional_db):
    take(*(upload(number, url=f"{BASE}/{number}.jpg") for number in range(1, 4)))
    done = old(most_bytes=10)
    assert (done.files, done.stopped_by) == (1, "0 MB have come, which was the limit")
    courier = Courier(["old.example"])
    slice_of_none = course.work(["old.example"], seconds=-1, courier=courier)
    assert not slice_of_none.is_done
    assert old().files == 2


def test_the_command_says_what_came_and_what_did_not(take, tmp_path):
    take(upload(1, url="https://x.invalid/a.jpg"))
    out = io.StringIO()
    with pytest.raises(CommandError, match="without http://"):
        call_command("fetch_media", "https://old.example/", stdout=out)
    with pytest.raises(CommandError, match="1 uploads still lack their file"):
        call_command("fetch_media", "old.example", missing=tmp_path / "missing.csv", stdout=out)
    assert "0 files came (0.0 MB)" in out.getvalue()
    assert "https://x.invalid/a.jpg" in (tmp_path / "missing.csv").read_text()
