"""The second of two editors gets both versions side by side, field by field, and loses nothing of either."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from posts import bylines, filing, pending, publishing
from posts.models import Byline, Post, Revision
from posts.states import keep_revision, state_of
from tests.factories import make_author, make_category, make_image, make_post, make_user
from tests.posts.test_admin_post import change, form

pytestmark = pytest.mark.django_db
BODY = "<p>One.</p><p>Two.</p><p>Three.</p>"


@pytest.fixture
def editor(client):
    client.force_login(make_user(group="Editor"))
    return client


@pytest.fixture
def post():
    post = make_post(
        body=BODY, tags=["Oil"], categories=[make_category("War")], authors=[make_author(name="Ada")]
    )
    keep_revision(post, Revision.Deed.PUBLISH)
    return post


def typed(post, **fields):
    """The whole form of a post as its editor has it, with some fields changed."""
    data = form(
        post,
        bylines=[line.author for line in post.bylines.all()],
        categories=[category.pk for category in post.filed_under],
        tags=", ".join(f'"{name}"' for name in post.tags.names()),
        lead_image=post.lead_image_id or "",
    )
    return data | fields


def saved_by_other(post, *, name="Nellie Bly", **fields):
    other = make_user(group="Editor", first_name=name.split()[0], last_name=name.split()[1])
    post = Post.objects.get(pk=post.pk)
    for field, value in fields.items():
        setattr(post, field, value)
    publishing.save(post, by=other)
    return post


def shown(answer):
    """The form as it comes back, and what the browser would send if it were saved as it is."""
    bound = answer.context["adminform"].form
    data = {
        name: bound.data.getlist(name) for name in bound.data if name not in ("_take", "csrfmiddlewaretoken")
    }
    return bound, data


def test_what_only_the_other_touched_is_in_the_form_and_what_only_i_touched_stays(editor, post):
    mine = typed(post, title="My title", body=BODY.replace("One.", "One, mine."))
    saved_by_other(post, standfirst="Their standfirst.", body=BODY.replace("Three.", "Three, theirs."))
    answer = editor.post(change(post), mine)
    bound, data = shown(answer)
    page = answer.content.decode()
    assert "Nellie Bly saved this post" in page
    assert "is in the form as they left it: Standfirst." in page
    assert bound.conflict.clashing == []
    editor.post(change(post), data)
    post.refresh_from_db()
    assert post.title == "My title"
    assert post.standfirst == "Their standfirst."
    assert post.body == "<p>One, mine.</p><p>Two.</p><p>Three, theirs.</p>"


def test_what_both_changed_is_side_by_side_and_mine_stands_until_decided(editor, post):
    mine = typed(post, title="My title", body=BODY.replace("Two.", "Two, mine."))
    saved_by_other(post, title="Their title", body=BODY.replace("Two.", "Two, theirs."))
    answer = editor.post(change(post), mine)
    bound, data = shown(answer)
    [title] = bound.conflict.clashes
    assert [(piece.what, piece.text.strip()) for piece in title.mine] == [
        ("differs", "My"),
        ("same", "title"),
    ]
    assert [(piece.what, piece.text.strip()) for piece in title.theirs] == [
        ("differs", "Their"),
        ("same", "title"),
    ]
    [place] = bound.conflict.places
    assert place.is_clash
    assert data["title"] == ["My title"]
    assert "Two, mine." in data["body"][0]
    assert 'id="merge-parts"' in answer.content.decode()
    assert post.revisions.first().state["body"] == BODY.replace("Two.", "Two, theirs.")


def test_byline_categories_tags_and_picture_are_neither_lost_nor_mixed_up(editor, post):
    zoe, peace, image = make_author(name="Zoe"), make_category("Peace"), make_image(title="Harbour")
    abe, iran = make_author(name="Abe"), make_category("Iran")
    mine = typed(post, categories=[iran.pk], tags='"Oil", "Mine"')
    mine |= {"bylines-0-author": abe.pk, "lead_image": make_image(title="Boats").pk}
    other = Post.objects.get(pk=post.pk)
    bylines.sign(other, [(zoe, "by"), (abe, "translated")])
    filing.file_under(other, [peace])
    other.tags.set(["Theirs"])
    saved_by_other(other, lead_image=image)
    answer = editor.post(change(post), mine)
    bound, _ = shown(answer)
    assert [clash.label for clash in bound.conflict.clashes] == ["Byline", "Categories", "Lead image"]
    page = answer.content.decode()
    for name in ("Zoe", "Abe (translated by)", "Peace", "Iran", "Harbour", "Boats"):
        assert name in page
    assert bound.data["tags"] == '"Mine", "Theirs"'
    for name in ("authors", "categories", "lead_image_id"):
        answer = editor.post(change(post), shown(answer)[1] | {"_take": name})
        assert "Theirs is in the form now" in answer.content.decode()
    assert Post.objects.get(pk=post.pk).filed_under == [peace]
    _, data = shown(answer)
    editor.post(change(post), data)
    post = Post.objects.get(pk=post.pk)
    assert [(line.author, line.role) for line in post.bylines.all()] == [
        (zoe, Byline.Role.BY),
        (abe, Byline.Role.TRANSLATED),
    ]
    assert post.filed_under == [peace]
    assert post.lead_image == image
    assert sorted(post.tags.names()) == ["Mine", "Theirs"]


def test_a_byline_only_the_other_changed_stands_in_the_rows(editor, post):
    zoe, ada = make_author(name="Zoe"), post.bylines.get().author
    mine = typed(post, title="My title")
    other = Post.objects.get(pk=post.pk)
    bylines.sign(other, [(zoe, "by"), *((line.author, line.role) for line in post.bylines.all())])
    saved_by_other(other)
    answer = editor.post(change(post), mine)
    rows = answer.context["inline_admin_formsets"][0].formset
    assert [row["author"].data for row in rows.forms] == [str(zoe.pk), str(ada.pk)]
    editor.post(change(post), shown(answer)[1])
    assert [line.author.name for line in Post.objects.get(pk=post.pk).bylines.all()] == ["Zoe", "Ada"]


def test_taking_theirs_saves_nothing_and_leaves_the_rest_of_my_form_alone(editor, post):
    mine = typed(post, title="My title", standfirst="My standfirst.", slug="my-slug")
    saved_by_other(post, title="Their title", standfirst="Their standfirst.")
    answer = editor.post(change(post), mine)
    answer = editor.post(change(post), shown(answer)[1] | {"_take": "title"})
    bound, data = shown(answer)
    assert (data["title"], data["standfirst"], data["slug"]) == (
        ["Their title"],
        ["My standfirst."],
        ["my-slug"],
    )
    assert [clash.name for clash in bound.conflict.clashes] == ["slug", "standfirst"]
    assert Post.objects.get(pk=post.pk).title == "Their title"
    assert Post.objects.get(pk=post.pk).version == 2
    answer = editor.post(change(post), data)
    assert answer.status_code == 302
    assert Post.objects.get(pk=post.pk).standfirst == "My standfirst."


def test_their_whole_text_can_be_taken_without_a_script(editor, post):
    mine = typed(post, body="<p>All mine.</p>")
    other = saved_by_other(post, body="<p>All theirs.</p>")
    answer = editor.post(change(post), mine)
    answer = editor.post(change(post), shown(answer)[1] | {"_take": "body"})
    assert shown(answer)[1]["body"] == [other.body]
    assert "nothing left in which the two differ" in answer.content.decode()


def test_a_third_save_during_the_merge_is_told_too(editor, post):
    mine = typed(post, title="My title")
    saved_by_other(post, title="Second")
    _, data = shown(editor.post(change(post), mine))
    saved_by_other(post, name="Ida Tarbell", title="Third")
    answer = editor.post(change(post), data)
    assert "Ida Tarbell saved this post" in answer.content.decode()
    assert Post.objects.get(pk=post.pk).title == "Third"


def test_a_field_that_is_not_valid_keeps_what_was_typed(editor, post):
    mine = typed(post, video_url="no address")
    saved_by_other(post, video_url="https://youtu.be/dQw4w9WgXcQ")
    answer = editor.post(change(post), mine)
    bound, data = shown(answer)
    assert data["video_url"] == ["no address"]
    assert bound.conflict.labels_unclean == ["Related video"]
    assert "Yours is not valid yet" in answer.content.decode()


def test_a_post_published_meanwhile_keeps_its_date_and_says_so(editor):
    post = make_post(status="draft", published_at=None, body=BODY)
    keep_revision(post, Revision.Deed.SAVE)
    mine = typed(post, title="My title")
    publishing.publish(Post.objects.get(pk=post.pk))
    answer = editor.post(change(post), mine)
    assert "The post is now: Published." in answer.content.decode()
    editor.post(change(post), shown(answer)[1])
    post = Post.objects.get(pk=post.pk)
    assert post.is_public
    assert post.title == "My title"


def test_a_date_is_merged_to_the_minute(editor):
    at = timezone.now() + timedelta(days=2)
    post = make_post(published_at=at, body=BODY)
    keep_revision(post, Revision.Deed.PUBLISH)
    mine = typed(post, title="My title")
    saved_by_other(post, standfirst="Theirs.", published_at=at + timedelta(hours=3))
    bound, data = shown(editor.post(change(post), mine))
    assert "Publication date" in bound.conflict.labels_taken
    assert data["published_at"] == [f"{timezone.localtime(at + timedelta(hours=3)):%Y-%m-%dT%H:%M}"]


def test_without_a_revision_to_begin_from_every_difference_is_shown(editor, post):
    post.revisions.all().delete()
    mine = typed(post, title="My title")
    saved_by_other(post, standfirst="Theirs.")
    bound, data = shown(editor.post(change(post), mine))
    assert [clash.label for clash in bound.conflict.clashes] == ["Title", "Standfirst"]
    assert data["standfirst"] == [post.standfirst]


def test_somebodys_pending_changes_are_merged_the_same_way(editor, post):
    state = state_of(post) | {"title": "Their pending title", "body": BODY.replace("Two.", "Two, theirs.")}
    mine = typed(post, _deed="keep_pending", title="My pending title")
    pending.keep(Post.objects.get(pk=post.pk), state)
    answer = editor.post(change(post), mine)
    bound, data = shown(answer)
    assert [clash.label for clash in bound.conflict.clashes] == ["Title"]
    assert len(bound.conflict.places) == 1
    assert re.search(r"name=.merge_pending. value=.on.", answer.content.decode())
    answer = editor.post(change(post), data | {"merge_pending": "on", "_take": "title"})
    assert shown(answer)[1]["title"] == ["Their pending title"]


def test_nothing_is_taken_by_a_name_there_is_not(editor, post):
    answer = editor.post(change(post), typed(post, _take="status"))
    assert "nothing of that name to take" in answer.content.decode()
    post.refresh_from_db()
    assert post.version == 1


def test_words_that_look_like_a_script_do_no_harm_in_the_merge(editor, post):
    mine = typed(post, title="</script><script>alert(1)</script>", body="<p>&lt;/script&gt; mine</p>")
    saved_by_other(post, title="<b>Theirs</b>", body="<p>Theirs</p>")
    page = editor.post(change(post), mine).content.decode()
    assert "<script>alert(1)" not in page
    assert "<b>Theirs</b>" not in page


def test_more_places_than_anybody_could_look_through_are_counted(editor, post):
    many = "".join(f"<p>Number {n}.</p><p>Between {n}.</p>" for n in range(230))
    Post.objects.filter(pk=post.pk).update(body=many)
    post.refresh_from_db()
    mine = typed(post, body=many.replace("Number", "Mine"))
    saved_by_other(post, body=many.replace("Number", "Theirs"))
    answer = editor.post(change(post), mine)
    assert len(shown(answer)[0].conflict.places) == 200
    assert "30 further places" in answer.content.decode()
