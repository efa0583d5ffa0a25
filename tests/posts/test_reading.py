from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from posts import reading, searching
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
    assert list(Post.objects.published().in_branch(top)) == [post]
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


def found(query):
    return [post.title for post in searching.find(query, 1).posts]


def test_search_weighs_the_title_most_and_understands_phrases_and_exclusion():
    make_post(title="Water in the marshes", body="<p>Reeds.</p>")
    make_post(title="Oil", body="<p>Water is scarce in the delta.</p>")
    assert found("water") == ["Water in the marshes", "Oil"]
    assert found("water -delta") == ["Water in the marshes"]
    assert found('"scarce in the delta"') == ["Oil"]
    assert found("zzz") == []


def test_search_finds_no_markup_and_no_draft():
    make_post(title="One", body='<p><a href="https://example.org/xylophone">link</a></p>')
    make_post(title="Two xylophones", status="draft")
    make_post(title="Three xylophones", published_at=timezone.now() + timedelta(days=1))
    assert found("xylophones") == []


@pytest.mark.parametrize(
    "query",
    [
        "x" * 10_000,
        "\x00\x01",
        '"unbalanced',
        "'; DROP TABLE posts_post; --",
        "<script>",
        "a & | ! ()",
        "%",
        "سلام",
        "-",
    ],
)
def test_any_query_gets_a_page(client, query):
    make_post()
    answer = client.get("/search/", {"q": query})
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content


@pytest.mark.parametrize("page", ["0", "-1", "x", "1000000000000", "101"])
def test_a_page_of_results_that_is_not_there_is_not_found(client, page):
    assert client.get("/search/", {"q": "x", "page": page}).status_code == 404
