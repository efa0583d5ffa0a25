"""Quick edit in the list, and the lists an editor looks at most."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from informed_comment.models import Redirect
from posts import publishing
from posts.models import Post
from tests.factories import make_category, make_post, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/posts/post/"


@pytest.fixture
def editor(client):
    client.force_login(make_user(group="Editor", first_name="Chief"))
    return client


def quick(post):
    return reverse("admin:posts_post_quick", args=[post.pk])


def filled(client, post, **changes):
    """What a browser sends of the form as it opened, with some of it changed."""
    form = client.get(quick(post)).context["form"]
    data = {name: form[name].value() for name in form.fields}
    data["published_at"] = (
        f"{timezone.localtime(post.published_at):%Y-%m-%dT%H:%M}" if post.published_at else ""
    )
    data["tags"] = ", ".join(tag.name for tag in post.tags.all())
    return data | changes


def test_a_post_is_changed_without_its_text_being_touched(editor):
    section = make_category("Rivers")
    post = make_post(title="Old", body="<p>Text.</p>", tags=["Oil"])
    was = post.published_at
    answer = editor.post(
        quick(post), filled(editor, post, title="New", categories=[section.pk], tags="Oil, Iran")
    )
    assert answer.url == LIST
    post.refresh_from_db()
    assert (post.title, post.body, post.published_at, post.version) == ("New", "<p>Text.</p>", was, 2)
    assert [category.name for category in post.filed_under] == ["Rivers"]
    assert sorted(tag.name for tag in post.tags.all()) == ["Iran", "Oil"]
    assert post.revisions.get().created_by.first_name == "Chief"


def test_a_new_slug_leads_the_old_address_to_the_new(editor):
    post = make_post(slug="old")
    was = post.permalink
    editor.post(quick(post), filled(editor, post, slug="new"))
    post.refresh_from_db()
    assert post.permalink.endswith("/new.html")
    assert Redirect.objects.get(path=was).target == post.permalink


def test_both_texts_are_shown_when_two_changed_the_same_and_the_rest_is_merged(editor):
    post = make_post(title="As it was", tags=["Oil"])
    mine = filled(editor, post, title="Mine")
    theirs = Post.objects.get(pk=post.pk)
    theirs.title = "Theirs"
    theirs.tags.set(["Water"])
    publishing.save(theirs, by=make_user(first_name="Nadia"))
    answer = editor.post(quick(post), mine)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Nadia saved this post" in page
    assert 'value="Mine"' in page
    assert "Theirs: <strong>Theirs</strong>" in page
    form = answer.context["form"]
    again = mine | {
        "seen": form["seen"].value(),
        "seen_version": form["seen_version"].value(),
        "tags": "Water",
    }
    editor.post(quick(post), again)
    post.refresh_from_db()
    assert post.title == "Mine"
    assert [tag.name for tag in post.tags.all()] == ["Water"]


def test_nothing_of_a_refused_form_is_saved(editor):
    post = make_post(tags=["Oil"])
    stale = filled(editor, post, title="Mine", tags="Iran")
    publishing.save(Post.objects.get(pk=post.pk))
    editor.post(quick(post), stale)
    assert [tag.name for tag in post.tags.all()] == ["Oil"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", " ", "Give the post a title"),
        ("published_at", "", "To take it off the site, withdraw it"),
        ("published_at", "tomorrow", "Enter a valid date/time"),
        ("slug", "a/b", "Enter a valid"),
        ("categories", "99999999", "Select a valid choice"),
        ("seen_version", "x", "The form did not arrive whole."),
    ],
)
def test_bad_input_gets_a_sentence_at_its_field(editor, field, value, sentence):
    post = make_post(title="Kept")
    answer = editor.post(quick(post), filled(editor, post) | {field: value})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Post.objects.get().version == 1


def test_a_forged_memory_of_the_fields_breaks_nothing(editor):
    post = make_post()
    stale = filled(editor, post, title="Mine")
    publishing.save(Post.objects.get(pk=post.pk))
    assert editor.post(quick(post), stale | {"seen": "{"}).status_code == 422


def test_the_script_gets_the_form_alone(editor):
    post = make_post()
    html = editor.get(quick(post), headers={"X-Panel": "1"}).json()["html"]
    assert html.strip().startswith("<form")
    data = filled(editor, post, title="New")
    assert editor.post(quick(post), data, headers={"X-Panel": "1"}).json() == {"saved": True}


def test_an_author_edits_own_drafts_and_never_dates_them(client):
    author = make_user(group="Author")
    client.force_login(author)
    own = make_post(status="draft", published_at=None, created_by=author)
    out, foreign = make_post(created_by=author), make_post(status="draft", published_at=None)
    later = f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}"
    client.post(quick(own), filled(client, own, title="New") | {"published_at": later})
    own.refresh_from_db()
    assert (own.title, own.published_at) == ("New", None)
    assert client.get(quick(out)).status_code == 403
    assert client.get(quick(foreign)).status_code == 404
    page = client.get(LIST).content.decode()
    assert quick(own) in page
    assert quick(out) not in page


def test_a_post_in_the_trash_is_not_edited(editor):
    post = make_post()
    publishing.trash(post)
    assert editor.get(quick(post)).status_code == 403
    assert quick(post) not in editor.get(f"{LIST}?status=trashed").content.decode()


def test_the_small_form_costs_little(editor, django_assert_max_num_queries):
    post = make_post(tags=["Oil"], categories=[make_category() for _ in range(5)])
    with django_assert_max_num_queries(18):
        editor.get(quick(post))


# The lists an editor looks at most


def test_the_lists_stand_above_and_the_one_that_is_shown_is_marked(editor):
    page = editor.get(f"{LIST}?status=in_review").content.decode()
    for label in ("My drafts", "Needs review", "Scheduled", "Trash"):
        assert f">{label}</a>" in page
    assert '<a href="/admin/posts/post/?status=in_review" aria-current="page">Needs review</a>' in page


def test_the_list_of_what_needs_review_says_who_sent_it(editor, django_assert_max_num_queries):
    post = make_post(title="Waiting", status="draft", published_at=None)
    publishing.submit(post, by=make_user(first_name="Nadia"))
    with django_assert_max_num_queries(24):
        page = editor.get(f"{LIST}?status=in_review").content.decode()
    assert "Nadia, " in page
    assert "Sent to review" not in editor.get(LIST).content.decode()
