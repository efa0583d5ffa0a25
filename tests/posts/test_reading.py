from datetime import UTC, datetime

import pytest
from django.core.exceptions import FieldFetchBlocked
from django.utils import timezone
from django.utils.formats import date_format

from informed_comment.templatetags import moments
from posts import reading
from posts.models import Post
from tests.factories import make_author, make_category, make_image, make_post

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


def test_a_post_comes_with_its_byline_sections_and_tags_in_one_query(django_assert_num_queries):
    top = make_category("Middle East", slug="middle-east")
    iran = make_category("Iran", slug="iran", parent=top)
    writer = make_author(bio="<p>Writes.</p>", portrait=make_image(alt="A face"), email="own@example.org")
    post = make_post(authors=[writer, make_author()], categories=[iran], tags=["oil", "gas"])
    post.bylines.create(author=make_author(), role="translated", position=2)
    assert reading.readable_at("/nowhere/") is None
    names = [one.name for one in post.signatures]
    with django_assert_num_queries(1):
        found = reading.readable_at(post.permalink)
        assert [one.name for one in found.signatures] == names
        assert [one.name for one in found.way_to_section] == ["Middle East", "Iran"]
        assert [one.get_absolute_url() for one in found.filed_under] == [iran.get_absolute_url()]
        assert {one.tag.get_absolute_url() for one in found.taggings.all()} == {"/tag/oil/", "/tag/gas/"}
        assert found.authors_with_bio == [writer]
        assert found.authors_with_bio[0].portrait.alt == "A face"
    with pytest.raises(FieldFetchBlocked):
        _ = found.authors_with_bio[0].email


def test_moments_are_said_as_by_the_filter_of_django():
    for at in (
        NOON,
        datetime(1871, 2, 3, 4, 5, 6, tzinfo=UTC),
        datetime(987, 12, 31, 23, 59, 59, tzinfo=UTC),
    ):
        local = timezone.localtime(at)
        assert moments.machine_moment(at) == date_format(local, r"Y-m-d\TH:i:sO")
        assert moments.day(at) == date_format(local, "F j, Y")


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
