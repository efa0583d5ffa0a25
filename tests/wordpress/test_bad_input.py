"""Files that are broken, foreign or built to do harm: each gets its line in the report, and the rest comes in."""

import contextlib
import gzip
import io
import json
import zipfile

import pytest

from authors.models import Author
from posts.models import Category, Post
from tests.wordpress.parts import HEAD, category, filed, item, meta
from wordpress import formats
from wordpress.importer import import_files
from wordpress.models import Move
from wordpress.moving import course, receiving, telling
from wordpress.reading import containers
from wordpress.reading.records import WxrError

pytestmark = pytest.mark.django_db

TAIL = "</channel></rss>"


def export(*parts):
    return (HEAD + "".join(parts) + TAIL).encode()


def zipped(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return packed.getvalue()


def many_entries():
    return zipped(**{f"{number}_dot_txt": b"" for number in range(10_001)})


BOMB = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss>&b;</rss>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>'
HUGE = export(item(2, slug="huge", body="0" * 1_000_000))
BAD = {
    "cut.xml": (
        export(item(2, slug="whole"), item(3, slug="cut"))[:-60],
        "the <item> that begins in line 8 is lost",
    ),
    "windows.xml": (
        export(item(2, slug="old", body="XX")).replace(b"XX", b"\x93old\x94"),
        "bytes that are not UTF-8 read as Windows-1252 (2 times)",
    ),
    "bomb.xml": (BOMB, "has a DOCTYPE"),
    "outside.xml": (OUTSIDE, "has a DOCTYPE"),
    "bomb.xml.gz": (gzip.compress(HUGE), "swells out of all proportion"),
    "bomb.zip": (zipped(a_dot_xml=HUGE), "swells out of all proportion"),
    "parts.zip": (
        zipped(**{f"{number}_dot_xml": export(item(9, body="0" * 60_000)) for number in range(20)}),
        "swells out of all proportion",
    ),
    "nested.zip": (zipped(inner_dot_zip=zipped(a_dot_xml=HUGE)), "packed once more; unpack it"),
    "many.zip": (many_entries(), "more than 10000 files"),
    "climbs.zip": (
        zipped(_dot__dot_____dot__dot___evil_dot_xml=b"x"),
        "This is not a WordPress export",
    ),
    "empty.xml": (b"", "The file is empty."),
    "foreign.xml": (b"<html>", "This is not a WordPress export"),
    "zero.xml": (
        export(
            item(2, slug="zero", wp__post_date="0000-00-00 00:00:00", wp__post_date_gmt="0000-00-00 00:00:00")
        ),
        "published without a date; dated today",
    ),
    "loop.xml": (
        export(
            category("a", "A", "b"),
            category("b", "B", "a"),
            item(2, slug="x", extra=filed("category", "a", "A")),
        ),
        "lies below itself",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_bad_gets_its_line_and_the_rest_comes_in(tmp_path, monkeypatch, name):
    monkeypatch.setattr("wordpress.reading.containers.ALWAYS_ALLOWED", 100_000)
    monkeypatch.setattr("wordpress.reading.containers.LARGEST_RATIO", 1)
    data, line = BAD[name]
    (tmp_path / name).write_bytes(data)
    (tmp_path / "good.xml").write_bytes(export(item(1)))
    report = import_files([tmp_path / name, tmp_path / "good.xml"])
    assert Post.objects.filter(slug="title").exists()
    assert not Post.objects.filter(slug="huge").exists()
    assert sum(line in str(told) and name in str(told) for told in report.problems) >= 1


def test_a_folder_that_is_no_export_and_a_file_that_is_gone_are_told(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "good.xml").write_bytes(export(item(1)))
    report = import_files([tmp_path / "folder", tmp_path / "gone.xml", tmp_path / "good.xml"])
    assert Post.objects.count() == 1
    assert [told.file for told in report.problems if told.kind == "broken"] == ["folder", "gone.xml"]


def test_a_file_given_twice_is_read_once(tmp_path):
    for name in ("a.xml", "b.xml"):
        (tmp_path / name).write_bytes(export(item(1)))
    report = import_files([tmp_path / "a.xml", tmp_path / "b.xml"])
    assert (report.did("new"), report.did("unchanged")) == (1, 0)
    assert str(report.problems[0]) == "b.xml: the same file as a.xml; read once"


def test_a_post_of_ten_megabytes_comes_in(take):
    report = take(item(1, body=f"{'word ' * 200}\n\n" * 10_500), item(2, slug="after"))
    assert (report.did("new"), report.is_whole) == (2, True)
    assert len(Post.objects.get(slug="title").body) > 10_000_000


def test_two_with_one_id_and_two_with_one_slug_all_come_in_once(take):
    parts = [item(1, slug="a"), item(1, slug="b"), item(2, slug="a")]
    assert take(*parts).did("new") == 3
    assert take(*parts).did("unchanged") == 3
    assert Post.objects.count() == 3


def test_cdata_split_in_two_is_one_text(take):
    take(item(body="a ]]]]><![CDATA[> b"))
    assert Post.objects.get().body == "<p>a ]]&gt; b</p>"


def test_an_author_who_does_not_exist_is_made_and_told(take):
    report = take(item(dc__creator="nobody"))
    assert Author.objects.get().name == "nobody"
    assert "  nobody" in list(report.lines())
    assert not Category.objects.exists()


def test_all_lines_of_a_long_report_are_kept_and_the_first_are_told(tmp_path):
    lines = [item(n, slug=f"s{n}", wp__post_date="0000-00-00", wp__post_date_gmt="") for n in range(1, 251)]
    (tmp_path / "old.xml").write_bytes(export(*lines))
    report = import_files([tmp_path / "old.xml"])
    move = Move.objects.get()
    assert (report.problem_count, len(report.problems)) == (250, 200)
    assert telling.lines_of(move).count() == 250
    again = telling.report_of(move)
    assert list(again.lines()) == list(report.lines())


def test_what_waits_for_the_worker_is_an_upload_of_several_files_read_from_the_database(tmp_path):
    files = [("a.xml", [export(item(1, slug="a"))]), ("b.xml.gz", [gzip.compress(export(item(2, slug="b")))])]
    move = course.start(receiving.receive_upload(files, by="Ann"), by="Ann", is_for_workers=False)
    assert not course.work(move.pk)
    move.refresh_from_db()
    assert (move.state, move.begun_by, Post.objects.count()) == ("done", "Ann", 2)


def astray():
    """A zip whose list of entries puts them before its beginning."""
    packed = bytearray(zipped(old_dot_xml=export(item(1))))
    place = packed.rindex(b"PK\x05\x06")
    packed[place + 16 : place + 20] = (
        int.from_bytes(packed[place + 16 : place + 20], "little") + 663
    ).to_bytes(4, "little")
    return bytes(packed)


@pytest.mark.parametrize(
    "data",
    [
        astray(),
        gzip.compress(export(item(1)))[:-40],
        gzip.compress(export(item(1)))[:30],
        zipped(old_dot_xml=export(item(1)))[:-30],
        b"\x1f\x8b\x08\x00",
        b"PK\x03\x04",
        b"PK\x05\x06" + b"\x00" * 18,
    ],
    ids=range(7),
)
@pytest.mark.parametrize("name", ["old.xml", "old.zip", "old.xml.gz"])
def test_a_damaged_container_is_said_to_be_damaged(tmp_path, data, name):
    path = tmp_path / name
    path.write_bytes(data)
    for system in ("", "wordpress", "ghost", "blogger", "substack", "markdown"):
        with contextlib.suppress(WxrError):
            list(formats.read(path, system=system))


def test_many_entries_share_what_may_come_out_of_a_zip(tmp_path, monkeypatch):
    monkeypatch.setattr(containers, "ALWAYS_ALLOWED", 1_000_000)
    path = tmp_path / "old.zip"
    path.write_bytes(zipped(**{f"{number}_dot_md": b"a" * 400_000 for number in range(20)}))
    with pytest.raises(WxrError, match="out of all proportion"):
        list(formats.read(path, system="markdown"))


def test_an_import_brings_no_address_that_runs(take):
    about = {
        "website": "javascript:alert(1)",
        "role": "r" * 900,
        "links": [["a", "javascript:alert(1)"], ["b", "https://b.example/"], "no pair", [1, 2, 3]],
    }
    told = json.dumps(about)
    told_of_post = json.dumps(
        {"original_url": "javascript:alert(1)", "video_url": "data:x", "licence": "L" * 900}
    )
    take(
        item(
            5,
            kind="guest-author",
            slug="ada",
            extra=meta("cap-user_login", "ada") + meta("_informed_comment_author", told),
        ),
        item(1, extra=meta("_informed_comment_post", told_of_post)),
    )
    author, post = Author.objects.get(), Post.objects.get()
    assert author.website == ""
    assert [link.url for link in author.links.all()] == ["https://b.example/"]
    assert (post.original_url, post.video_url) == ("", "")
    assert len(author.role) <= 200
    assert len(post.licence) <= 200
