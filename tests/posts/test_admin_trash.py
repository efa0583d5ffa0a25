"""The trash: a post goes in from any status and comes out as it was; only from there is anything deleted."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from informed_comment.models import Redirect
from posts import publishing
from posts.models import FrontSlot, Post
from tests.factories import make_author, make_category, make_post, make_slot, make_user
from tests.posts.test_admin_post import change, form

pytestmark = pytest.mark.django_db
LIST = "/admin/posts/post/"
STATUSES = {
    "draft": {"status": "draft", "published_at": None},
    "in review": {"status": "in_review", "published_at": None},
    "published": {},
    "scheduled": {"published_at": timezone.now() + timedelta(days=3)},
    "withdrawn": {"status": "withdrawn"},
}


@pytest.fixture
def editor(client):
    client.force_login(make_user(group="Editor", first_name="Chief"))
    return client


def thrown_away(client, **fields):
    post = make_post(**fields)
    client.post(change(post), form(post, deed="trash", bylines=[line.author for line in post.bylines.all()]))
    post.refresh_from_db()
    assert post.status == "trashed"
    return post


def untrash(post):
    return reverse("admin:posts_post_untrash", args=[post.pk])


def delete(post):
    return reverse("admin:posts_post_delete", args=[post.pk])


@pytest.mark.parametrize("status", STATUSES)
def test_a_post_goes_in_from_any_status_and_comes_out_as_it_was(editor, status):
    fields = STATUSES[status]
    post = make_post(title="Rivers", tags=["Iran"], categories=[make_category()], **fields)
    before = Post.objects.values("status", "published_at", "permalink", "slug", "body").get(pk=post.pk)
    publishing.trash(post)
    revisions = post.revisions.count()
    editor.post(untrash(post))
    assert Post.objects.values(*before).get(pk=post.pk) == before
    post.refresh_from_db()
    assert [tag.name for tag in post.tags.all()] == ["Iran"]
    assert post.revisions.count() == revisions + 1


def test_readers_lose_a_post_that_is_thrown_away_and_find_it_again_at_its_address(editor, client):
    post = thrown_away(editor)
    assert client.get(post.permalink).status_code == 404
    assert post.permalink not in client.get("/feed/").content.decode()
    said = editor.post(untrash(post), follow=True).content.decode()
    assert "Readers see it again at its old address" in said
    assert client.get(post.permalink).status_code == 200
    assert post.permalink in client.get("/feed/").content.decode()


def test_the_button_says_what_readers_would_notice(editor):
    assert "Take off the site and move to trash" in editor.get(change(make_post())).content.decode()
    draft = make_post(status="draft", published_at=None)
    page = editor.get(change(draft)).content.decode()
    assert "Move to trash" in page
    assert "Take off the site" not in page


def test_what_is_typed_goes_into_the_trash_with_the_post(editor):
    post = make_post(status="draft", published_at=None)
    editor.post(change(post), form(post, deed="trash", body="<p>Typed last.</p>"))
    post.refresh_from_db()
    assert (post.status, post.body) == ("trashed", "<p>Typed last.</p>")


def test_a_post_in_the_trash_is_read_and_not_changed(editor):
    post = thrown_away(editor, body="<p>Old words.</p>")
    page = editor.get(change(post)).content.decode()
    assert "thrown away by Chief" in page
    assert f"readers see it again at {post.permalink}" in page
    assert "Old words." in page
    assert 'name="_deed"' not in page
    assert editor.post(change(post), form(post, body="<p>New.</p>")).status_code == 403


def test_its_places_on_the_front_page_end(editor):
    post = make_post()
    make_slot(post, ends_in=1)
    make_slot(post, "first", starts_in=48)
    publishing.trash(post)
    assert not FrontSlot.objects.not_gone().exists()


def test_lists_and_counts_leave_the_trash_out_and_its_own_list_shows_it(editor):
    author, section = make_author(name="Nadia Own"), make_category("Rivers")
    post = make_post(title="Thrown one", authors=[author], categories=[section], tags=["Iran"])
    make_post(title="Kept one", authors=[author], categories=[section], tags=["Iran"])
    publishing.trash(post)
    for query in ("", "?q=one", "?mine=yes", f"?category={section.pk}", "?status=published"):
        assert "Thrown one" not in editor.get(LIST + query).content.decode(), query
    trash = editor.get(f"{LIST}?status=trashed").content.decode()
    assert "Thrown one" in trash
    assert "Kept one" not in trash
    assert "Thrown one" in editor.get(f"{LIST}?status=trashed&q=thrown").content.decode()
    for screen in ("posts_category", "posts_tag", "authors_author"):
        assert ">1</a>" in editor.get(reverse(f"admin:{screen}_changelist")).content.decode(), screen
    assert "Thrown one" not in editor.get("/admin/").content.decode()
    wanted = {"app_label": "posts", "model_name": "frontslot", "field_name": "post", "term": "one"}
    found = editor.get(reverse("admin:autocomplete"), wanted).json()["results"]
    assert [one["text"] for one in found] == ["Kept one"]


def test_an_author_throws_away_and_takes_back_what_they_are_writing_and_nothing_else(client):
    user = make_user(group="Author")
    client.force_login(user)
    own = thrown_away(client, status="draft", published_at=None, created_by=user)
    assert "Take from trash" in client.get(change(own)).content.decode()
    client.post(untrash(own))
    own.refresh_from_db()
    assert own.status == "draft"
    out, foreign = make_post(created_by=user), make_post(status="draft", published_at=None)
    assert client.post(change(out), form(out, deed="trash")).status_code == 403
    publishing.trash(out)
    publishing.trash(foreign)
    assert client.post(untrash(out)).status_code == 403
    assert client.post(untrash(foreign)).status_code == 404
    assert client.get(delete(own)).status_code == 403


def test_only_what_is_in_the_trash_is_deleted_and_a_page_says_what_goes(editor):
    post = make_post(title="Rivers")
    assert editor.get(delete(post)).status_code == 403
    assert editor.post(delete(post), {"post": "yes"}).status_code == 403
    publishing.trash(post)
    Redirect.objects.create(path="/old.html", target=post.permalink)
    page = editor.get(delete(post)).content.decode()
    assert "Delete “Rivers” for good?" in page
    assert "1 revision<" in page
    assert post.permalink in page
    editor.post(delete(post), {"post": "yes"})
    assert not Post.objects.exists()
    assert not Redirect.objects.exists()


def test_who_was_too_late_to_delete_deletes_nothing(editor):
    post = thrown_away(editor)
    editor.post(untrash(post))
    assert editor.post(delete(post), {"post": "yes"}).status_code == 403
    said = editor.post(untrash(post), follow=True).content.decode()
    assert "somebody has taken it out" in said
    assert Post.objects.get().status == "published"


def test_no_action_of_the_list_deletes(editor):
    post = make_post()
    editor.post(LIST, {"action": "delete_selected", "_selected_action": [post.pk], "post": "yes"})
    assert Post.objects.exists()


@pytest.mark.parametrize("screen", ["change", "delete"])
def test_the_screens_cost_no_more_than_any(editor, screen, django_assert_max_num_queries):
    post = thrown_away(editor, tags=["Iran"], categories=[make_category() for _ in range(3)], authors=5)
    editor.get(
        reverse("admin:posts_post_change", args=[post.pk])
    )  # content types are looked up once a process
    with django_assert_max_num_queries(24):
        assert editor.get(reverse(f"admin:posts_post_{screen}", args=[post.pk])).status_code == 200
