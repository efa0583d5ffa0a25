"""What was kept of typed text is offered again: as a diff, to whom it belongs, and thrown away only when looked at."""

import json
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from posts import autosaving
from posts.models import Autosave, Post
from tests.factories import make_author, make_category, make_post, make_user
from tests.posts.keeping import KEEP, keep, seen, typed
from tests.posts.test_admin_post import ADD, change, form
from tests.posts.test_keeping import chief, editor

__all__ = ["chief", "editor"]
pytestmark = pytest.mark.django_db


def test_a_kept_text_is_offered_as_a_diff_and_brought_back_without_script(editor):
    post = make_post(body="<p>The river was low.</p>", status="draft", published_at=None)
    section, author = make_category("Water"), make_author(name="Ibn Sina")
    kept = keep(
        editor,
        post,
        typed(
            post, body="<p>The river was high.</p>", bylines=[author], categories=section.pk, tags="Nile, Oil"
        ),
    ).json()
    page = editor.get(change(post)).content.decode()
    assert "[removed: low]" in seen(page)
    assert "[added: high]" in seen(page)
    assert "Water" in page
    assert "Ibn Sina" in page
    assert "The river was high." not in editor.get(change(post)).context["adminform"].form["body"].value()
    brought = editor.get(f"{change(post)}?recover={kept['row']}")
    shown = brought.context["adminform"].form
    assert shown["body"].value() == "<p>The river was high.</p>"
    assert shown["categories"].value() == [str(section.pk)]
    assert "is back in the form" in brought.content.decode()
    assert brought.context["keeping"].row == f"{kept['row']}.1"
    editor.post(
        change(post),
        form(post, body="<p>The river was high.</p>", kept_row=brought.context["keeping"].row),
    )
    assert not Autosave.objects.exists()
    post.refresh_from_db()
    assert post.body == "<p>The river was high.</p>"


def test_a_kept_text_that_says_what_the_post_says_is_not_offered_but_gone_on_with(editor):
    post = make_post(tags=["Oil", "Iran"], categories=[make_category()])
    page = editor.get(change(post))
    data = {name: page.context["adminform"].form[name].value() for name in ("tags", "categories")}
    sent = typed(
        post,
        bylines=[line.author for line in post.bylines.all()],
        tags="Iran, Oil",
        categories=data["categories"][0],
    )
    kept = keep(editor, post, sent).json()
    page = editor.get(change(post))
    assert page.context["keeping"].offers == []
    assert page.context["keeping"].row == f"{kept['row']}.1"
    assert keep(editor, post, sent, unless_same="").json() == {"same": True}


def test_posts_never_saved_are_listed_in_the_form_of_a_new_one_and_on_the_first_page(editor):
    kept = keep(editor, None, typed(title="On canals", body="<p>Dug by hand.</p>")).json()
    page = editor.get(ADD).content.decode()
    assert "A post never saved" in page
    assert "On canals" in page
    first = editor.get("/admin/").content.decode()
    assert "Never saved" in first
    assert f"{ADD}?recover={kept['row']}" in first
    brought = editor.get(f"{ADD}?recover={kept['row']}")
    shown = brought.context["keeping"]
    assert "Dug by hand." in brought.context["adminform"].form["body"].value()
    editor.post(
        ADD,
        form(
            title="On canals",
            body="<p>Dug by hand.</p>",
            kept_row=shown.row,
            kept_key=shown.key,
            kept_window="w1",
        ),
    )
    assert not Autosave.objects.exists()
    post = Post.objects.get()
    assert editor.get(change(post)).context["keeping"].data["saved-windows"] == "w1"
    assert editor.get(change(post)).context["keeping"].data["saved-windows"] == ""
    assert "Never saved" not in editor.get("/admin/").content.decode()


def test_text_kept_after_the_form_was_sent_stays_and_belongs_to_the_post(editor):
    key = uuid4()
    first = keep(editor, None, typed(title="T", body="<p>Sent.</p>"), key=key).json()
    keep(editor, None, typed(title="T", body="<p>Sent. And more.</p>"), key=key, row=first["row"], number=1)
    editor.post(ADD, form(title="T", body="<p>Sent.</p>", kept_row=f"{first['row']}.1", kept_key=key))
    post = Post.objects.get()
    assert Autosave.objects.get().post == post
    assert "And more" in editor.get(change(post)).content.decode()


def test_a_form_that_fails_keeps_its_row_and_its_text(editor):
    post = make_post()
    kept = keep(editor, post, typed(post, title="")).json()
    page = editor.post(
        change(post), form(post, title="", kept_row=f"{kept['row']}.1", kept_key=uuid4(), kept_window="w")
    )
    assert page.status_code == 200
    assert page.context["keeping"].row == f"{kept['row']}.1"
    assert Autosave.objects.exists()


def test_what_another_user_kept_cannot_be_seen_brought_back_or_thrown_away(editor):
    post = make_post()
    other = make_user(group="Editor")
    row = autosaving.keep(
        typed(post, body="Secret."), by=other, post=post, key=uuid4(), typed_at=timezone.now()
    ).row
    assert "Secret" not in editor.get(f"{change(post)}?recover={row}").content.decode()
    assert editor.get(f"{KEEP}text/?row={row}").status_code == 404
    assert editor.post(f"{KEEP}{row}/throw-away/", {"number": 1}).status_code == 404
    assert Autosave.objects.filter(pk=row).exists()


def test_a_text_is_thrown_away_only_as_it_was_looked_at(editor):
    post = make_post()
    row = keep(editor, post, typed(post, body="One.")).json()["row"]
    keep(editor, post, typed(post, body="Two."), row=row, number=1)
    editor.post(f"{KEEP}{row}/throw-away/", {"number": 1})
    assert Autosave.objects.exists()
    answer = editor.post(f"{KEEP}{row}/throw-away/", {"number": 2})
    assert answer.url == change(post)
    assert not Autosave.objects.exists()


def test_an_author_whose_post_came_out_meanwhile_can_still_copy_what_was_typed(client):
    writer = make_user(group="Author")
    client.force_login(writer)
    post = make_post(status="draft", published_at=None, created_by=writer)
    keep(client, post, typed(post, body="<p>One more line.</p>"))
    Post.objects.filter(pk=post.pk).update(
        status="published", published_at=timezone.now(), permalink=f"/2026/01/{post.slug}.html"
    )
    page = client.get(change(post)).content.decode()
    assert "Copy what you need" in page
    assert "One more line." in page
    assert "Bring it back" not in page


def test_typed_corrections_and_places_on_the_front_page_come_back_too(editor):
    post = make_post()
    rows = {
        "corrections-TOTAL_FORMS": 1,
        "corrections-0-kind": "update",
        "corrections-0-text": "<p>It is nine.</p>",
        "corrections-0-made_at": "2026-01-02T10:00",
        "front_place": "lead",
        "initial-front_place": "",
    }
    kept = keep(editor, post, typed(post, **rows)).json()
    assert "It is nine." in editor.get(change(post)).content.decode()
    page = editor.get(f"{change(post)}?recover={kept['row']}")
    (inline,) = [one for one in page.context["inline_admin_formsets"] if one.formset.prefix == "corrections"]
    assert inline.formset.forms[0]["text"].value() == "<p>It is nine.</p>"
    body = page.content.decode()
    assert 'name="initial-front_place" value=""' in body or 'name="initial-front_place" id=' in body


@pytest.mark.parametrize("is_new", [True, False])
@pytest.mark.parametrize("sent", [{"title": ["Kept"]}, {"title": ["Kept"], "bylines-TOTAL_FORMS": ["x"]}])
def test_a_text_that_a_form_with_fewer_parts_sent_opens(editor, sent, is_new):
    """As one did that was open while a new release came."""
    post = None if is_new else make_post()
    user = get_user_model().objects.get(pk=editor.session["_auth_user_id"])
    row = Autosave.objects.create(user=user, post=post, text=json.dumps(sent), typed_at=timezone.now())
    page = editor.get(f"{ADD if is_new else change(post)}?recover={row.pk}")
    assert page.context["adminform"].form["title"].value() == "Kept"


def test_a_text_with_half_a_character_opens(editor):
    post = make_post()
    kept = keep(editor, post, json.dumps({"title": ["half \ud83d and nul \x00"], "body": ["x"]})).json()
    assert "half ? and nul" in editor.get(f"{change(post)}?recover={kept['row']}").content.decode()


def test_looking_at_a_text_only_a_browser_has_keeps_nothing(editor):
    post = make_post(body="<p>Old words.</p>")
    text = typed(post, body="<p>New words.</p>")
    said = editor.post(f"{KEEP}look/?post={post.pk}", text, content_type="application/json").json()
    assert "[added: New]" in seen(said["html"])
    assert "data-bring-back" in said["html"]
    assert not Autosave.objects.exists()
    assert editor.get(f"{KEEP}offers/?post={post.pk}").content.strip() == b""
    keep(editor, post, text)
    assert "[added: New]" in seen(editor.get(f"{KEEP}offers/?post={post.pk}").content.decode())


def test_five_megabytes_are_saved_from_the_form_too(editor):
    post = make_post(status="draft", published_at=None)
    assert 'enctype="multipart/form-data"' in editor.get(change(post)).content.decode()
    body = "<p>Ten bytes of text and a few more words.</p>" * 110_000
    assert len(body) > 5_000_000
    assert editor.post(change(post), form(post, body=body)).status_code == 302
    post.refresh_from_db()
    assert post.body == body
