from datetime import UTC, datetime

import pytest

from posts import reading
from posts.models import Post
from tests.factories import make_author, make_category, make_post

pytestmark = pytest.mark.django_db
NOON = datetime(2016, 10, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize("number", ["0", "-1", "3", "1000000000000", "x", "1.5"])
def test_a_page_that_is_not_there_is_not_found(client, number):
    make_post()
    assert client.get(f"/page/{number}/").status_code == 404


def test_neighbours_are_the_next_in_time_even_at_one_moment():
    first, second, third = (make_post(published_at=NOON) for _ in range(3))
    posts = reading.with_neighbours(Post.objects.order_by("pk"))
    around = [
        (post.newer and post.newer["permalink"], post.older and post.older["permalink"]) for post in posts
    ]
    assert around == [
        (second.permalink, None),
        (third.permalink, first.permalink),
        (None, second.permalink),
    ]


def test_a_branch_holds_the_posts_of_its_children_once(client):
    top = make_category("Middle East", slug="middle-east")
    iran, iraq = make_category("Iran", parent=top), make_category("Iraq", parent=top)
    post = make_post(categories=[iran, iraq])
    assert list(top.filings.post_ids().values_list("post", flat=True)) == [post.pk]
    assert [category.name for category in Post.objects.for_cards().get().filed_under] == ["Iran", "Iraq"]


def test_an_author_page_holds_co_authored_and_translated_posts():
    author = make_author()
    first = make_post(authors=[make_author(), author])
    second = make_post(authors=1)
    second.bylines.create(author=author, role="translated")
    assert set(Post.objects.signed_by(author)) == {first, second}


@pytest.mark.parametrize(
    "path", ["/0000/", "/2016/00/", "/2016/13/", "/2016/12/", "/1999/", "/20160/", "/9999/12/"]
)
def test_a_date_without_posts_is_not_found(client, path):
    make_post(published_at=NOON)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/2016/", "/2016/10/", "/archives/"])
def test_a_date_with_posts_opens(client, path):
    post = make_post(published_at=NOON)
    answer = client.get(path)
    assert answer.status_code == 200
    assert path == "/archives/" or post.title in answer.content.decode()
