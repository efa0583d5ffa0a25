"""Links from one text to another: after an import they lead straight to today's addresses."""

import pytest
from django.core.files.base import ContentFile

from images.models import Image
from informed_comment.models import Redirect
from posts import states
from posts.models import Post
from tests.wordpress.parts import category, filed, item, upload
from wordpress.models import Imported

pytestmark = pytest.mark.django_db


def first_body():
    return Post.objects.get(slug="first").body


def first(*links):
    return item(1, slug="first", body="".join(f'<p><a href="{link}">x</a></p>' for link in links))


def test_links_to_old_addresses_lead_to_todays_and_keep_their_fragment(take):
    take(
        category("world", "World"),
        category("iran", "Iran", parent="world"),
        upload(9, parent=2),
        first(
            "http://www.old.example/2010/05/second/#note",
            "/2010/05/second",
            "https://old.example/?p=2",
            "https://old.example/?page_id=3#x",
            "https://old.example/category/iran/",
            "https://old.example/2010/05/file-9/",
            "https://old.example/2010/05/second/?replytocom=4#respond",
        ),
        item(2, slug="second", extra=filed("category", "iran", "Iran")),
        item(3, kind="page", slug="about", link="https://old.example/about-us/"),
    )
    here = "/2010/05/second.html"
    assert [link for link in first_body().split('"') if link.startswith("/")] == [
        f"{here}#note", here, here, "/about/#x", "/category/world/iran/", here, f"{here}#respond",
    ]  # fmt: skip


def test_links_elsewhere_to_nothing_and_in_shown_code_stay(take):
    body = (
        '<p><a href="https://other.example/2010/05/second/">a</a> <a href="#x">b</a> <a href="/gone/">c</a> '
        '<code>href="/2010/05/second/"</code></p>'
    )
    take(item(1, slug="first", body=body), item(2, slug="second"))
    assert first_body() == body


def test_a_link_to_what_comes_in_later_is_led_there_then(take):
    take(first("https://old.example/2010/05/second/"))
    assert 'href="/2010/05/second/"' in first_body()
    take(first("https://old.example/2010/05/second/"), item(2, slug="second"))
    assert 'href="/2010/05/second.html"' in first_body()


def test_links_led_anew_are_no_change_made_here(take):
    parts = [first("https://old.example/2010/05/second/"), item(2, slug="second")]
    take(*parts)
    post = Post.objects.get(slug="first")
    row = Imported.objects.get(post=post)
    assert post.updated_at == row.written_at == row.links_at
    assert post.revisions.get().state == states.state_of(post)
    assert take(*parts).did("unchanged") == 2
    assert 'href="/2010/05/second.html"' in first_body()
    assert take(first("https://old.example/?p=2"), parts[1]).did("changed") == 1


def test_a_text_edited_here_keeps_its_links(take):
    take(first("/2010/05/second/"))
    post = Post.objects.get()
    post.save()
    take(first("/2010/05/second/"), item(2, slug="second"))
    assert 'href="/2010/05/second/"' in first_body()
    assert Redirect.objects.filter(path="/2010/05/second/").exists()


def test_a_link_to_an_upload_leads_to_the_librarys_file_once_it_is_there(take):
    parts = [upload(9), first("https://old.example/wp-content/uploads/2010/05/bridge-300x200.jpg")]
    take(*parts)
    assert "old.example/wp-content" in first_body()
    image = Image.objects.get()
    image.file.save("bridge.jpg", ContentFile(b"x"), save=False)
    Image.objects.filter(pk=image.pk).update(file=image.file.name)
    take(*parts)
    assert f'href="{image.file.url}"' in first_body()


def test_links_that_begin_at_their_page_or_go_by_the_cdn_are_links_within_the_site(take):
    cdn = "https://i0.wp.com/old.example/wp-content/uploads/2010/05/bridge.jpg?resize=300%2C200&amp;ssl=1"
    take(upload(9), first("../second/", "//www.old.example/2010/05/second/", cdn), item(2, slug="second"))
    plain = "https://old.example/wp-content/uploads/2010/05/bridge.jpg"
    assert [link for link in first_body().split('"') if "/" in link and "<" not in link] == [
        "/2010/05/second.html",
        "/2010/05/second.html",
        plain,
    ]


def test_the_names_the_site_had_before_count_as_its_own(take):
    take(
        first("https://older.example/2010/05/second/"),
        item(2, slug="second", guid="https://older.example/?p=2"),
    )
    assert 'href="/2010/05/second.html"' in first_body()
