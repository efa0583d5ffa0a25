"""Uploads: the library's records, their files, and the bodies that point to them."""

import pytest

from images.models import Document, Image
from posts.models import Post
from tests.factories import make_picture
from tests.wordpress.parts import item, meta, odd, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "uploads" / "2010" / "05").mkdir(parents=True)
    return tmp_path / "uploads"


def test_uploads_find_their_files_and_bodies_point_to_the_library(take, folder):
    (folder / "2010/05/bridge.jpg").write_bytes(make_picture())
    (folder / "2010/05/paper.pdf").write_bytes(b"%PDF-1.4 text")
    body = (
        '<a href="https://old.example/wp-content/uploads/2010/05/paper.pdf">paper</a>\n\n'
        '<img src="http://www.old.example/wp-content/uploads/2010/05/bridge-300x200.jpg" alt="A bridge">\n\n'
        '<a href="https://old.example/2011/01/other/">other</a>'
    )
    report = take(
        upload(9, extra="<excerpt:encoded>Under it</excerpt:encoded>"),
        upload(10, url="https://old.example/wp-content/uploads/2010/05/paper.pdf"),
        item(body=body),
        folder=folder,
    )
    image, paper = Image.objects.get(), Document.objects.get()
    assert (image.width, image.caption, paper.mime_type) == (1200, "Under it", "application/pdf")
    found = Post.objects.get().body
    assert f'data-image="{image.pk}"' in found
    assert f'<a href="{paper.file.url}">paper</a>' in found
    assert '<a href="/2011/01/other/">other</a>' in found
    assert not report.missing_files


def test_a_file_found_later_completes_the_record_and_shows_in_the_post(take, folder, client):
    parts = upload(), item(body='<img src="/wp-content/uploads/2010/05/bridge.jpg" alt="">')
    report = take(*parts)
    image = Image.objects.get()
    assert list(report.missing_files) == ["https://old.example/wp-content/uploads/2010/05/bridge.jpg"]
    assert f'data-image="{image.pk}"' in Post.objects.get().body
    (folder / "2010/05/bridge.jpg").write_bytes(make_picture())
    foretold = take(*parts, folder=folder, is_dry_run=True)
    assert foretold.items["attachment/inherit", "changed"] == 1
    report = take(*parts, folder=folder)
    image.refresh_from_db()
    assert image.file
    assert image.file.url in client.get(Post.objects.get().permalink).content.decode()
    assert report.items["post/publish", "unchanged"] == 1


def test_a_picture_the_export_does_not_list_is_taken_into_the_library(take, folder):
    (folder / "2010/05/unlisted.jpg").write_bytes(make_picture())
    body = '<img src="https://old.example/wp-content/uploads/2010/05/unlisted-150x150.jpg"><img src="https://x.example/a.jpg">'
    report = take(item(body=body), folder=folder)
    image = Image.objects.get()
    assert image.source_url == "https://old.example/wp-content/uploads/2010/05/unlisted.jpg"
    assert f'data-image="{image.pk}"' in Post.objects.get().body
    assert report.notes["picture on another site, shown as a link"] == 1
    assert take(item(body=body), folder=folder).did("unchanged") == 1


def test_pictures_the_export_does_not_list_are_missed_by_their_own_name(take):
    body = (
        '<img src="/wp-content/uploads/a.jpg"><img src="../b.jpg"><img src="/wp-includes/images/smile.gif">'
    )
    report = take(item(body=body))
    uploads = "https://old.example/wp-content/uploads/a.jpg"
    assert list(report.missing_files) == [uploads, "https://old.example/2010/05/b.jpg"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("bridge.jpg", b"no picture", "cannot be read as a picture"),
        ("bridge.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        ("page.html", b"<script>", "not kept"),
    ],
)
def test_files_that_may_not_be_kept_leave_a_record_without_a_file(take, folder, name, content, words):
    (folder / "2010/05" / name).write_bytes(content)
    parts = (upload(url=f"https://old.example/wp-content/uploads/2010/05/{name}"),)
    report = take(*parts, folder=folder)
    assert words in odd(report)
    assert [bool(kept.file) for kept in (*Image.objects.all(), *Document.objects.all())] == [False]
    assert take(*parts, folder=folder).did("unchanged") == 1


def test_nothing_outside_the_folder_is_opened(take, folder):
    (folder.parent / "secret.jpg").write_bytes(make_picture())
    (folder / "2010/05/link.jpg").symlink_to(folder.parent / "secret.jpg")
    report = take(
        upload(1, url="https://old.example/wp-content/uploads/../secret.jpg"),
        upload(2, url="https://old.example/wp-content/uploads/2010/05/link.jpg"),
        upload(3, url="https://old.example/wp-content/uploads/%2e%2e/secret.jpg"),
        upload(4, extra=meta("_wp_attached_file", "../secret.jpg")),
        upload(5, url="gopher://x"),
        item(
            6,
            body='<img src="/wp-content/uploads/a%00.jpg"><img src="http://[x/a.jpg"><a href="http://[y">z</a>',
        ),
        folder=folder,
    )
    assert not Image.objects.with_file().exists()
    assert Image.objects.count() == 5
    assert report.is_whole


def test_galleries_footnotes_and_reused_blocks_are_filled(take):
    take(
        upload(9, parent=1),
        item(4, kind="wp_block", body="<!-- wp:paragraph --><p>Reused</p><!-- /wp:paragraph -->"),
        item(1, body="[gallery]"),
        item(
            2,
            slug="b",
            body='<!-- wp:block {"ref":4} /--><p>Text<sup data-fn="a">1</sup></p><!-- wp:footnotes /-->',
            extra=meta("footnotes", '[{"id":"a","content":"A note"}]'),
        ),
        item(3, slug="c", extra=meta("footnotes", "not JSON")),
    )
    first, second = Post.objects.order_by("id")[:2]
    assert '<figure class="gallery"><figure class="image"><img' in first.body
    assert f'data-image="{Image.objects.get().pk}"' in first.body
    assert second.body == '<p>Reused</p>\n<p>Text<span class="footnote">A note</span></p>'


def test_pictures_found_later_that_are_the_same_are_one_file(take, folder):
    parts = upload(9), upload(10, url="https://old.example/wp-content/uploads/2010/05/copy.jpg")
    take(*parts)
    for name in ("bridge.jpg", "copy.jpg"):
        (folder / "2010/05" / name).write_bytes(make_picture())
    take(*parts, folder=folder)
    first, copy = Image.objects.order_by("pk")
    assert first.file.name == copy.file.name
    assert (copy.width, copy.size) == (first.width, first.size)
