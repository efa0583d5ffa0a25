"""A post's life through its form: saved, sent to review, published, scheduled, withdrawn, and never lost."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from posts.models import Post
from tests.factories import make_author, make_category, make_post, make_user

pytestmark = pytest.mark.django_db
ADD = "/admin/posts/post/add/"


def change(post):
    return reverse("admin:posts_post_change", args=[post.pk])


def form(post=None, *, deed="save", bylines=(), **fields):
    """What the browser sends: the fields of the form as they stand, with some of them changed."""
    data = {
        "title": post.title if post else "",
        "slug": post.slug if post else "",
        "standfirst": post.standfirst if post else "",
        "body": post.body if post else "",
        "language": "en",
        "published_at": f"{timezone.localtime(post.published_at):%Y-%m-%dT%H:%M}"
        if post and post.published_at
        else "",
        "seen_version": post.version if post else "",
        "_deed": deed,
        "bylines-TOTAL_FORMS": len(bylines),
        "bylines-INITIAL_FORMS": 0,
        "bylines-MIN_NUM_FORMS": 0,
        "bylines-MAX_NUM_FORMS": 1000,
        "corrections-TOTAL_FORMS": 0,
        "corrections-INITIAL_FORMS": 0,
    }
    for place, author in enumerate(bylines):
        data |= {
            f"bylines-{place}-author": author.pk,
            f"bylines-{place}-role": "by",
            f"bylines-{place}-position": place,
        }
    return data | fields


@pytest.fixture
def editor(client):
    client.force_login(make_user(group="Editor"))
    return client


def test_a_post_is_written_filed_tagged_and_signed_in_the_editors_order(editor):
    war, peace = make_category("War"), make_category("Peace")
    first, second = make_author(name="Zoe"), make_author(name="Abe")
    data = form(
        title="On rivers",
        body="<p>Text.</p>",
        categories=[peace.pk, war.pk],
        tags='Iran, "Oil, gas"',
        bylines=[first, second],
    )
    answer = editor.post(ADD, data)
    post = Post.objects.get()
    assert answer.url == change(post)
    assert post.status == "draft"
    assert [category.name for category in post.filed_under] == ["Peace", "War"]
    assert sorted(tag.name for tag in post.tags.all()) == ["Iran", "Oil, gas"]
    assert [line.author.name for line in post.bylines.all()] == ["Zoe", "Abe"]
    assert post.revisions.count() == 1


def test_publishing_gives_a_slug_an_address_and_readers(editor):
    editor.post(ADD, form(title="On rivers", body="<p>Text.</p>", deed="publish"))
    post = Post.objects.get()
    assert post.is_public
    assert post.slug == "on-rivers"
    assert "Read it on the site" in editor.get(change(post)).content.decode()


def test_a_slug_taken_in_the_month_gets_a_number(editor):
    make_post(slug="on-rivers", published_at=timezone.now())
    editor.post(ADD, form(title="On rivers", body="<p>Text.</p>", deed="publish"))
    assert Post.objects.filter(slug="on-rivers-2", status="published").exists()


def test_a_post_that_lacks_something_comes_back_whole_with_the_cure_at_its_field(editor):
    answer = editor.post(
        ADD, form(title="", body="<p>A sentence I like.</p>", standfirst="Kept.", deed="publish")
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Give the post a title before publishing it." in page
    assert "A sentence I like." in page
    assert "Kept." in page
    assert not Post.objects.exists()


def test_a_date_still_to_come_schedules(editor):
    later = timezone.localtime() + timedelta(days=2)
    editor.post(ADD, form(title="T", body="<p>B</p>", published_at=f"{later:%Y-%m-%dT%H:%M}", deed="publish"))
    post = Post.objects.get()
    assert post.is_scheduled
    assert "Publish now" in editor.get(change(post)).content.decode()
    editor.post(change(post), form(post, deed="publish_now"))
    post.refresh_from_db()
    assert post.is_public


def test_an_update_keeps_the_date_to_the_second(editor):
    post = make_post(body="<p>Old.</p>")
    was = post.published_at
    editor.post(change(post), form(post, body="<p>New.</p>"))
    post.refresh_from_db()
    assert post.body == "<p>New.</p>"
    assert post.published_at == was
    assert post.version == 2


def test_a_published_post_cannot_lose_its_title_or_its_date(editor):
    post = make_post()
    page = editor.post(change(post), form(post, title="", published_at="")).content.decode()
    assert "Give the post a title" in page
    assert "To take it off the site, withdraw it" in page
    post.refresh_from_db()
    assert post.title


def test_withdrawing_takes_a_post_off_the_site_and_publishing_again_brings_it_back(editor):
    post = make_post()
    address = post.permalink
    editor.post(change(post), form(post, deed="withdraw"))
    post.refresh_from_db()
    assert post.status == "withdrawn"
    assert editor.get(address).status_code == 404
    editor.post(change(post), form(post, deed="publish"))
    assert editor.get(address).status_code == 200


def test_the_second_of_two_editors_gets_both_texts_and_loses_none(editor):
    post = make_post(body="<p>As it was.</p>")
    mine, theirs = form(post, body="<p>My sentence.</p>"), form(post, body="<p>Their sentence.</p>")
    editor.post(change(post), theirs)
    answer = editor.post(change(post), mine)
    page = answer.content.decode()
    assert "while you were writing" in page
    assert "My sentence." in page
    assert "Their sentence." in page
    post.refresh_from_db()
    assert post.body == "<p>Their sentence.</p>"
    again = mine | {"seen_version": answer.context["adminform"].form.data["seen_version"]}
    editor.post(change(post), again)
    post.refresh_from_db()
    assert post.body == "<p>My sentence.</p>"
    assert any("Their sentence." in revision.state["body"] for revision in post.revisions.all())


def test_a_deed_the_post_no_longer_allows_is_refused_with_the_form_kept(editor):
    post = make_post(status="draft", published_at=None, body="<p>Mine.</p>")
    page = editor.post(change(post), form(post, deed="withdraw")).content.decode()
    assert "cannot be done with the post as it stands" in page
    assert "Mine." in page


def test_script_in_a_body_is_gone_before_it_is_stored(editor):
    editor.post(ADD, form(title="T", body='<p onclick="x()">Good</p><script>bad()</script>'))
    assert Post.objects.get().body == "<p>Good</p>"


def test_an_author_writes_and_submits_but_neither_publishes_nor_dates_nor_deletes(client):
    user = make_user(group="Author")
    make_author(name="Nadia Own", user=user)
    client.force_login(user)
    assert "Nadia Own" in client.get(ADD).content.decode()
    later = timezone.localtime() + timedelta(days=2)
    client.post(ADD, form(title="T", body="<p>B</p>", deed="submit", published_at=f"{later:%Y-%m-%dT%H:%M}"))
    post = Post.objects.get()
    assert post.status == "in_review"
    assert post.created_by == user
    assert post.published_at is None
    assert client.post(change(post), form(post, deed="publish")).status_code == 403
    assert client.get(reverse("admin:posts_post_delete", args=[post.pk])).status_code == 403


def test_an_author_sees_own_posts_only_and_edits_them_until_they_are_out(client):
    user = make_user(group="Author")
    own, signed = make_post(title="Begun", status="draft", published_at=None, created_by=user), None
    signed = make_post(title="Signed", authors=[make_author(user=user)])
    foreign = make_post(title="Foreign", status="draft", published_at=None)
    client.force_login(user)
    listed = client.get("/admin/posts/post/").content.decode()
    assert "Begun" in listed
    assert "Signed" in listed
    assert "Foreign" not in listed
    assert client.post(change(own), form(own, body="<p>More.</p>")).status_code == 302
    assert client.get(change(signed)).status_code == 200
    assert client.post(change(signed), form(signed, body="<p>No.</p>")).status_code == 403
    assert client.get(change(foreign)).status_code == 302
    assert client.post(change(foreign), form(foreign)).status_code == 302
    foreign.refresh_from_db()
    assert foreign.version == 1


@pytest.mark.parametrize(
    ("group", "screens"),
    [
        ("Author", {"posts_post", "images_image", "authors_author"}),
        (
            "Editor",
            {"posts_category", "pages_page", "pages_promo", "pages_menulink", "informed_comment_redirect"},
        ),
        ("Administrator", {"posts_category", "auth_user", "auth_group"}),
    ],
)
def test_each_group_opens_its_screens(client, group, screens):
    client.force_login(make_user(group=group))
    for screen in screens:
        assert client.get(reverse(f"admin:{screen}_changelist")).status_code == 200, screen


@pytest.mark.parametrize(
    ("group", "screen"),
    [
        ("Author", "posts_category_add"),
        ("Author", "pages_page_changelist"),
        ("Editor", "auth_user_changelist"),
    ],
)
def test_no_group_opens_what_is_not_its_business(client, group, screen):
    client.force_login(make_user(group=group))
    assert client.get(reverse(f"admin:{screen}")).status_code == 403


def test_the_groups_hold_what_their_names_say():
    def has(group, codename):
        return Permission.objects.filter(group__name=group, codename=codename).exists()

    assert not has("Author", "publish_post")
    assert not has("Author", "delete_post")
    assert has("Editor", "publish_post")
    assert not has("Editor", "change_user")
    assert has("Administrator", "change_user")


def test_tags_are_suggested_as_they_are_typed(editor):
    make_post(tags=["Iran", "Tehran", "Oil"])
    found = editor.get(reverse("admin:posts_post_tags"), {"term": "ira"}).json()["results"]
    assert [tag["id"] for tag in found] == ["Iran"]
    found = editor.get(reverse("admin:posts_post_tags"), {"term": "ran"}).json()["results"]
    assert {tag["id"] for tag in found} == {"Iran", "Tehran"}


@pytest.mark.parametrize(
    ("query", "found"),
    [("status=draft", "Draft one"), ("status=scheduled", "Later one"), ("q=nadia", "By Nadia")],
)
def test_the_list_narrows_by_status_and_searches_text_and_names(editor, query, found):
    make_post(title="Draft one", status="draft", published_at=None)
    make_post(title="Later one", published_at=timezone.now() + timedelta(days=1))
    make_post(title="By Nadia", authors=[make_author(name="Nadia Own")])
    page = editor.get(f"/admin/posts/post/?{query}").content.decode()
    others = {"Draft one", "Later one", "By Nadia"} - {found}
    assert found in page
    assert not [other for other in others if other in page]


def test_the_list_narrows_to_an_author_a_category_or_a_tag_by_link(editor):
    author, section = make_author(), make_category()
    post = make_post(title="Wanted", authors=[author], categories=[section], tags=["Iran"])
    make_post(title="Other")
    tag = post.tags.get()
    for query in (f"author={author.pk}", f"category={section.pk}", f"tag={tag.pk}"):
        page = editor.get(f"/admin/posts/post/?{query}").content.decode()
        assert "Wanted" in page, query
        assert "Other" not in page, query
