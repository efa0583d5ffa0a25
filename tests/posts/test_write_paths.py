"""Two people at one post, each by any of the ways in which a post can be written: no text is lost, on any path.

Both open the post as it stands; then the first writes, then the second. Whatever either wrote must then stand in the post, in a
revision, in the pending changes, in an autosave, or in the answer of the one who was refused.
"""

import itertools
import json

import pytest
from django.test import Client
from django.urls import reverse

from posts import publishing
from posts.models import Autosave, PendingChange, Post, Revision
from tests.factories import make_post, make_user
from tests.posts.keeping import KEEP
from tests.posts.test_admin_post import change, form
from tests.posts.test_bulk import propose

pytestmark = pytest.mark.django_db


class Way:
    """`open` takes what the browser has of the post; `write` sends the text and gives the pages that were answered."""

    def open(self, editor, post, text):
        pending = PendingChange.objects.filter(post=post).first()
        return form(post, seen_pending=pending.version if pending else "")

    def write(self, editor, post, opened, text):
        answer = editor.post(change(post), self.filled(opened, text), follow=True)
        return answer.content.decode()


class Form(Way):
    def filled(self, opened, text):
        return opened | {"body": f"<p>{text}</p>", "_deed": "save"}


class KeepForLater(Way):
    def filled(self, opened, text):
        return opened | {"body": f"<p>{text}</p>", "_deed": "keep_pending"}


class PublishChanges(Way):
    """Somebody's pending changes are there before; the form shows them and publishes them with more."""

    def filled(self, opened, text):
        return opened | {"body": f"<p>{text}</p>", "_deed": "apply_pending"}


class Restore(Way):
    def open(self, editor, post, text):
        return {"seen_version": post.version, "confirmed": "yes"}

    def write(self, editor, post, opened, text):
        state = post.revisions.first().state | {"body": f"<p>{text}</p>"}
        revision = Revision.objects.create(post=post, deed="save", state=state)
        address = reverse("admin:posts_post_revision_restore", args=[post.pk, revision.pk])
        return editor.post(address, opened, follow=True).content.decode()


class QuickEdit(Way):
    def open(self, editor, post, text):
        opened = editor.get(reverse("admin:posts_post_quick", args=[post.pk])).context["form"]
        data = {name: opened[name].value() for name in opened.fields}
        return {name: "" if value is None else value for name, value in data.items()} | {
            "published_at": form(post)["published_at"],
            "tags": "",
        }

    def write(self, editor, post, opened, text):
        address = reverse("admin:posts_post_quick", args=[post.pk])
        return editor.post(address, opened | {"title": text}, follow=True).content.decode()


class Bulk(Way):
    """The effect is looked at, with the text in it, before the other writes."""

    def open(self, editor, post, text):
        address = propose(editor, "add_tags", [post]).request["PATH_INFO"]
        assert text in editor.post(address, {"do": "choose", "tags": text}, follow=True).content.decode()
        return address

    def write(self, editor, post, opened, text):
        return editor.post(opened, {"do": "begin"}, follow=True).content.decode()


class Autosaved(Way):
    def open(self, editor, post, text):
        return form(post)

    def write(self, editor, post, opened, text):
        said = json.dumps({name: [str(value)] for name, value in (opened | {"title": text}).items()})
        key = "6ba7b810-9dad-41d1-80b4-00c04fd430c8"
        address = (
            f"{KEEP}?post={post.pk}&key={key}&typed_at=1700000000000&base_version={opened['seen_version']}"
        )
        answer = editor.post(address, said, content_type="application/json")
        assert answer.status_code == 200
        return answer.content.decode()


WAYS = [Form(), KeepForLater(), PublishChanges(), Restore(), QuickEdit(), Bulk(), Autosaved()]


def everything_kept(post):
    """All that is stored of the post, in one string."""
    stored = Post.objects.get(pk=post.pk)
    return " ".join(
        [
            stored.title,
            stored.body,
            *stored.tags.names(),
            *(json.dumps(state) for state in stored.revisions.values_list("state", flat=True)),
            *(json.dumps(state) for state in PendingChange.objects.values_list("state", flat=True)),
            *Autosave.objects.values_list("text", flat=True),
        ]
    )


@pytest.mark.parametrize(
    ("first", "second"),
    list(itertools.product(WAYS, WAYS)),
    ids=lambda way: type(way).__name__,
)
def test_no_text_is_lost_on_any_two_paths(first, second):
    editors = []
    for _ in range(2):
        editors.append(Client())
        editors[-1].force_login(make_user(group="Editor"))
    post = make_post(title="As it was", body="<p>As it was.</p>")
    editors[0].post(change(post), form(post, body="<p>As it stood.</p>"))
    post = Post.objects.get(pk=post.pk)
    if PublishChanges in (type(first), type(second)):
        editors[0].post(change(post), form(post, _deed="keep_pending", body="<p>Begun.</p>", seen_pending=""))
    both = list(zip((first, second), editors, ("Heronsreed", "Lanternquay"), strict=True))
    opened = [way.open(editor, post, text) for way, editor, text in both]
    answers = [
        way.write(editor, post, seen, text) for (way, editor, text), seen in zip(both, opened, strict=True)
    ]
    kept = everything_kept(post)
    for (_, _, text), answer in zip(both, answers, strict=True):
        assert text in kept or text in answer, text
    assert "Heronsreed" in kept, "whoever is first is never refused"


def test_a_deed_that_knows_an_older_version_writes_nothing():
    """The check stands in the UPDATE itself, whatever a path has looked at before."""

    post = make_post(body="<p>As it was.</p>")
    stale = Post.objects.get(pk=post.pk)
    post.body = "<p>Theirs.</p>"
    publishing.save(post)
    stale.body = "<p>Mine.</p>"
    for deed in (
        publishing.save,
        publishing.publish,
        publishing.withdraw,
        publishing.trash,
        publishing.submit,
    ):
        with pytest.raises(publishing.ChangedMeanwhile):
            deed(stale)
        assert Post.objects.get(pk=post.pk).body == "<p>Theirs.</p>"
