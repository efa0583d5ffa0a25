"""What a post was on the old site that it cannot be here: told to editors and kept, so that it can be given back."""

from datetime import UTC, datetime

import pytest

from posts import publishing
from posts.models import Post
from tests.wordpress.parts import item, meta
from wordpress.models import Imported

pytestmark = pytest.mark.django_db


def thrown_away(number=1, *, was="publish", slug="title__trashed", **fields):
    extra = (
        meta("_wp_trash_meta_status", was)
        + meta("_wp_trash_meta_time", "1273060800")
        + meta("_wp_desired_post_slug", "title")
    )
    return item(number, status="trash", slug=slug, extra=extra, **fields)


def test_a_post_of_the_trash_lies_in_the_trash_and_can_be_taken_out_as_it_was(take, client):
    take(thrown_away())
    post = Post.objects.get()
    assert (post.status, post.trashed_from) == ("trashed", "published")
    assert post.trashed_at == datetime(2010, 5, 5, 12, tzinfo=UTC)
    assert client.get("/2010/05/title.html").status_code == 404
    publishing.take_from_trash(post)
    assert client.get("/2010/05/title.html").status_code == 200
    assert post.status == "published"


@pytest.mark.parametrize(
    ("was", "fields", "kept"),
    [
        ("draft", {}, "draft"),
        ("pending", {}, "in_review"),
        ("private", {}, "draft"),
        ("publish", {"wp__post_password": "x"}, "draft"),
        ("publish", {"wp__post_date": "0000-00-00 00:00:00", "wp__post_date_gmt": ""}, "draft"),
        ("", {}, "draft"),
    ],
)
def test_what_was_not_public_before_it_was_thrown_away_is_not_public_after(take, was, fields, kept):
    take(thrown_away(was=was, **fields))
    assert Post.objects.get().trashed_from == kept


def test_thrown_away_there_after_it_came_in_it_is_thrown_away_here(take, client):
    take(item(wp__is_sticky=1))
    take(thrown_away())
    post = Post.objects.get()
    assert (post.status, post.trashed_from, post.permalink) == ("trashed", "published", "/2010/05/title.html")
    assert client.get("/2010/05/title.html").status_code == 404
    assert not post.front_slots.not_gone().exists()
    assert take(thrown_away()).did("unchanged") == 1
    take(item())
    assert client.get("/2010/05/title.html").status_code == 200


def test_two_of_the_trash_do_not_fight_for_an_address_and_one_address_may_have_an_id(take, settings):
    take(thrown_away(1), thrown_away(2), item(3))
    assert len(set(Post.objects.values_list("permalink", flat=True))) == 3
    settings.PERMALINK_PATTERN = "/%year%/%post_id%/%postname%/"
    take(thrown_away(4))
    post = Post.objects.latest("pk")
    assert post.permalink == f"/2010/{post.pk}/title/"


@pytest.mark.parametrize(
    ("status", "password", "words"),
    [
        ("private", "", "Private there, a draft here"),
        ("publish", "open sesame", "Behind a password there, a draft here"),
        ("acme-idea", "", "Of the status acme-idea there, a draft here"),
        ("publish", "", ""),
    ],
)
def test_editors_and_the_report_are_told_what_a_draft_was(take, status, password, words):
    report = take(item(status=status, wp__post_password=password))
    assert Post.objects.get().revisions.get().name == words
    assert any(words.lower() in line.lower() for line in report.lines())
    row = Imported.objects.get(kind="post")
    assert (row.status_there, row.password_there) == (status, password)


def test_what_is_told_of_a_draft_follows_the_source(take):
    take(item(status="private"))
    take(item(status="draft", body="More"))
    assert Imported.objects.get(kind="post").status_there == "draft"
