"""Paging by where the last page ended: no row missed, none twice, whatever is added, empty or equal."""

from datetime import timedelta

import pytest
from django.utils import timezone

from informed_comment import keyset
from informed_comment.models import Redirect
from posts.models import Post
from tests.factories import make_post

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=123456)


def fill():
    """Posts of which some share a date and some have none."""
    dates = [None, NOW, NOW, NOW - timedelta(microseconds=1), None, NOW - timedelta(days=1), NOW, None]
    for date in dates:
        make_post(authors=0, status="draft" if date is None else "published", published_at=date)


def walked(rows, order, length, *, cursor=keyset.FIRST, back=False):
    """The ids of all pages from a cursor on, forwards or back."""
    ids = []
    while cursor is not None:
        page = keyset.page(rows, order, cursor, length)
        ids.append([keys[-1] for keys in page.rows])
        cursor = page.previous if back else page.next
    return [pk for ids_of_page in (reversed(ids) if back else ids) for pk in ids_of_page]


ORDERS = [
    ["-published_at", "-id"],
    ["published_at", "id"],
    ["title", "id"],
    ["-published_at", "title", "-id"],
    ["status", "-published_at", "pk"],
    ["created_by__username", "-pk"],
    ["pk"],
]


@pytest.mark.parametrize("order", ORDERS, ids=",".join)
@pytest.mark.parametrize("length", [1, 3, 8, 20])
def test_every_row_comes_once_in_the_order_of_the_database_forwards_and_back(order, length):
    fill()
    wanted = list(Post.objects.order_by(*order).values_list("pk", flat=True))
    assert walked(Post.objects.all(), order, length) == wanted
    back = walked(Post.objects.all(), order, length, cursor=keyset.LAST, back=True)
    assert list(dict.fromkeys(back)) == wanted  # the first page is whole again, so it may overlap the second


def test_rows_added_between_two_pages_move_nothing():
    fill()
    order = ["-published_at", "-id"]
    shown = list(Post.objects.order_by(*order).values_list("pk", flat=True))
    first = keyset.page(Post.objects.all(), order, keyset.FIRST, 4)
    make_post(authors=0, published_at=NOW)
    make_post(authors=0, status="draft", published_at=None)
    rest = walked(Post.objects.all(), order, 4, cursor=first.next)
    assert [keys[-1] for keys in first.rows] + [pk for pk in rest if pk in shown] == shown


def test_a_page_whose_rows_have_gone_shows_the_last_ones():
    fill()
    order = ["pk"]
    first = keyset.page(Post.objects.all(), order, keyset.FIRST, 4)
    Post.objects.filter(pk__gt=first.rows[-1][0]).delete()
    assert keyset.page(Post.objects.all(), order, first.next, 4).rows == first.rows


def test_going_back_to_the_start_shows_a_whole_first_page():
    fill()
    second = keyset.page(Post.objects.all(), ["pk"], keyset.page(Post.objects.all(), ["pk"], "", 2).next, 2)
    Post.objects.filter(pk=Post.objects.order_by("pk").first().pk).delete()
    back = keyset.page(Post.objects.all(), ["pk"], second.previous, 2)
    assert len(back.rows) == 2
    assert back.previous is None


@pytest.mark.parametrize(
    "cursor", ["x", "a", "a!!", "aW10", "aWyJ4IiwxXQ", "bWzEsMiwzXQ", "9999", "aWzFdXQ", "é"]
)
def test_a_cursor_nobody_made_opens_the_first_page(cursor):
    fill()
    order = ["-updated_at", "-id"]
    assert keyset.page(Post.objects.all(), order, cursor, 3) == keyset.page(Post.objects.all(), order, "", 3)


def test_few_rows_are_counted_and_many_are_estimated_in_two_figures():
    Redirect.objects.bulk_create(Redirect(path=f"/{n}/", target="/") for n in range(40))
    assert str(keyset.count(Redirect.objects.all())) == "40"
    told = keyset.count(Redirect.objects.all(), most=39)
    assert told.is_estimate
    assert told.number >= 39
    assert str(keyset.Count(41_873)) == "41,873"
    assert keyset.rounded(41_873) == 42_000
    assert str(keyset.Count(42_000, is_estimate=True)) == "about 42,000"
