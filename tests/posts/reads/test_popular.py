"""The lists of the most read: what stands in them, what readers are shown, and how seldom that makes pages anew."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from informed_comment.models import Edition
from posts import publishing
from posts.models import KeptOffPopular, PopularList, PopularSidebar, Post, ReadDay, ReadHour
from posts.reads import keeping_off, popular, windows
from tests.factories import make_post, make_reads, make_user

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def read(post, times, *, ago=timedelta(0)):
    make_reads(post, times, at=timezone.now() - ago)


def listed(window):
    return list(popular.most_read(window))


def counted(window, at=NOON):
    return windows.counted(window, 50, at=at)


def beside():
    return [post.title for post in popular.for_sidebar().posts]


def edition():
    return Edition.objects.get().number


@pytest.fixture
def posts():
    """Three posts: read now, read last week and read last month, each more often than the one before."""
    now, week, month = (make_post(title=title) for title in ("now", "last week", "last month"))
    read(now, 1)
    read(week, 5, ago=timedelta(days=5))
    read(month, 9, ago=timedelta(days=20))
    popular.refresh()
    return now, week, month


# What is counted


def test_each_window_counts_its_own_reads(posts):
    now, week, month = posts
    assert listed("day")[0] == now
    assert listed("week")[:2] == [week, now]
    assert listed("month") == [month, week, now]
    assert listed("all") == [month, week, now]
    assert PopularList.objects.get(window="week").reads == [5, 1, 0]


@pytest.mark.parametrize(("window", "length"), [("day", 24), ("week", 24 * 7), ("month", 24 * 30)])
def test_an_hour_counts_as_long_as_a_part_of_it_lies_in_the_window(window, length):
    post = make_post()
    for hours, reads in ((0, 1), (1, 2), (length // 2, 4), (length, 8), (length + 1, 16), (length + 30, 32)):
        make_reads(post, reads, at=NOON - hours * HOUR)
    assert counted(window) == [(post.pk, 15)]


def test_a_window_that_begins_at_midnight_takes_the_whole_of_that_day():
    post = make_post()
    midnight = timezone.localtime(NOON).replace(hour=0, minute=0)
    make_reads(post, 1, at=midnight - timedelta(days=7))
    make_reads(post, 2, at=midnight - timedelta(days=7) - HOUR)
    make_reads(post, 4, at=midnight)
    assert counted("week", midnight) == [(post.pk, 5)]


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize(
    "at", [NOON, datetime(2026, 11, 3, 4, 59, tzinfo=UTC), datetime(2026, 3, 9, 12, tzinfo=UTC)]
)
def test_a_window_is_the_sum_of_its_hours_in_every_zone_and_when_the_clocks_are_put(zone, at):
    """A read an hour for 40 days: of 7 days there are 168, and the one that has begun."""
    post = make_post()
    with timezone.override(zone):
        start = timezone.localtime(at).replace(minute=0).astimezone(UTC)
        hours = [start - n * HOUR for n in range(24 * 40)]
        ReadHour.objects.bulk_create(ReadHour(post=post, hour=hour, reads=1) for hour in hours)
        days = [timezone.localdate(hour) for hour in hours]
        ReadDay.objects.bulk_create(ReadDay(post=post, day=day, reads=days.count(day)) for day in set(days))
        since = {window: at - span for window, span in windows.SPANS.items()}
        for window, begins in since.items():
            assert counted(window, at) == [(post.pk, sum(hour > begins - HOUR for hour in hours))]


def test_what_a_clock_ahead_has_left_counts_in_no_window():
    post, other = make_post(), make_post()
    make_reads(post, 100, at=NOON + timedelta(hours=2))
    make_reads(post, 100, at=NOON + timedelta(days=3))
    make_reads(post, 1, at=NOON)
    make_reads(other, 2, at=NOON)
    for window in ("day", "week", "month", "rising"):
        assert counted(window) == [(other.pk, 2), (post.pk, 1)]


def test_posts_readers_may_not_see_and_kept_off_ones_are_passed_over():
    shown = make_post()
    hidden = [make_post(status="draft"), make_post(status="withdrawn"), make_post()]
    coming = make_post(published_at=timezone.now() + HOUR)
    for post in (shown, *hidden, coming):
        read(post, 3)
    keeping_off.keep_off(hidden[2], by=None)
    for window in PopularList.Window.values:
        assert counted(window, timezone.now()) == [(shown.pk, 3)]
        assert [pk for pk, _ in popular.rank(window, at=timezone.now())] == [shown.pk]


# Rising


def test_the_same_reads_weigh_half_as_much_six_hours_later():
    late, early = (make_post(published_at=NOON - timedelta(days=9)) for _ in range(2))
    make_reads(late, 51, at=NOON)
    make_reads(early, 100, at=NOON - 6 * HOUR)
    assert [pk for pk, _ in counted("rising")] == [late.pk, early.pk]
    make_reads(early, 4, at=NOON - 6 * HOUR)
    assert counted("rising") == [(early.pk, 104), (late.pk, 51)]


def test_a_new_post_needs_fewer_reads_and_an_old_one_rises_when_it_is_suddenly_read():
    new, old = (make_post(published_at=NOON - age) for age in (timedelta(0), timedelta(days=99)))
    make_reads(new, 11, at=NOON)
    make_reads(old, 100, at=NOON)
    assert [pk for pk, _ in counted("rising")] == [new.pk, old.pk]
    make_reads(old, 20, at=NOON)
    assert [pk for pk, _ in counted("rising")] == [old.pk, new.pk]


def test_what_was_read_three_days_ago_is_not_rising():
    post = make_post()
    make_reads(post, 500, at=NOON - timedelta(days=3))
    assert counted("rising") == []


# What readers are shown


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


def test_a_post_kept_off_drops_out_at_once_and_comes_back_to_its_place_at_once(posts):
    editor = make_user()
    assert keeping_off.keep_off(posts[1], by=editor)
    assert not keeping_off.keep_off(posts[1], by=None), "it is kept off already"
    assert KeptOffPopular.objects.get().by == editor
    assert listed("week") == [posts[0], posts[2]]
    assert "last week" not in beside()
    popular.refresh()
    assert posts[1].pk not in PopularList.objects.get(window="week").post_ids
    assert keeping_off.let_back_on(posts[1])
    assert not keeping_off.let_back_on(posts[1])
    assert listed("week")[:2] == [posts[1], posts[0]]
    assert beside()[0] == "last week"


def test_before_the_first_list_the_newest_stand_in_but_for_those_kept_off():
    post, off = make_post(title="shown"), make_post()
    keeping_off.keep_off(off, by=None)
    assert beside() == ["shown"]
    assert [teaser.pk for teaser in popular.for_page("week")] == [post.pk]


def test_the_sidebar_shows_the_window_and_as_many_as_editors_chose_in_one_query(
    posts, django_assert_num_queries
):
    PopularSidebar.objects.update(window="day", length=2)
    with django_assert_num_queries(1):
        shown = popular.for_sidebar()
        assert [(post.title, bool(post.permalink)) for post in shown.posts] == [
            ("now", True),
            ("last month", True),
        ]
    assert (shown.label, shown.address) == ("24 hours", "/popular/?window=day")


def test_a_sidebar_whose_posts_were_withdrawn_is_made_up_with_the_newest(posts):
    make_post(title="newest")
    Post.objects.filter(title__in=["last week", "last month"]).update(status="withdrawn")
    assert beside() == ["now", "newest"]


def test_a_site_without_posts_has_empty_lists():
    popular.refresh()
    assert listed("all") == popular.for_sidebar().posts == []
    assert PopularList.objects.count() == 5


def test_a_worker_computes_the_lists_as_soon_as_it_starts(work):
    post = make_post()
    read(post, 3)
    work(until=lambda: listed("day") == [post])
    assert listed("day") == [post]


# How seldom the edition goes up


def test_reads_that_change_no_order_raise_no_edition(posts):
    before = edition()
    popular.refresh()
    read(posts[2], 1, ago=timedelta(days=20))
    popular.refresh()
    assert edition() == before
    assert PopularList.objects.get(window="month").reads[0] == 10, "editors see it all the same"


def test_another_order_in_the_sidebar_is_shown_at_once_and_raises_one_edition(posts):
    before = edition()
    read(posts[0], 50)
    popular.refresh()
    assert beside()[0] == "now"
    assert edition() == before + 1


def test_what_only_the_page_of_popular_posts_shows_waits_ten_minutes(posts):
    PopularSidebar.objects.update(window="all")
    now = PopularList.objects.get(window="day").shown_at
    before = edition()
    make_reads(posts[1], 2, at=now)
    for minutes in range(1, 10):
        popular.refresh(at=now + timedelta(minutes=minutes))
    assert edition() == before
    assert listed("day")[0] == posts[0]
    for minutes in range(10, 20):
        popular.refresh(at=now + timedelta(minutes=minutes))
    assert listed("day")[0] == posts[1]
    assert edition() == before + 1


def test_a_change_in_a_list_below_what_the_sidebar_and_the_page_show_raises_nothing():
    shown = [make_post(title=f"{n}") for n in range(27)]
    for n, post in enumerate(shown):
        read(post, 100 - n)
    popular.refresh()
    before, now = edition(), PopularList.objects.get(window="day").shown_at
    make_reads(shown[26], 1, at=now)
    popular.refresh(at=now + timedelta(minutes=30))
    assert PopularList.objects.get(window="day").post_ids[25] == shown[26].pk
    assert edition() == before


def test_a_busy_half_hour_raises_two_editions_and_not_thirty(posts):
    """Two posts change places each minute; the sidebar shows the two above them."""
    PopularSidebar.objects.update(length=2)
    read(posts[1], 5000, ago=timedelta(days=3))
    read(posts[2], 4000, ago=timedelta(days=3))
    one, other = posts[0], make_post()
    popular.refresh()
    popular.show()
    before, now = edition(), PopularList.objects.get(window="day").shown_at
    for minute in range(1, 31):
        make_reads((one, other)[minute % 2], 2, at=now)
        popular.refresh(at=now + timedelta(minutes=minute))
    assert edition() == before + 2


def test_a_clock_that_was_put_back_does_not_hold_the_lists(posts):
    PopularSidebar.objects.update(window="all")
    now = PopularList.objects.get(window="day").shown_at
    PopularList.objects.update(shown_at=now + timedelta(days=300))
    make_reads(posts[1], 2, at=now)
    popular.refresh(at=now)
    assert listed("day")[0] == posts[1]
