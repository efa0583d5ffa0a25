import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.checks import run_checks
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from posts import permalinks, publishing, states
from posts.models import Post, Revision
from tests.factories import make_category, make_post, make_user

pytestmark = pytest.mark.django_db


def draft(**fields):
    return make_post(**{"status": "draft", "published_at": None, "slug": ""} | fields)


@pytest.mark.parametrize(
    ("status", "hours", "code"),
    [
        ("published", -1, 200),
        ("published", 1, 404),
        ("in_review", -1, 404),
        ("draft", -1, 404),
        ("withdrawn", -1, 404),
    ],
)
def test_a_post_opens_once_published_and_its_hour_has_come(client, status, hours, code):
    post = make_post(status=status, published_at=timezone.now() + timedelta(hours=hours))
    assert client.get(post.permalink).status_code == code


def test_publishing_gives_a_date_an_address_and_a_revision():
    editor = make_user()
    post = draft(title="What the Marshes Remember")
    publishing.publish(post, by=editor)
    assert post.is_public
    assert post.permalink == f"/{timezone.localdate():%Y/%m}/what-the-marshes-remember.html"
    kept = post.revisions.get()
    assert (kept.deed, kept.created_by, kept.state["title"]) == ("publish", editor, post.title)


@pytest.mark.parametrize(("field", "value"), [("title", " "), ("body", "")])
def test_what_readers_need_is_asked_for_in_a_sentence(field, value):
    post = draft(**{field: value})
    with pytest.raises(publishing.CannotPublish) as refused:
        publishing.publish(post)
    assert list(refused.value.problems) == [field]
    assert Post.objects.get(pk=post.pk).status == "draft"


def test_a_date_to_come_schedules_and_readers_see_it_in_time_without_a_job(client):
    post = draft(title="Tomorrow")
    publishing.publish(post, at=timezone.now() + timedelta(seconds=1.5))
    assert post.status_word == "Scheduled"
    assert client.get(post.permalink).status_code == 404
    while timezone.now() < post.published_at:
        pass
    assert client.get(post.permalink).status_code == 200


def test_publishing_again_keeps_the_first_date():
    post = draft()
    publishing.publish(post)
    first = post.published_at
    publishing.withdraw(post)
    publishing.publish(post)
    assert post.published_at == first


def test_a_taken_address_gets_a_number_and_none_is_overwritten():
    first, second = draft(title="Same"), draft(title="Same")
    publishing.publish(first)
    publishing.publish(second)
    assert (first.slug, second.slug) == ("same", "same-2")


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_under_one_address_at_once_both_get_one():
    first, second = draft(slug="bridge"), draft(slug="bridge")
    is_given, failed = threading.Event(), []

    def publish_second():
        try:
            is_given.wait(10)
            publishing.publish(second)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=publish_second)
    thread.start()
    with transaction.atomic():
        publishing.publish(first)
        is_given.set()
        connection.cursor().execute("SELECT pg_sleep(0.2)")
    thread.join()
    assert failed == []
    assert sorted(Post.objects.values_list("slug", flat=True)) == ["bridge", "bridge-2"]


def test_one_slug_serves_two_months():
    day = datetime(2016, 10, 4, 12, tzinfo=UTC)
    october, november = draft(slug="letter"), draft(slug="letter")
    publishing.publish(october, at=day)
    publishing.publish(november, at=day + timedelta(days=31))
    assert (october.permalink, november.permalink) == ("/2016/10/letter.html", "/2016/11/letter.html")


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Iran’s Oil & Iraq’s Water", "irans-oil-iraqs-water"),
        ("سلام دنیا", "سلام-دنیا"),
        ("!!!", "post-"),
        ("word " * 60, "word-word"),
    ],
)
def test_a_slug_is_made_from_the_title(client, title, slug):
    post = draft(title=title)
    publishing.publish(post)
    assert post.slug.startswith(slug)
    assert len(post.slug) <= 81
    assert client.get(post.permalink).status_code == 200


def test_saving_without_a_change_keeps_no_revision():
    post = draft()
    publishing.save(post)
    publishing.save(post)
    assert post.revisions.filter(deed=Revision.Deed.SAVE).count() == 1
    post.title = "Another"
    publishing.save(post)
    assert post.revisions.filter(deed=Revision.Deed.SAVE).count() == 2


def test_submitting_hands_a_draft_to_the_editors():
    post = draft()
    publishing.submit(post)
    assert (post.status_word, post.revisions.get().deed) == ("In review", "submit")


def test_a_moved_date_leads_the_old_address_to_the_new(client):
    post = make_post(published_at=datetime(2020, 5, 5, 12, tzinfo=UTC), slug="letter")
    publishing.publish(post, at=datetime(2020, 6, 5, 12, tzinfo=UTC))
    assert client.get("/2020/05/letter.html")["Location"] == "/2020/06/letter.html"


def test_the_database_refuses_a_published_post_without_date_or_address():
    with pytest.raises(IntegrityError, match="published_post_has_a_date"), transaction.atomic():
        Post.objects.create(title="x", status="published")


def test_a_revision_holds_the_relations_too():
    category = make_category()
    post = make_post(authors=2, categories=[category], tags=["oil", "iran"])
    state = states.keep_revision(post, "save").state
    assert state["categories"] == [category.pk]
    assert state["tags"] == ["iran", "oil"]
    assert len(state["authors"]) == 2


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/%year%/%monthnum%/%postname%.html", "/2016/10/letter.html"),
        ("/%year%/%monthnum%/%day%/%postname%/", "/2016/10/04/letter/"),
        ("/%postname%/", "/letter/"),
        ("/archives/%post_id%", "/archives/{id}"),
    ],
)
def test_the_pattern_speaks_wordpress(settings, pattern, path):
    settings.PERMALINK_PATTERN = pattern
    post = make_post(slug="letter", published_at=datetime(2016, 10, 4, 12, tzinfo=UTC))
    made = permalinks.path_for(post)
    assert made == path.format(id=post.pk)
    import re

    assert re.match(permalinks.route(), made.removeprefix("/"))


@pytest.mark.parametrize(("pattern", "code"), [("/%postnme%/", "posts.E001"), ("/%year%/", "posts.E002")])
def test_a_pattern_that_cannot_work_is_refused_with_its_cure(settings, pattern, code):
    settings.PERMALINK_PATTERN = pattern
    assert [error.id for error in run_checks() if error.id.startswith("posts.")] == [code]
