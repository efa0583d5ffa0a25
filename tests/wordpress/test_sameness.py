"""A second run: what is as it was is not even converted to see that."""

import pytest
from django.core.files.base import ContentFile

from images.models import Image
from posts.models import Post
from tests.wordpress.parts import item, upload
from wordpress.models import Imported
from wordpress.taking import outcome, sameness

pytestmark = pytest.mark.django_db

PICTURE = '<img src="https://old.example/wp-content/uploads/2010/05/bridge.jpg">'


@pytest.fixture
def made(monkeypatch):
    """The ids of the items whose bodies are converted."""

    convert, ids = outcome.convert, []
    monkeypatch.setattr(
        outcome, "convert", lambda body, *rest, **more: ids.append(body) or convert(body, *rest, **more)
    )
    return ids


def test_a_second_run_converts_only_what_is_no_longer_the_same(take, made):
    parts = [
        upload(),
        item(1, body="One"),
        item(2, slug="two", body="Two"),
        item(3, kind="page", slug="about", body="Page"),
    ]
    take(*parts)
    assert made == ["One", "Two", "Page"]
    made.clear()
    report = take(*parts)
    assert (report.did("unchanged"), made) == (4, [])
    parts[2] = item(2, slug="two", body="Two and a half")
    assert take(*parts).did("changed") == 1
    assert made == ["Two and a half"]


def test_what_was_deleted_here_is_not_converted(take, made):
    take(item())
    Post.objects.all().delete()
    made.clear()
    assert take(item()).did("skipped") == 1
    assert made == []


def test_when_a_file_has_come_all_texts_are_looked_at_once_more_and_none_counts_as_changed(
    take, made, client
):
    parts = [upload(), item(body=PICTURE), item(2, slug="two")]
    take(*parts)
    before = Post.objects.get(slug="title")
    image = Image.objects.get()
    image.file.save("bridge.jpg", ContentFile(b"x"), save=False)
    Image.objects.filter(pk=image.pk).update(file=image.file.name)
    made.clear()
    report = take(*parts)
    assert (len(made), report.did("changed"), report.items["post/publish", "unchanged"]) == (2, 0, 2)
    post = Post.objects.get(slug="title")
    assert (post.updated_at, post.revisions.count()) == (before.updated_at, 1)
    assert image.file.url in client.get(post.permalink).content.decode()
    made.clear()
    take(*parts)
    assert made == []


def test_a_program_that_reads_texts_differently_looks_at_them_again(take, made, monkeypatch):
    take(item())
    made.clear()
    monkeypatch.setattr(sameness, "_program", lambda: "another")
    assert take(item()).did("unchanged") == 1
    assert made == ["Text"]
    made.clear()
    take(item())
    assert made == []


def test_of_a_post_given_twice_the_later_counts_and_stays(take):
    parts = [item(body="Earlier"), item(body="Later")]
    take(*parts)
    assert Post.objects.get().body == "<p>Later</p>"
    take(*parts)
    assert Post.objects.get().body == "<p>Later</p>"
    assert Post.objects.get().revisions.count() == 1
    assert Imported.objects.filter(kind="post").count() == 1
