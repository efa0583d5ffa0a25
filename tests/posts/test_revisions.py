"""The revisions of a post: who may see them, what each changed, comparing two, naming one, and putting one back."""

import pytest
from django.urls import reverse

from posts import publishing
from posts.models import PendingChange, Post, Revision
from posts.states import keep_revision
from tests.factories import make_author, make_category, make_post, make_user

pytestmark = pytest.mark.django_db


def saved(post, *, by=None, **fields):
    """The post saved with these fields: its newest revision."""
    for name, value in fields.items():
        setattr(post, name, value)
    publishing.save(post, by=by)
    return post.revisions.first()


def screen(name, post, *args):
    return reverse(f"admin:posts_post_{name}", args=[post.pk, *args])


@pytest.fixture
def editor(client):
    client.user = make_user(group="Editor", first_name="Nellie", last_name="Bly")
    client.force_login(client.user)
    return client


@pytest.fixture
def post():
    post = make_post(body="<p>The river rose.</p>")
    keep_revision(post, Revision.Deed.PUBLISH)
    return post


def test_the_list_says_who_did_what_when_and_in_brief_what_changed(editor, post):
    saved(post, by=editor.user, body="<p>The river fell slowly.</p>", title="On rivers")
    page = editor.get(screen("revisions", post)).content.decode()
    assert "Saved by Nellie Bly" in page
    assert "2 words added, 1 removed" in page
    assert "; Title." in page
    assert "Published by the system" in page
    assert "The first one that is kept." in page


def test_the_list_costs_the_same_however_long_and_goes_on_by_number(
    editor, post, django_assert_max_num_queries
):
    def cost(address):
        with django_assert_max_num_queries(24) as queries:
            page = editor.get(address)
        return len(queries), page.content.decode()

    saved(post, body="<p>One.</p>")
    few, _ = cost(screen("revisions", post))
    for n in range(60):
        saved(post, body=f"<p>Draft number {n}.</p>")
    many, page = cost(screen("revisions", post))
    assert many == few
    numbers = []
    while True:
        entries = [n for n in post.revisions.values_list("pk", flat=True) if f"/revisions/{n}/" in page]
        numbers += entries
        if "Earlier</a>" not in page:
            break
        _, page = cost(screen("revisions", post) + f"?before={entries[-1]}")
    assert numbers == list(post.revisions.values_list("pk", flat=True))


def test_texts_too_long_to_count_are_said_to_have_changed(editor, post):
    saved(post, body=f"<p>{'word ' * 700_000}</p>")
    page = editor.get(screen("revisions", post)).content.decode()
    assert "Text." in page
    assert "words added" not in page


def test_only_named_ones_are_shown_when_asked(editor, post):
    named = saved(post, body="<p>As sent to the lawyers.</p>")
    other = saved(post, body="<p>Later.</p>")
    answer = editor.post(screen("revision_name", post, named.pk), {"name": " To  the lawyers "})
    assert answer.url == screen("revision", post, named.pk)
    page = editor.get(screen("revisions", post) + "?named").content.decode()
    assert "To the lawyers" in page
    assert screen("revision", post, other.pk) not in page
    editor.post(screen("revision_name", post, named.pk), {"name": ""})
    assert "No revision has a name." in editor.get(screen("revisions", post) + "?named").content.decode()


def test_one_is_shown_with_what_it_changed_and_against_now(editor, post):
    middle = saved(post, body="<p>The river fell.</p>")
    saved(post, body="<p>The river dried up.</p>")
    page = editor.get(screen("revision", post, middle.pk)).content.decode()
    assert "[removed: </span>rose" in page
    assert "[added: </span>fell" in page
    page = editor.get(screen("revision", post, middle.pk) + "?against=now").content.decode()
    assert "[removed: </span>fell" in page
    assert "[added: </span>dried up" in page


def test_any_two_are_compared_the_earlier_first(editor, post):
    first = post.revisions.first()
    saved(post, body="<p>The river fell.</p>")
    last = saved(post, body="<p>The river dried up.</p>")
    address = screen("revisions_compare", post)
    answer = editor.get(address, {"one": last.pk, "other": first.pk}, follow=True)
    page = answer.content.decode()
    assert "[removed: </span>rose" in page
    assert "[added: </span>dried up" in page
    answer = editor.get(address, {"one": first.pk, "other": first.pk}, follow=True)
    assert "Choose two different revisions" in answer.content.decode()


def test_another_posts_revision_is_not_found(editor, post):
    other = make_post()
    theirs = keep_revision(other, Revision.Deed.PUBLISH)
    assert editor.get(screen("revision", post, theirs.pk)).status_code == 404
    own = post.revisions.first()
    assert editor.get(screen("revision", post, own.pk) + f"?against={theirs.pk}").status_code == 404
    assert editor.post(screen("revision_name", post, theirs.pk), {"name": "Mine"}).status_code == 404
    assert editor.post(screen("revision_restore", post, theirs.pk)).status_code == 404


def test_restoring_shows_the_difference_first_and_then_puts_all_of_it_back(editor):
    ada, war = make_author(name="Ada"), make_category("War")
    post = make_post(authors=[ada], categories=[war], tags=["Oil"], body="<p>The river rose.</p>")
    first = keep_revision(post, Revision.Deed.PUBLISH)
    post.bylines.all().delete()
    post.filings.all().delete()
    post.tags.clear()
    saved(post, body="<p>Spoilt.</p>", title="Spoilt")
    address = screen("revision_restore", post, first.pk)
    page = editor.get(address).content.decode()
    assert "Readers see it at once" in page
    for label in ("Title", "Text", "Byline", "Categories", "Tags"):
        assert f'difference__label">{label}</h3>' in page
    assert "Spoilt" in Post.objects.get().title
    editor.post(address, {"seen_version": post.version, "_deed": "restore"})
    post = Post.objects.get()
    assert post.body == "<p>The river rose.</p>"
    assert [line.author for line in post.bylines.all()] == [ada]
    assert post.filed_under == [war]
    assert [tag.name for tag in post.tags.all()] == ["Oil"]
    last = post.revisions.first()
    assert (last.deed, last.created_by) == ("restore", editor.user)
    assert last.state["body"] == "<p>The river rose.</p>"


def test_restoring_over_somebodys_newer_save_is_told_and_not_done(editor, post):
    first, seen = post.revisions.first(), post.version
    saved(post, body="<p>Saved meanwhile.</p>")
    page = editor.post(screen("revision_restore", post, first.pk), {"seen_version": seen}).content.decode()
    assert "Somebody saved this post while you were looking" in page
    assert "Saved meanwhile" in page
    post.refresh_from_db()
    assert post.body == "<p>Saved meanwhile.</p>"
    assert f'value="{post.version}"' in page


def test_what_could_not_be_put_back_is_said_before_and_after(editor, post):
    section = make_category("Closed")
    first = post.revisions.first()
    Revision.objects.filter(pk=first.pk).update(state=first.state | {"categories": [section.pk]})
    section.delete()
    saved(post, body="<p>Newer.</p>")
    address = screen("revision_restore", post, first.pk)
    assert "Cannot be put back: A category is no longer there." in editor.get(address).content.decode()
    answer = editor.post(address, {"seen_version": post.version}, follow=True)
    assert "Not restored: A category is no longer there." in answer.content.decode()
    post.refresh_from_db()
    assert post.body == "<p>The river rose.</p>"


def test_what_readers_see_is_never_made_empty(editor, post):
    first = post.revisions.first()
    Revision.objects.filter(pk=first.pk).update(state=first.state | {"body": ""})
    page = editor.post(screen("revision_restore", post, first.pk), {"seen_version": post.version})
    assert "the body is empty" in page.content.decode()
    post.refresh_from_db()
    assert post.body


def test_a_revision_of_a_published_post_can_wait_as_a_pending_change(editor, post):
    first = post.revisions.first()
    saved(post, body="<p>What readers see.</p>")
    editor.post(screen("revision_restore", post, first.pk), {"seen_version": post.version, "_deed": "later"})
    post.refresh_from_db()
    assert post.body == "<p>What readers see.</p>"
    assert PendingChange.objects.get(post=post).state["body"] == "<p>The river rose.</p>"
    assert "Keep as a change" not in editor.get(screen("revision_restore", post, first.pk)).content.decode()


def test_an_author_sees_the_revisions_of_their_own_posts_and_restores_only_drafts(client, post):
    writer = make_user(group="Author")
    client.force_login(writer)
    revision = post.revisions.first()
    assert client.get(screen("revisions", post)).status_code == 404
    assert client.get(screen("revision", post, revision.pk)).status_code == 404
    Post.objects.update(created_by=writer)
    assert client.get(screen("revisions", post)).status_code == 200
    assert "Restore" not in client.get(screen("revision", post, revision.pk)).content.decode()
    assert client.get(screen("revision_restore", post, revision.pk)).status_code == 403
    assert client.post(screen("revision_name", post, revision.pk), {"name": "x"}).status_code == 403
    draft = make_post(status="draft", published_at=None, created_by=writer)
    own = keep_revision(draft, Revision.Deed.SUBMIT)
    assert client.get(screen("revision_restore", draft, own.pk)).status_code == 200


def test_nothing_is_changed_by_a_get(editor, post):
    revision = post.revisions.first()
    assert editor.get(screen("revision_name", post, revision.pk)).status_code == 405
    saved(post, body="<p>Newer.</p>")
    editor.get(screen("revision_restore", post, revision.pk))
    assert Post.objects.get().body == "<p>Newer.</p>"


def test_beside_the_text_stands_who_moved_the_post_and_when(editor):
    post = make_post(status="draft", published_at=None)
    publishing.submit(post, by=editor.user)
    saved(post, by=editor.user, body="<p>Edited.</p>")
    publishing.publish(post, by=editor.user)
    page = editor.get(screen("change", post)).content.decode()
    history = page[page.index("moves-heading") : page.index("All revisions")]
    assert history.index("Published</a> by Nellie Bly") < history.index("Sent to review</a> by Nellie Bly")
    assert "Saved" not in history
    assert screen("revisions", post) in page


@pytest.mark.parametrize(
    "query", ["?before=x", "?before=999999999999999999999", "?before=-1", "?named&before="]
)
def test_no_query_breaks_the_list(editor, post, query):
    assert editor.get(screen("revisions", post) + query).status_code == 200
