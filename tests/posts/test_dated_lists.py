"""The dates that order lists: PostgreSQL copies them from the post, whoever writes."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from posts import publishing
from posts.models import Byline, Filing, Post, TaggedPost
from tests.factories import make_author, make_category, make_post

NOON = datetime(2016, 10, 4, 12, tzinfo=UTC)


def dates(post):
    """What the rows tied to a post say of its date, without repetition."""
    return {
        *post.filings.values_list("published_at", flat=True),
        *post.bylines.values_list("published_at", flat=True),
        *post.taggings.values_list("published_at", flat=True),
    }


def make_listed(**fields):
    return make_post(categories=[make_category()], tags=["oil"], **fields)


@pytest.mark.django_db
def test_a_published_post_dates_its_rows_and_a_draft_does_not():
    assert dates(make_listed(published_at=NOON)) == {NOON}
    assert dates(make_listed(status="draft", published_at=NOON)) == {None}


CHANGES = {
    "a withdrawal": (lambda post: publishing.withdraw(post), None),
    "another date": (
        lambda post: Post.objects.filter(pk=post.pk).update(published_at=NOON + timedelta(days=1)),
        NOON + timedelta(days=1),
    ),
    "many at once": (
        lambda post: Post.objects.bulk_update([Post(pk=post.pk, published_at=NOON)], ["published_at"]),
        NOON,
    ),
    "a mistaken row": (lambda post: post.filings.update(published_at=timezone.now()), NOON),
    "a stale row": (lambda post: Byline(**vars_of(post.bylines.get())).save(), NOON),
}


def vars_of(byline):
    return {"pk": byline.pk, "post_id": byline.post_id, "author_id": byline.author_id}


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES)
def test_the_rows_follow_the_post_through(change):
    post = make_listed(published_at=NOON)
    deed, date = CHANGES[change]
    deed(post)
    assert dates(post) == {date}


@pytest.mark.django_db
def test_a_row_moved_to_another_post_takes_that_posts_date():
    post, other = make_listed(published_at=NOON), make_post(published_at=NOON + timedelta(days=3))
    post.bylines.update(post=other)
    assert {line.published_at for line in other.bylines.all()} == {other.published_at}


@pytest.mark.django_db
def test_a_post_written_after_its_rows_dates_them():
    category, author = make_category(), make_author()
    Filing.objects.create(post_id=99, category=category)
    Byline.objects.create(post_id=99, author=author)
    make_post(pk=99, authors=0, published_at=NOON)
    assert dates(Post.objects.get(pk=99)) == {NOON}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("publisher_first", [True, False])
def test_who_files_a_post_and_who_publishes_it_at_the_same_time_agree(publisher_first):
    post, category = make_post(status="draft", published_at=NOON, authors=0), make_category()

    def file():
        Filing.objects.create(post=post, category=category)

    def publish():
        Post.objects.filter(pk=post.pk).update(status="published")

    first, second = (publish, file) if publisher_first else (file, publish)

    def act():
        try:
            second()
        finally:
            connection.close()

    other = threading.Thread(target=act)
    with transaction.atomic():
        first()
        other.start()
        other.join(0.5)
        assert other.is_alive()
    other.join()
    assert dates(post) == {NOON}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["category", "tag", "author"])
def test_a_long_list_shows_each_readable_post_once_and_the_newest_first(client, kind):
    author, category = make_author(), make_category()
    posts = [
        make_post(
            authors=[author], categories=[category], tags=["oil"], published_at=NOON + timedelta(days=day % 7)
        )
        for day in range(23)
    ]
    posts[3].bylines.create(author=author, role="photographs")
    make_post(authors=[author], categories=[category], tags=["oil"], status="draft")
    make_post(
        authors=[author],
        categories=[category],
        tags=["oil"],
        published_at=timezone.now() + timedelta(days=1),
    )
    address = {"category": category, "author": author, "tag": TaggedPost.objects.first().tag}[
        kind
    ].get_absolute_url()
    pages = [client.get(address), client.get(f"{address}page/2/"), client.get(f"{address}page/3/")]
    shown = [post.pk for page in pages for post in page.context["page"].posts]
    assert shown == [
        post.pk for post in sorted(posts, key=lambda post: (post.published_at, post.pk), reverse=True)
    ]
    assert client.get(f"{address}page/4/").status_code == 404
