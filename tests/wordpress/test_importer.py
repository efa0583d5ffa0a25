"""Taking an export in: what becomes public, and what each post brings along."""

from datetime import UTC, datetime, timedelta
from html import escape

import pytest
import time_machine
from django.utils import timezone

from pages.models import Page
from posts import front, states
from posts.models import FrontSlot, Post
from tests.wordpress.parts import category, filed, item, meta, odd, upload

pytestmark = pytest.mark.django_db


def test_a_post_comes_in_with_all_that_belongs_to_it(take):
    take(
        category("world", "World"),
        category("iran", "Iran", parent="world"),
        upload(extra=meta("_wp_attachment_image_alt", "A bridge")),
        item(
            title="The <em>bridge</em> &amp; the river",
            body="One\n\ntwo",
            wp__is_sticky="1",
            extra=filed("category", "iran", "Iran")
            + filed("post_tag", "oil", "Oil")
            + filed("author", "cap-ada", "Ada L.")
            + filed("author", "ben", "Ben")
            + meta("_thumbnail_id", "9")
            + meta("_yoast_wpseo_title", "For search")
            + meta("_yoast_wpseo_metadesc", "%%excerpt%%")
            + "<excerpt:encoded><![CDATA[<b>In short</b>]]></excerpt:encoded>",
        ),
    )
    post = Post.objects.get()
    assert (post.title, post.slug, post.standfirst) == ("The bridge & the river", "title", "In short")
    assert post.body == "<p>One</p>\n<p>two</p>"
    assert post.published_at == datetime(2010, 5, 4, 12, tzinfo=UTC)
    assert (post.status, post.language) == ("published", "en")
    assert (post.seo_title, post.seo_description) == ("For search", "")
    assert (post.lead_image.alt, post.lead_image.file.name) == ("A bridge", "")
    assert [line.author.name for line in post.bylines.all()] == ["Ada L.", "Ben"]
    assert [(row.category.path, row.is_direct) for row in post.filings.all()] == [
        ("world/iran", True),
        ("world", False),
    ]
    assert [tag.name for tag in post.tags.all()] == ["Oil"]
    assert post.word_count == 2
    assert post.updated_at == post.published_at
    assert post.revisions.get().state == states.state_of(post)


def test_feeds_go_on_calling_a_post_what_the_old_site_called_it(take, client):
    take(item(guid="https://old.example/?p=1"), item(2, slug="other"))
    known, unknown = (Post.objects.get(slug=slug).feed_id for slug in ("title", "other"))
    assert known == "https://old.example/?p=1"
    assert unknown.startswith("urn:uuid:")
    assert b'<guid isPermaLink="false">https://old.example/?p=1</guid>' in client.get("/feed/").content


@pytest.mark.parametrize(
    ("canonical", "kept"),
    [
        ("https://www.quarterly.example/tides", "https://www.quarterly.example/tides"),
        ("https://www.old.example/2010/05/title/", ""),
        ("/2010/05/title/", ""),
        ("https://[quarterly", ""),
    ],
)
def test_a_post_search_engines_were_led_away_from_came_out_elsewhere(take, canonical, kept):
    take(item(extra=meta("_yoast_wpseo_canonical", canonical)))
    assert Post.objects.get().original_url == kept


@pytest.mark.parametrize(
    ("status", "password", "kept"),
    [
        ("publish", "", "published"),
        ("publish", "secret", "draft"),
        ("private", "", "draft"),
        ("draft", "", "draft"),
        ("pending", "", "in_review"),
        ("some-plugin", "", "draft"),
        ("", "", "draft"),
        ("trash", "", "trashed"),
        ("auto-draft", "", None),
        ("inherit", "", None),
    ],
)
def test_only_what_was_public_there_is_public_here(take, client, status, password, kept):
    report = take(
        item(1, status=status, wp__post_password=password),
        item(
            2,
            kind="page",
            slug="about",
            status=status,
            link="https://old.example/about/",
            wp__post_password=password,
        ),
    )
    assert [post.status for post in Post.objects.all()] == ([kept] if kept else [])
    assert [page.is_published for page in Page.objects.all()] == (
        [kept == "published"] if kept not in (None, "trashed") else []
    )
    assert Post.objects.published().count() == (kept == "published")
    codes = [client.get(path, follow=True).status_code for path in ("/2010/05/title/", "/about/")]
    assert codes == ([200, 200] if kept == "published" else [404, 404])
    assert sum(report.items.values()) == 2


def test_the_newest_sticky_post_leads_the_front_page_until_an_editor_arranges_it(take):
    sticky = [
        item(n, slug=f"s{n}", wp__is_sticky="1", wp__post_date_gmt=f"201{n}-05-04 12:00:00") for n in (1, 2)
    ]
    take(*sticky, item(3, slug="s3", wp__post_date_gmt="2013-05-04 12:00:00"))
    slot = FrontSlot.objects.running().get()
    assert (slot.place, slot.post.slug) == ("lead", "s2")
    front.take_off(slot)
    FrontSlot.objects.create(place="lead", post=Post.objects.get(slug="s3"))
    take(*sticky)
    assert FrontSlot.objects.running().get().post.slug == "s3"


def test_a_future_post_waits_for_its_time(take, client):
    soon = timezone.now() + timedelta(hours=3)
    take(item(status="future", wp__post_date_gmt=f"{soon:%Y-%m-%d %H:%M:%S}"))
    path = Post.objects.get().permalink
    assert client.get(path).status_code == 404
    with time_machine.travel(soon + timedelta(seconds=2)):
        assert client.get(path).status_code == 200


def test_what_is_not_taken_is_counted(take):
    comment = "<wp:comment><wp:comment_id>1</wp:comment_id><wp:comment_approved>0</wp:comment_approved></wp:comment>"
    report = take(
        item(1, extra=comment + filed("topics", "x", "X")),
        item(2, kind="nav_menu_item"),
        "<wp:term><wp:term_id>1</wp:term_id><wp:term_taxonomy>topics</wp:term_taxonomy></wp:term>",
    )
    assert report.not_taken == {
        "comments waiting for approval there": 1,
        "filings under topics": 1,
        "terms of topics": 1,
    }
    assert report.items["nav_menu_item/publish", "skipped"] == 1
    assert Post.objects.count() == 1


def test_a_plugins_own_type_is_taken_as_posts_or_pages_when_asked(take):
    take(item(1, kind="news"), item(2, kind="service", slug="b"), types={"news": "post", "service": "page"})
    assert (Post.objects.count(), Page.objects.count()) == (1, 1)


def test_a_post_without_title_body_date_or_slug_comes_in_all_the_same(take, client):
    report = take(
        item(
            5,
            title="",
            body="",
            slug="",
            wp__post_date=None,
            wp__post_date_gmt=None,
            link="https://old.example/?p=5",
        )
    )
    post = Post.objects.get()
    assert post.title == "Untitled"
    assert client.get("/?p=5").headers["Location"] == post.permalink
    assert client.get(post.permalink).status_code == 200
    assert "published without a date" in odd(report)


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("Short &amp; <b>plain</b>.", "Short & plain."),
        ("one two " * 20, "one two one two one two one two one two one two one two one…"),
        ("w" * 90, "w" * 60),
    ],
)
def test_what_was_public_without_a_title_is_known_by_its_first_words(take, client, body, title):
    take(item(title="", body=body))
    post = Post.objects.get()
    assert post.title == title
    assert f"<title>{escape(title)} |" in client.get(post.permalink).text


def test_a_draft_without_a_title_waits_for_one(take):
    take(item(title="", status="draft"))
    assert Post.objects.get().title == ""


def test_the_blogs_own_time_counts_where_the_file_has_no_other(take, settings):
    settings.TIME_ZONE = "America/New_York"
    take(item(wp__post_date_gmt="0000-00-00 00:00:00"))
    assert Post.objects.get().published_at == datetime(2010, 5, 4, 12, tzinfo=UTC)


def test_no_script_comes_in(take):
    take(
        item(
            title="<script>alert(1)</script>x",
            body='<p onclick="x()">a<script>alert(1)</script></p><img src=x onerror=y>',
        )
    )
    post = Post.objects.get()
    assert "script" not in post.body
    assert "on" not in post.body.replace("src", "")
