"""An import as a row: killed and gone on with, stopped, looked at first, uploaded, done by the worker."""

import gzip
import random
import re
import zipfile

import pytest

from authors.models import Author
from images.models import Image
from informed_comment.models import Redirect
from pages.models import Page
from posts.models import Category, Filing, FrontSlot, Post, ReaderComment, Revision, TaggedPost
from posts.states import rehearsal
from tests.wordpress.parts import HEAD, category, filed, item, meta, upload
from wordpress.importer import import_files
from wordpress.models import Imported, Move, MoveKey, MoveLater
from wordpress.moving import course, receiving, telling
from wordpress.taking import texts

pytestmark = pytest.mark.django_db

TAIL = "</channel></rss>"


class Killed(BaseException):
    """As by kill -9: nothing of what the process had in mind is kept."""


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr("wordpress.taking.texts.BATCH", 2)
    monkeypatch.setattr("wordpress.taking.first_reading.ITEMS_AT_ONCE", 3)
    monkeypatch.setattr("wordpress.taking.first_reading.BATCH", 2)
    monkeypatch.setattr("wordpress.taking.later.PAGES", 1)


def comment(number, text, parent=0):
    return (
        f"<wp:comment><wp:comment_id>{number}</wp:comment_id><wp:comment_author>Ann</wp:comment_author>"
        f"<wp:comment_date_gmt>2010-05-05 10:00:00</wp:comment_date_gmt><wp:comment_content>{text}"
        f"</wp:comment_content><wp:comment_approved>1</wp:comment_approved><wp:comment_parent>{parent}"
        "</wp:comment_parent></wp:comment>"
    )


def varied():
    """Items of every kind, with what makes one depend on another, and something to be told of many of them."""
    yield category("world", "World") + category("iran", "Iran", parent="world")
    yield item(90, kind="wp_block", slug="again", body="<p>Said again</p>")
    for number in range(1, 14):
        yield item(
            number,
            slug=f"post-{number}",
            title=f"Post {number}",
            body=f'See <a href="/2010/05/post-{14 - number}/">that</a> \x08 <!-- wp:block {{"ref":90}} /-->',
            dc__creator=f"writer-{number % 3}",
            wp__is_sticky=int(number == 5),
            extra=filed("category", "iran", "Iran")
            + filed("post_tag", f"t{number % 4}", f"T{number % 4}")
            + meta("_thumbnail_id", 100 + number)
            + comment(number * 10, "First")
            + comment(number * 10 + 1, "Second", number * 10),
        )
    yield upload(103, url="https://old.example/wp-content/uploads/a.jpg", parent=40)
    yield upload(107, url="https://old.example/wp-content/uploads/b.jpg", parent=3)
    yield upload(107, url="https://old.example/wp-content/uploads/c.jpg", parent=3).replace(
        "file-107", "other"
    )
    yield item(31, kind="page", slug="child", wp__post_parent=32)
    yield item(33, kind="page", slug="grandchild", wp__post_parent=31)
    yield item(32, kind="page", slug="parent")
    yield item(34, kind="page", slug="lost", wp__post_parent=999)
    yield item(35, kind="page", slug="circle", wp__post_parent=36)
    yield item(36, kind="page", slug="round", wp__post_parent=35)
    yield item(40, slug="late", title="Late")
    yield item(40, slug="twin", title="Another with its id")
    yield item(41, kind="thing", slug="thing")
    yield item(42, slug="bin", status="auto-draft")


def everything():
    """What an import makes, ids and moments of writing left out."""
    many = {
        "authors": Author.objects.values_list("name", "slug"),
        "categories": Category.objects.values_list("path", "name"),
        "images": Image.objects.values_list("source_url", "title"),
        "posts": Post.objects.values_list(
            "permalink",
            "title",
            "body",
            "status",
            "published_at",
            "feed_id",
            "word_count",
            "lead_image__source_url",
        ).exclude(feed_id=None),
        "filings": Filing.objects.values_list("post__slug", "category__path", "is_direct"),
        "tags": TaggedPost.objects.values_list("content_object__slug", "tag__slug"),
        "pages": Page.objects.values_list("path", "title", "body", "is_published"),
        "redirects": Redirect.objects.values_list("path", "target"),
        "revisions": Revision.objects.values_list("post__slug", "deed"),
        "comments": ReaderComment.objects.values_list("post__slug", "name", "text", "parent__text"),
        "front": FrontSlot.objects.values_list("post__slug", "place"),
        "imported": Imported.objects.values_list(
            "source", "kind", "key", "address", "parent", "status_there"
        ),
    }
    hide = re.compile(r"urn:uuid:[-0-9a-f]+")
    return {name: sorted(hide.sub("", repr(row)) for row in rows) for name, rows in many.items()}


def told(report):
    return list(report.lines())


def parts_in(tmp_path, how):
    """The same items as one file, in three that refer to one another, packed, and in a zip of several."""
    parts = list(varied())
    whole = HEAD + "".join(parts) + TAIL
    if how == "one":
        (tmp_path / "old.xml").write_text(whole)
        return [tmp_path / "old.xml"]
    if how == "gz":
        (tmp_path / "old.xml.gz").write_bytes(gzip.compress(whole.encode()))
        return [tmp_path / "old.xml.gz"]
    thirds = [HEAD + "".join(parts[start::3]) + TAIL for start in range(3)]
    if how == "zip":
        with zipfile.ZipFile(tmp_path / "old.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for number, text in enumerate(thirds):
                archive.writestr(f"part/{number}.xml", text)
        return [tmp_path / "old.zip"]
    for number, text in enumerate(thirds):
        (tmp_path / f"{number}.xml").write_text(text)
    return [tmp_path / f"{number}.xml" for number in range(3)]


@pytest.mark.parametrize("how", ["one", "several", "gz", "zip"])
def test_killed_after_every_batch_it_ends_as_without(tmp_path, small_batches, how):
    paths = parts_in(tmp_path, how)
    with rehearsal():
        whole, expected = told(import_files(paths)), everything()
    assert any("Another with its id" in row for row in expected["posts"])
    assert not Post.objects.exists()

    def die(move):
        raise Killed

    move = course.start(receiving.receive(paths), is_for_workers=False)
    deaths = 0
    while Move.objects.under_way().exists():
        with pytest.raises(Killed):
            course.work(move.pk, progress=die)
        deaths += 1
    assert deaths > 20
    assert everything() == expected
    move.refresh_from_db()
    assert told(telling.report_of(move)) == whole
    assert not MoveKey.objects.exists()
    assert not MoveLater.objects.exists()


def test_what_is_done_is_not_converted_again(tmp_path, small_batches, monkeypatch):
    paths = parts_in(tmp_path, "one")
    asked = random.Random(6)

    def die(move):
        if move.phase == Move.Phase.TEXTS and move.done > 5 and asked.random() < 0.5:
            raise Killed

    with pytest.raises(Killed):
        import_files(paths, progress=die)
    done = Post.objects.count()
    assert done
    convert, read = texts.plan_post, []
    monkeypatch.setattr(
        texts, "plan_post", lambda run, item, *rest: read.append(item.id) or convert(run, item, *rest)
    )
    assert not course.work(Move.objects.get().pk)
    assert 0 < len(read) == Post.objects.count() - done
