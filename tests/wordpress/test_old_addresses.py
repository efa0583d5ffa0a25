"""Old addresses of an export: each leads to today's in one step, and a command finds those that do not."""

import pytest

from images.models import Document, Image
from posts.models import Post
from tests.factories import make_page, make_picture
from tests.wordpress.parts import HEAD, category, filed, item, meta, upload
from wordpress.importer import import_files

pytestmark = pytest.mark.django_db


def test_old_addresses_lead_to_the_post_in_one_step(take, client):
    take(
        upload(parent=1),
        item(extra=meta("_wp_old_slug", "older")),
        item(2, kind="page", slug="about", link="https://old.example/about-us/"),
    )
    post = Post.objects.get()
    for path in ("/2010/05/title/", "/2010/05/title", "/?p=1", "/2010/05/older/", "/2010/05/file-9/"):
        response = client.get(path)
        assert (response.status_code, response.headers["Location"]) == (301, post.permalink)
    assert client.get("/?page_id=2").headers["Location"] == "/about/"
    assert client.get("/about-us/").headers["Location"] == "/about/"


def test_an_address_that_another_page_has_is_told_and_one_made_of_an_id_is_nobody_elses(take):
    make_page(slug="about")
    report = take(
        item(2, kind="page", slug="about", link="https://old.example/about/"),
        item(3, link="https://old.example/?p=3"),
        item(4, kind="page", slug="archives", link="https://old.example/archives/"),
    )
    assert [problem.message for problem in report.problems] == [
        "/about/ is another page's here; it stands at /about-2/",
        "its old address /archives/ is one of this site's own; it stands at /archives-2/",
    ]


def test_the_addresses_of_authors_and_sections_lead_to_theirs(take, client):
    take(
        "<wp:author><wp:author_id>4</wp:author_id><wp:author_login>a.da</wp:author_login>"
        "<wp:author_display_name>Ada</wp:author_display_name></wp:author>",
        category("world", "World"),
        category("iran", "Iran", parent="world"),
        item(dc__creator="a.da", extra=filed("category", "iran", "Iran")),
    )
    assert client.get("/author/a-da/").status_code == 200
    assert client.get("/?author=4").headers["Location"] == "/author/a-da/"
    assert client.get("/category/iran/").headers["Location"] == "/category/world/iran/"


def test_ids_and_addresses_used_twice_lose_no_post(take, client):
    report = take(
        item(1, title="One", slug="one"),
        item(1, title="Two", slug="two", link="https://old.example/2010/05/one/"),
        item(3, title="Three", slug="one"),
    )
    assert report.did("new") == 3
    posts = {post.title: post.permalink for post in Post.objects.all()}
    assert set(posts.values()) == {"/2010/05/one.html", "/2010/05/two.html", "/2010/05/one-2.html"}
    assert client.get("/?p=1").headers["Location"] == posts["One"]
    assert client.get("/2010/05/one/").headers["Location"] == posts["One"]
    assert take(item(1, title="One", slug="one"), item(1, title="Two", slug="two")).did("unchanged") == 2


def test_the_second_page_of_a_post_or_page_that_was_cut_leads_to_the_whole(take, client):
    take(
        item(1, body="a<!--nextpage-->b", link="https://old.example/2010/05/04/title/"),
        item(2, wp__post_type="page", slug="cut", body="a<!--nextpage-->b", link="https://old.example/cut/"),
    )
    whole = Post.objects.get().permalink
    for address in (f"{whole}/2/", f"{whole}/2", "/2010/05/04/title/2/"):
        assert client.get(address).headers["Location"] == whole
    assert client.get("/cut/2/").headers["Location"] == "/cut/"
    for address in ("/2010/05/other.html/2/", "/uncut/2/", "/cut/two/"):
        assert client.get(address).status_code == 404


def test_a_permalink_pattern_with_the_post_id_is_obeyed(take, settings):
    settings.PERMALINK_PATTERN = "/archive/%post_id%/"
    take(item())
    post = Post.objects.get()
    assert post.permalink == f"/archive/{post.pk}/"


def test_uploads_are_found_at_their_old_addresses_in_any_size(take, client, tmp_path):
    folder = tmp_path / "uploads" / "2010" / "05"
    folder.mkdir(parents=True)
    (folder / "bridge.jpg").write_bytes(make_picture())
    (folder / "paper.pdf").write_bytes(b"%PDF-1.4 text")
    base = "/wp-content/uploads/2010/05"
    take(
        upload(9),
        upload(10, url=f"https://old.example{base}/paper.pdf"),
        upload(11, url=f"https://old.example{base}/not-there.jpg"),
        folder=tmp_path / "uploads",
    )
    image, paper = Image.objects.with_file().get(), Document.objects.get()
    for name in ("bridge.jpg", "bridge-300x200.jpg", "bridge-scaled.jpg", "bridge-300x200.jpg?resize=1"):
        assert client.get(f"{base}/{name}")["Location"] == image.file.url
    assert client.get(f"{base}/paper.pdf")["Location"] == paper.file.url
    for path in ("/2010/05/file-9/", "/?attachment_id=9"):
        assert client.get(path)["Location"] == image.file.url
    for path in (f"{base}/not-there.jpg", "/2010/05/file-11/", f"{base}/2010/05/", "/?attachment_id=11"):
        assert client.get(path).status_code == 404


def test_attachments_lead_to_the_post_they_belong_to(take, client):
    take(upload(9, parent=1), item(1))
    post = Post.objects.get()
    for path in ("/2010/05/file-9/", "/?attachment_id=9"):
        assert client.get(path)["Location"] == post.permalink


def test_a_site_that_stood_in_a_folder_is_found_below_it(tmp_path, client):
    path = tmp_path / "old.xml"
    head = HEAD.replace("https://old.example", "https://old.example/my-blog")
    path.write_text(f"{head}{item(link='https://old.example/my-blog/2010/05/title/')}</channel></rss>")
    for _ in range(2):
        import_files([path])
    post = Post.objects.get()
    for address in ("/my-blog/2010/05/title/", "/my-blog/?p=1", "/my-blog/title/"):
        assert client.get(address)["Location"] == post.permalink
    assert client.get("/my-blog/feed/")["Location"] == "/feed/"
    assert client.get("/my-blog/2010/05/")["Location"] == "/2010/05/"
    assert client.get("/my-blog/")["Location"] == "/"
