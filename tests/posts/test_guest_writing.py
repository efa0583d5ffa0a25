"""A guest author writes one post by a signed link: its text and nothing else, in their own name, losing nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from posts import commenting, previewing, publishing
from posts.models import DraftComment, Notice, Post, Revision
from tests.factories import make_author, make_category, make_post, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def post():
    return make_post(
        status="draft", published_at=None, slug="", title="First title", body="<p>First text.</p>"
    )


@pytest.fixture
def link(post):
    return previewing.make_link(post, label="Nadia Guest", may_write=True)


def address(link, name="guest_write"):
    return reverse(f"posts:{name}", args=[previewing.token_of(link)])


def typed(post, **fields):
    return {
        "title": post.title,
        "standfirst": post.standfirst,
        "body": post.body,
        "note": "",
        "seen_version": post.version,
        "deed": "save",
    } | fields


def test_a_guest_saves_and_the_revision_names_them(client, post, link):
    page = client.get(address(link))
    assert page.status_code == 200
    assert "First text." in page.content.decode()
    answer = client.post(
        address(link), typed(post, title="A  better\ntitle", body="<p>Mine.</p><script>x</script>")
    )
    assert answer.status_code == 303
    assert not answer.cookies
    post.refresh_from_db()
    assert (post.title, post.body, post.status, post.version) == (
        "A better title",
        "<p>Mine.</p>",
        "draft",
        2,
    )
    last = post.revisions.first()
    assert (last.created_by, last.guest, last.who, last.version) == (None, "Nadia Guest", "Nadia Guest", 2)
    assert "Saved." in client.get(answer.url).content.decode()


def test_nothing_of_a_post_but_its_text_can_be_changed_by_forged_fields(client, post, link):
    """Every column of the post, and every relation, by every name a form might know it by."""
    other = make_post(status="draft", published_at=None)
    author, section, user = make_author(), make_category(), make_user()
    forged = {
        "title": "Changed",
        "standfirst": "Changed",
        "body": "<p>Changed.</p>",
        "id": other.pk,
        "post": other.pk,
        "status": "published",
        "published_at": "2020-01-01T00:00",
        "slug": "forged",
        "permalink": "/forged/",
        "created_by": user.pk,
        "created_by_id": user.pk,
        "categories": [section.pk],
        "tags": "Forged",
        "authors": [author.pk],
        "bylines-TOTAL_FORMS": 1,
        "bylines-INITIAL_FORMS": 0,
        "bylines-0-author": author.pk,
        "lead_image": 1,
        "version": 900,
        "_deed": "publish",
        "approved_at": "2020-01-01",
        "may_write": "on",
    }
    names = {field.name for field in Post._meta.get_fields()} | {
        field.attname for field in Post._meta.concrete_fields
    }
    before = Post.objects.filter(pk=post.pk).values().get()
    elsewhere = Post.objects.filter(pk=other.pk).values().get()
    data = {name: "1" for name in names} | forged | {"seen_version": 1, "deed": "save"}
    assert client.post(address(link), data).status_code == 303
    after = Post.objects.filter(pk=post.pk).values().get()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"title", "standfirst", "body", "version", "updated_at", "word_count"}
    assert after["version"] == 2
    assert Post.objects.filter(pk=other.pk).values().get() == elsewhere
    post.refresh_from_db()
    assert not post.tags.exists()
    assert not post.filings.exists()
    assert not post.bylines.filter(author=author).exists()
    assert Post.objects.count() == 2


def test_a_guest_sends_the_piece_to_the_editors_who_are_told_by_whom(client, post, link):
    make_user(group="Editor", email="chief@example.org")
    answer = client.post(address(link), typed(post, deed="send", note="I can be reached until six."))
    assert answer.url == address(link, "preview")
    post.refresh_from_db()
    assert post.status == "in_review"
    assert (post.revisions.first().deed, post.revisions.first().guest) == (
        Revision.Deed.SUBMIT,
        "Nadia Guest",
    )
    assert DraftComment.objects.get().text == "I can be reached until six."
    assert Notice.objects.filter(kind="review").get().who == "Nadia Guest"
    client.post(address(link), typed(post, deed="send", body="<p>Again.</p>"))
    post.refresh_from_db()
    assert (post.status, post.body) == ("in_review", "<p>Again.</p>")
    assert post.revisions.first().deed == Revision.Deed.SAVE


def test_what_is_sent_needs_a_title_and_a_text_what_is_saved_does_not(client, post, link):
    answer = client.post(address(link), typed(post, deed="send", title="", standfirst="Kept."))
    assert answer.status_code == 400
    assert "Give the post a title" in answer.content.decode()
    assert "Kept." in answer.content.decode()
    assert client.post(address(link), typed(post, title="")).status_code == 303
    assert Post.objects.get().title == ""


def test_when_editors_saved_meanwhile_both_texts_stand_and_the_next_save_is_against_theirs(
    client, post, link
):
    mine = typed(post, body="<p>My sentence.</p>")
    post.body = "<p>Their sentence.</p>"
    publishing.save(post, by=make_user(first_name="Chief", last_name="Editor"))
    answer = client.post(address(link), mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Chief Editor saved the post while you were writing." in page
    assert "My sentence." in page
    assert "Their sentence." in page
    assert Post.objects.get().body == "<p>Their sentence.</p>"
    again = mine | {"seen_version": answer.context["form"].data["seen_version"]}
    assert client.post(address(link), again).status_code == 303
    assert Post.objects.get().body == "<p>My sentence.</p>"
    assert any("Their sentence." in revision.state["body"] for revision in post.revisions.all())


def test_a_form_without_its_version_overwrites_nothing(client, post, link):
    data = typed(post, body="<p>Blind.</p>")
    for seen in ("", "x", "-1", "99999999999999999999"):
        assert client.post(address(link), data | {"seen_version": seen}).status_code in (400, 409)
    assert Post.objects.get().body == "<p>First text.</p>"


@pytest.mark.parametrize("deed", ["publish", "withdraw"])
def test_once_the_editors_have_taken_over_nothing_is_written_and_the_text_is_given_back(
    client, post, link, deed
):
    publishing.publish(post, at=timezone.now() + timedelta(days=1))
    if deed == "withdraw":
        publishing.withdraw(post)
    assert client.get(address(link)).url == address(link, "preview")
    answer = client.post(address(link), typed(post, body="<p>Too late.</p>"))
    assert answer.status_code == 409
    assert "have taken the post over" in answer.content.decode()
    assert "Too late." in answer.content.decode()
    assert Post.objects.get().body == "<p>First text.</p>"


def test_who_may_only_look_cannot_write(client, post):
    link = previewing.make_link(post, label="Reader")
    assert client.get(address(link)).url == address(link, "preview")
    assert client.post(address(link), typed(post, body="<p>No.</p>")).status_code == 302
    assert client.post(address(link, "approve"), {"version": 1}).status_code == 409
    assert Post.objects.get().body == "<p>First text.</p>"
    assert address(link) not in client.get(address(link, "preview")).content.decode()


def test_a_form_of_another_site_changes_nothing(client, post, link):
    data = typed(post, body="<p>No.</p>")
    refused = client.post(address(link), data, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert "No." in refused.content.decode()
    client.post(address(link, "approve"), {"version": 1}, headers={"Origin": "https://evil.example"})
    post.refresh_from_db()
    link.refresh_from_db()
    assert post.body == "<p>First text.</p>"
    assert link.approved_at is None


def test_a_note_that_cannot_be_said_keeps_the_save_back_with_all_that_was_typed(
    client, post, link, monkeypatch
):
    monkeypatch.setattr(commenting, "IN_AN_HOUR", 0)
    answer = client.post(address(link), typed(post, body="<p>Kept here.</p>", note="One too many."))
    assert answer.status_code == 429
    assert "Kept here." in answer.content.decode()
    assert "One too many." in answer.content.decode()
    assert Post.objects.get().body == "<p>First text.</p>"


def test_the_page_is_kept_by_nobody_and_gives_no_address_of_the_newsroom(client, link):
    answer = client.get(address(link))
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    assert not answer.cookies
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"]
    page = answer.content.decode()
    assert "/admin/" not in page
    assert "data-library" not in page
    assert 'data-editor="full"' in page


def test_a_guest_approves_what_the_editors_made_of_it_and_the_editors_see_which_version(client, post, link):
    preview = address(link, "preview")
    client.post(address(link), typed(post, deed="send", body="<p>Mine.</p>"))
    assert "I approve this text" not in client.get(preview).content.decode()
    post.refresh_from_db()
    post.body = "<p>Edited.</p>"
    publishing.save(post, by=make_user())
    assert "I approve this text" in client.get(preview).content.decode()
    stale = client.post(address(link, "approve"), {"version": post.version - 1})
    assert stale.status_code == 409
    assert "Read it again" in stale.content.decode()
    link.refresh_from_db()
    assert link.approved_at is None
    assert client.post(address(link, "approve"), {"version": post.version}).status_code == 303
    link.refresh_from_db()
    assert link.approved_version == post.version
    page = client.get(preview).content.decode()
    assert "You approved this text" in page
    assert "I approve this text" not in page
    editor = type(client)()
    editor.force_login(make_user(group="Editor"))
    form = reverse("admin:posts_post_change", args=[post.pk])
    assert "(this version)" in editor.get(form).content.decode()
    publishing.publish(post, at=timezone.now() + timedelta(days=1))
    assert "(this version)" in editor.get(form).content.decode()
    post.body = "<p>Edited once more.</p>"
    publishing.save(post, by=make_user())
    assert "(an older version)" in editor.get(form).content.decode()
    assert "I approve this text" in client.get(preview).content.decode()


def test_an_editors_form_names_the_guest_who_saved_meanwhile(client, post, link):
    client.post(address(link), typed(post, body="<p>Mine.</p>"))
    editor = type(client)()
    editor.force_login(make_user(group="Editor"))
    data = {
        "title": "Theirs",
        "body": "<p>Theirs.</p>",
        "language": "en",
        "seen_version": 1,
        "_deed": "save",
        "bylines-TOTAL_FORMS": 0,
        "bylines-INITIAL_FORMS": 0,
    }
    page = editor.post(reverse("admin:posts_post_change", args=[post.pk]), data).content.decode()
    assert "Nadia Guest saved this post" in page
    assert "Mine." in page
    assert "Theirs." in page


def test_the_guests_form_costs_a_bounded_number_of_queries(client, post, link, django_assert_max_num_queries):
    client.get(address(link))
    with django_assert_max_num_queries(12):
        client.get(address(link))
    with django_assert_max_num_queries(40):
        client.post(address(link), typed(post, body="<p>Mine.</p>"))
