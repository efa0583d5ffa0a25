"""The lists of the most read."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from posts import publishing
from posts.models import PopularList
from posts.reads import popular
from posts.reads.counting import record
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def read(post, times, *, ago=timedelta(0)):
    record({post.pk: times}, at=timezone.now() - ago)


def listed(window):
    return list(popular.most_read(window))


def edition():
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM informed_comment_edition")
        return cursor.fetchone()[0]


@pytest.fixture
def posts():
    """Three posts: read now, read last week and read last month, each more often than the one before."""
    now, week, month = (make_post(title=title) for title in ("now", "last week", "last month"))
    read(now, 1)
    read(week, 5, ago=timedelta(days=5))
    read(month, 9, ago=timedelta(days=20))
    popular.refresh()
    return now, week, month


def test_each_window_counts_its_own_reads(posts):
    now, week, month = posts
    assert listed("day")[0] == now
    assert listed("week")[:2] == [week, now]
    assert listed("month") == [month, week, now]
    assert listed("all") == [month, week, now]
    assert PopularList.objects.get(window="week").reads == [5, 1, 0]


def test_a_quiet_window_is_filled_with_the_newest():
    old = make_post(published_at=timezone.now() - timedelta(days=9))
    new = make_post(published_at=timezone.now() - timedelta(days=1))
    popular.refresh()
    assert listed("day") == [new, old]


def test_a_withdrawn_post_drops_out_at_once(posts):
    publishing.withdraw(posts[2])
    assert listed("all") == [posts[1], posts[0]]
    popular.refresh()
    assert posts[2].pk not in PopularList.objects.get(window="all").post_ids


def test_before_the_first_list_the_newest_stand_in():
    post = make_post()
    assert popular.for_sidebar(5) == [post]


def test_the_sidebar_costs_one_query(posts, django_assert_num_queries):
    with django_assert_num_queries(1):
        shown = popular.for_sidebar(2)
        assert [(post.title, bool(post.permalink)) for post in shown] == [("last week", True), ("now", True)]


def test_an_unchanged_list_raises_no_edition_and_another_order_does(posts):
    before = edition()
    popular.refresh()
    read(posts[2], 1, ago=timedelta(days=20))
    popular.refresh()
    assert edition() == before
    read(posts[0], 50)
    popular.refresh()
    assert edition() > before


def test_a_site_without_posts_has_empty_lists():
    popular.refresh()
    assert listed("all") == popular.for_sidebar(5) == []
    assert PopularList.objects.count() == 5


def test_a_worker_computes_the_lists_as_soon_as_it_starts(work):
    post = make_post()
    read(post, 3)
    work(until=lambda: listed("day") == [post])
    assert listed("day") == [post]
