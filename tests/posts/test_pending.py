"""Pending changes: readers see the post as it was until they are applied, and nobody's text is lost on the way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from informed_comment import editions
from informed_comment.models import Redirect
from posts import pending, publishing, states
from posts.models import PendingChange, Post
from posts.publishing import ChangedMeanwhile
from tests.factories import make_author, make_category, make_post, make_user
from tests.posts.test_admin_post import change, form

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    client.force_login(make_user(group="Editor", username="chief"))
    return client


def pending_form(post, *, bylines=(), **fields):
    pending = PendingChange.objects.filter(post=post).first()
    seen = pending.version if pending else ""
    return form(post, deed="keep_pending", bylines=bylines, seen_pending=seen) | fields


def begun(post, **fields):
    return pending.keep(post, states.state_of(post) | fields)


def test_changes_kept_for_later_are_not_before_readers_until_they_are_published(editor, client):
    author, section = make_author(name="Zoe New"), make_category("War")
    post = make_post(body="<p>As it was.</p>", tags=["Old"])
    edition, address = editions.current(), post.permalink
    answer = editor.post(
        change(post),
        pending_form(
            post, body="<p>As it shall be.</p>", tags="New", categories=[section.pk], bylines=[author]
        ),
    )
    assert answer.status_code == 302
    assert editions.current() == edition
    assert "As it was." in client.get(address).content.decode()
    assert not Post.objects.filter(tags__name="New").exists()
    page = editor.get(change(post)).content.decode()
    assert "As it shall be." in page
    assert "Pending changes" in page
    assert "Zoe New" in page
    opened = editor.get(change(post)).context["adminform"].form
    published = form(
        post, deed="apply_pending", body="<p>As it shall be, and more.</p>", tags="New", bylines=[author]
    )
    editor.post(
        change(post), published | {"seen_pending": opened["seen_pending"].value(), "categories": [section.pk]}
    )
    post = Post.objects.get(pk=post.pk)
    assert post.body == "<p>As it shall be, and more.</p>"
    assert [line.author for line in post.bylines.all()] == [author]
    assert [category.name for category in post.filed_under] == ["War"]
    assert not PendingChange.objects.exists()
    assert post.revisions.first().deed == "apply"
    assert "and more" in client.get(address).content.decode()


def test_keeping_changes_writes_neither_tags_nor_redirects_nor_jobs(editor):
    post = make_post(slug="old")
    revisions = post.revisions.count()
    editor.post(change(post), pending_form(post, slug="new", tags="Fresh"))
    assert not Redirect.objects.exists()
    assert post.revisions.count() == revisions
    assert Post.objects.get(pk=post.pk).version == post.version


def test_discarded_changes_are_gone_and_the_form_shows_what_readers_see(editor):
    post = make_post(body="<p>As it was.</p>")
    editor.post(change(post), pending_form(post, body="<p>Never mind.</p>"))
    editor.post(change(post), pending_form(post) | {"_deed": "discard_pending"})
    assert not PendingChange.objects.exists()
    assert "Never mind." not in editor.get(change(post)).content.decode()


def test_what_readers_see_can_be_opened_and_updated_while_changes_wait(editor):
    post = make_post(title="Title", body="<p>As it was.</p>")
    editor.post(change(post), pending_form(post, body="<p>As it shall be.</p>"))
    page = editor.get(change(post) + "?published").content.decode()
    assert "As it was." in page
    assert "There are pending changes" in page
    editor.post(change(post) + "?published", form(post, title="Better title"))
    opened = editor.get(change(post)).context["adminform"].form
    assert opened["title"].value() == "Better title"
    assert opened["body"].value() == "<p>As it shall be.</p>"


def test_changes_come_out_at_their_time(work, client):
    post = make_post(body="<p>As it was.</p>", categories=[make_category("Peace")], tags=["Oil"])
    change = begun(post, body="<p>As it shall be.</p>", title="Renamed")
    PendingChange.objects.filter(pk=change.pk).update(apply_at=timezone.now() - timedelta(seconds=1))
    assert pending.apply_due() == 1
    assert "As it shall be." in client.get(post.permalink).content.decode()
    assert [category.name for category in Post.objects.get(pk=post.pk).filed_under] == ["Peace"]
    assert pending.apply_due() == 0


@pytest.mark.django_db(transaction=True)
def test_the_worker_applies_them_at_the_second_they_are_due(work, client):
    post = make_post(body="<p>As it was.</p>")
    state = states.state_of(post) | {"body": "<p>As it shall be.</p>"}
    pending.keep(post, state, apply_at=timezone.now() + timedelta(seconds=1))
    work(until=lambda: not PendingChange.objects.exists())
    assert Post.objects.get(pk=post.pk).body == "<p>As it shall be.</p>"


def test_what_others_changed_since_stays_and_a_clash_waits_for_somebody():
    post = make_post(title="Title", body="<p>As it was.</p>")
    begun(post, body="<p>Mine.</p>")
    post.title = "Theirs"
    publishing.save(post)
    pending.apply(post)
    assert (post.title, post.body) == ("Theirs", "<p>Mine.</p>")
    begun(post, body="<p>Mine again.</p>")
    post.body = "<p>Theirs.</p>"
    publishing.save(post)
    PendingChange.objects.update(apply_at=timezone.now())
    assert pending.apply_due() == 0
    change = PendingChange.objects.get()
    assert "body" in change.problem
    assert change.apply_at is None
    assert Post.objects.get(pk=post.pk).body == "<p>Theirs.</p>"


def test_changes_that_would_leave_the_post_without_text_wait_too():
    post = make_post()
    begun(post, body="")
    PendingChange.objects.update(apply_at=timezone.now())
    assert pending.apply_due() == 0
    assert "the body is empty" in PendingChange.objects.get().problem
    assert Post.objects.get(pk=post.pk).body


def test_what_is_gone_is_said_and_the_rest_applied():
    post, section = make_post(body="<p>As it was.</p>"), make_category("Gone")
    begun(post, body="<p>As it shall be.</p>", categories=[section.pk], title="New")
    section.delete()
    gone = pending.apply(Post.objects.get(pk=post.pk))
    assert gone == ["A category is no longer there."]
    assert Post.objects.get(pk=post.pk).title == "New"


def test_the_second_of_two_who_keep_changes_gets_both_texts(editor):
    post = make_post(body="<p>As it was.</p>")
    mine, theirs = (pending_form(post, body=f"<p>{whose} sentence.</p>") for whose in ("My", "Their"))
    editor.post(change(post), theirs)
    answer = editor.post(change(post), mine)
    page = answer.content.decode()
    assert "My sentence." in page
    assert "Their sentence." in page
    assert PendingChange.objects.get().state["body"] == "<p>Their sentence.</p>"
    again = mine | {"seen_pending": answer.context["adminform"].form.data["seen_pending"]}
    assert editor.post(change(post), again).status_code == 302
    assert PendingChange.objects.get().state["body"] == "<p>My sentence.</p>"


def test_two_deeds_at_once_on_the_same_changes_do_not_both_happen():
    post = make_post()
    first = begun(post, title="First")
    pending.keep(post, states.state_of(post) | {"title": "Second"}, seen=first.version)
    with pytest.raises(ChangedMeanwhile):
        pending.keep(post, states.state_of(post), seen=first.version)
    with pytest.raises(ChangedMeanwhile):
        pending.discard(post, seen=first.version)
    with pytest.raises(ChangedMeanwhile):
        begun(post, title="Third")


def test_a_time_that_has_passed_is_refused_at_its_field_with_the_rest_kept(editor):
    post = make_post()
    past = timezone.localtime() - timedelta(hours=1)
    page = editor.post(
        change(post), pending_form(post, body="<p>Kept.</p>", apply_at=f"{past:%Y-%m-%dT%H:%M}")
    ).content.decode()
    assert "This moment has passed" in page
    assert "Kept." in page
    assert not PendingChange.objects.exists()


def test_only_editors_keep_changes_and_only_to_what_is_published(client):
    user = make_user(group="Author")
    own = make_post(status="draft", published_at=None, created_by=user)
    client.force_login(user)
    page = client.post(change(own), form(own, deed="keep_pending"))
    assert not PendingChange.objects.exists()
    assert page.status_code in (200, 403)
