"""Beside the text: the conversation about a draft, sending it back, and what can still be stopped."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from posts import commenting, publishing
from posts.models import Announcement, DraftComment
from tests.factories import make_author, make_link, make_post, make_user
from tests.posts.test_admin_post import change, form

pytestmark = pytest.mark.django_db
PANEL = {"X-Panel": "1"}


@pytest.fixture
def chief():
    return make_user(group="Editor", first_name="Chief")


@pytest.fixture
def editor(client, chief):
    client.force_login(chief)
    return client


@pytest.fixture
def post():
    return make_post(title="Rivers", status="draft", published_at=None)


def comments(post):
    return reverse("admin:posts_post_comments", args=[post.pk])


def announcement(post):
    return reverse("admin:posts_post_announcement", args=[post.pk])


def test_a_comment_stands_beside_the_text_and_on_a_page_that_needs_no_script(editor, post):
    answer = editor.post(comments(post), {"deed": "say", "text": "Which <b>river</b>?"}, follow=True)
    assert "Your comment stands under the others." in answer.content.decode()
    for address in (comments(post), change(post)):
        page = editor.get(address).content.decode()
        assert "Which &lt;b&gt;river&lt;/b&gt;?" in page
        assert "Chief" in page


def test_the_script_gets_the_panel_alone_and_nothing_is_lost_when_it_is_refused(editor, post):
    answer = editor.post(comments(post), {"deed": "say", "text": "Which river?"}, headers=PANEL)
    assert "Which river?" in answer.json()["html"]
    answer = editor.post(comments(post), {"deed": "say", "text": " "}, headers=PANEL)
    assert answer.status_code == 422
    assert "The comment is empty" in answer.json()["problem"]
    page = editor.post(comments(post), {"deed": "say", "text": "x" * 10_001})
    assert page.status_code == 422
    assert "x" * 10_001 in page.content.decode()


def test_a_comment_is_resolved_opened_again_and_deleted_by_its_author_only(editor, chief, post):
    own, other = commenting.say(post, "Mine.", user=chief), commenting.say(post, "Theirs.", user=make_user())
    for comment in (own, other):
        editor.post(comments(post), {"deed": "resolve", "comment": comment.pk})
        comment.refresh_from_db()
        assert comment.resolved_by == chief
    editor.post(comments(post), {"deed": "reopen", "comment": own.pk})
    own.refresh_from_db()
    assert own.resolved_at is None
    editor.post(comments(post), {"deed": "take_back", "comment": own.pk})
    refused = editor.post(comments(post), {"deed": "take_back", "comment": other.pk})
    assert refused.status_code == 422
    assert list(DraftComment.objects.all()) == [other]


@pytest.mark.parametrize("number", ["", "x", "9" * 30, "0"])
def test_a_comment_that_is_not_there_is_said_to_be_gone(editor, post, number):
    answer = editor.post(comments(post), {"deed": "resolve", "comment": number}, headers=PANEL)
    assert "Somebody has deleted it" in answer.json()["problem"]


def test_a_comment_of_another_post_is_out_of_reach(editor, post):
    other = commenting.say(make_post(), "Elsewhere.", user=make_user())
    editor.post(comments(post), {"deed": "resolve", "comment": other.pk})
    other.refresh_from_db()
    assert other.resolved_at is None


def test_who_may_see_a_post_comments_on_it_and_nobody_else(client, post):
    author = make_user(group="Author")
    client.force_login(author)
    assert client.post(comments(post), {"deed": "say", "text": "Hello?"}).status_code == 404
    own = make_post(authors=[make_author(user=author)])
    client.post(comments(own), {"deed": "say", "text": "It is out!"})
    assert own.draft_comments.get().user == author


def test_a_comment_by_link_says_so(editor, post):
    commenting.say(post, "The name is spelt wrong.", link=make_link(post, label="Omar"))
    page = editor.get(change(post)).content.decode()
    assert "Omar" in page
    assert "by preview link" in page


def test_a_long_conversation_costs_no_more_than_a_short_one(editor, post, django_assert_max_num_queries):
    for n in range(3):
        commenting.keep(post, str(n), user=make_user())
    editor.get(change(post))
    with django_assert_max_num_queries(24) as short:
        editor.get(change(post))
    for n in range(30):
        commenting.keep(post, str(n), user=make_user())
    with django_assert_max_num_queries(len(short)):
        editor.get(change(post))
    with django_assert_max_num_queries(24):
        editor.get(comments(post))


# Sending back


def test_an_editor_sends_a_post_back_with_a_word(editor, chief):
    post = make_post(status="draft", published_at=None)
    publishing.submit(post, by=make_user(first_name="Nadia"))
    page = editor.get(change(post)).content.decode()
    assert "Sent by Nadia" in page
    assert "What is missing, for its writers" in page
    answer = editor.post(
        change(post), form(post, deed="send_back", why="A second source.", body="<p>Mended.</p>"), follow=True
    )
    assert "The post is a draft again. Its writers are told." in answer.content.decode()
    post.refresh_from_db()
    assert (post.status, post.body) == ("draft", "<p>Mended.</p>")
    assert (post.draft_comments.get().text, post.draft_comments.get().user) == ("A second source.", chief)


def test_an_author_sends_nothing_back(client):
    user = make_user(group="Author")
    post = make_post(status="in_review", published_at=None, created_by=user)
    client.force_login(user)
    page = client.get(change(post)).content.decode()
    assert "Send back" not in page
    assert client.post(change(post), form(post, deed="send_back")).status_code == 403


def test_what_was_said_is_kept_when_the_form_comes_back(editor):
    post = make_post(status="in_review", published_at=None)
    stale = form(post, deed="send_back", why="A second source.")
    publishing.save(post)
    page = editor.post(change(post), stale).content.decode()
    assert "while you were writing" in page
    assert "A second source." in page


def test_the_dashboard_says_who_waits_and_since_when(editor, django_assert_max_num_queries):
    for name in ("Nadia", "Omar"):
        post = make_post(title=f"By {name}", status="draft", published_at=None)
        publishing.submit(post, by=make_user(first_name=name))
    page = editor.get("/admin/").content.decode()
    assert page.index("from Nadia") < page.index("from Omar")
    with django_assert_max_num_queries(24):
        editor.get("/admin/")


# The hold


@pytest.fixture
def held(chief):
    nadia = make_user(first_name="Nadia", email="nadia@example.org")
    post = make_post(title="Held", status="draft", published_at=None, authors=[make_author(user=nadia)])
    publishing.publish(post, by=chief)
    return post


def test_the_form_says_what_goes_out_and_when(editor, held):
    page = editor.get(change(held)).content.decode()
    assert "mail to Nadia" in page
    assert "Do not announce" in page
    assert "Take it back" in page
    Announcement.objects.update(due_at=timezone.now() + timedelta(seconds=103))
    assert ">1:4" in editor.get(change(held)).content.decode()


def test_an_announcement_is_stopped_and_let_go_after_all(editor, chief, held):
    answer = editor.post(announcement(held), {"deed": "cancel"}, headers=PANEL).json()
    assert "Not announced: Chief decided so" in answer["html"]
    assert Announcement.objects.get().cancelled_by == chief
    said = editor.post(announcement(held), {"deed": "allow"}, follow=True).content.decode()
    assert "The announcement goes out after all" in said
    assert Announcement.objects.get().is_held


def test_who_is_too_late_is_told(editor, held):
    Announcement.objects.update(made_at=timezone.now())
    answer = editor.post(announcement(held), {"deed": "cancel"}, headers=PANEL)
    assert answer.json()["problem"] == "It is too late: the announcement has gone out."
    assert "Went out on" in editor.get(change(held)).content.decode()


def test_nothing_is_said_when_nobody_would_be_told(editor):
    post = make_post(status="draft", published_at=None)
    publishing.publish(post)
    assert "Do not announce" not in editor.get(change(post)).content.decode()
    assert "Nothing goes out" in editor.get(announcement(post)).content.decode()


def test_authors_stop_no_announcement(client, held):
    client.force_login(held.bylines.get().author.user)
    held.bylines.get().author.user.groups.set(make_user(group="Author").groups.all())
    assert client.post(announcement(held), {"deed": "cancel"}).status_code == 403
    assert Announcement.objects.get().is_held
