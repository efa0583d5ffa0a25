"""How often a post is read, beside its text and on a screen of its own."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from posts.admin import graphs
from posts.models import ReadHour
from posts.reads import counting, statistics, tallies
from tests.factories import make_author, make_post, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 28, 15, 30, tzinfo=UTC)  # half past ten in New York


def read(post, reads, *, at):
    counting.record({post.pk: reads}, at=at)


def screen(post):
    return reverse("admin:posts_post_statistics", args=[post.pk])


def hours_ago(hours):
    return NOW - timedelta(hours=hours)


@pytest.fixture
def editor(client):
    client.force_login(make_user(group="Editor"))
    return client


@pytest.fixture
def noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.usefixtures("noon")
def test_today_begins_at_midnight_where_the_publication_is_and_a_week_has_168_hours():
    post = make_post(published_at=hours_ago(400))
    for hours, reads in [(0, 1), (10, 10), (11, 100), (167, 1_000), (168, 10_000), (300, 100_000)]:
        read(post, reads, at=hours_ago(hours))
    assert statistics.figures(post) == statistics.Figures(total=111_111, today=11, week=1_111)


@pytest.mark.usefixtures("noon")
def test_the_last_48_hours_have_a_bar_each_read_or_not():
    post = make_post(published_at=hours_ago(60))
    read(post, 3, at=hours_ago(0))
    read(post, 5, at=hours_ago(47))
    read(post, 7, at=hours_ago(48))
    series = statistics.by_hour(post)
    assert [bar.reads for bar in series.bars] == [5, *[0] * 46, 3]
    assert f"{series.bars[-1].start:%H:%M}" == "10:00"


@pytest.mark.usefixtures("noon")
def test_days_are_those_of_the_publication_from_the_day_it_came_out():
    post = make_post(published_at=datetime(2026, 11, 25, 3, tzinfo=UTC))  # still the 24th in New York
    read(post, 2, at=datetime(2026, 11, 25, 4, 59, tzinfo=UTC))
    read(post, 4, at=datetime(2026, 11, 25, 5, 0, tzinfo=UTC))
    series = statistics.by_day(post)
    assert [(bar.start.day, bar.reads) for bar in series.bars] == [
        (24, 2),
        (25, 4),
        (26, 0),
        (27, 0),
        (28, 0),
    ]


@pytest.mark.parametrize(
    ("days", "unit", "bars"),
    [(0, "day", 1), (91, "day", 92), (92, "week", 14), (700, "month", 24), (9_000, "year", 25)],
)
def test_a_long_time_is_folded_and_no_read_is_lost(days, unit, bars):
    last = date(2026, 11, 28)
    first = last - timedelta(days=days)
    reads = {first + timedelta(days=n): n + 1 for n in range(days + 1)}
    series = statistics.folded(first, last, reads)
    assert (series.unit, len(series.bars)) == (unit, bars)
    assert series.total == sum(reads.values())
    assert sorted(bar.start for bar in series.bars) == [bar.start for bar in series.bars]


@pytest.mark.usefixtures("noon")
def test_its_first_day_and_week_are_told():
    post = make_post(published_at=hours_ago(200))
    for hours, reads in [(200, 1), (177, 10), (176, 100), (33, 1_000), (32, 10_000)]:
        read(post, reads, at=hours_ago(hours))
    assert statistics.first_hours(post) == (11, 1_111, False)


@pytest.mark.usefixtures("noon")
@pytest.mark.parametrize(("age", "told"), [(5, (None, None)), (30, (7, None)), (24 * 7, (7, 7))])
def test_its_first_day_and_week_are_not_told_before_they_are_over(age, told):
    post = make_post(published_at=hours_ago(age))
    read(post, 7, at=hours_ago(age - 1))
    assert statistics.first_hours(post)[:2] == told


@pytest.mark.usefixtures("noon")
def test_its_first_day_and_week_stay_true_when_the_hours_are_thrown_away():
    older, post, newer = (make_post(published_at=hours_ago(24 * days)) for days in (90, 80, 60))
    for days, reads in [(80, 1), (79, 10), (74, 100), (73, 1_000)]:
        read(post, reads, at=hours_ago(24 * days))
        read(newer, reads, at=hours_ago(24 * (days - 20)))
    tallies.add_up()
    ReadHour.objects.filter(hour__lt=hours_ago(24 * 59)).delete()
    assert statistics.first_hours(post) == (1, 111, True)
    assert statistics.first_hours(newer) == (1, 111, True)
    assert statistics.first_hours(older) is None


@pytest.mark.parametrize("most", [0, 1, 2, 3, 7, 10, 11, 999, 1_000_001])
@pytest.mark.parametrize("factor", [0, 1, 3])
def test_a_picture_keeps_within_its_frame(most, factor):
    def series(most):
        bars = [statistics.Bar(date(2026, 1, 1) + timedelta(days=n), most * n // 9) for n in range(10)]
        return statistics.Series("day", bars)

    graph = graphs.drawn("days", "By day", series(most), before=series(most * factor))
    boxes = [box for slot in graph.slots for box in (slot.bar, slot.behind) if box]
    assert len(boxes) == sum(bool(n) for slot in graph.slots for n in (slot.reads, slot.before))
    for box in boxes:
        assert 0 <= box.x <= box.x + box.width <= graph.width
        assert 0 <= box.y <= box.y + box.height <= graph.height + 0.01


@pytest.mark.parametrize("count", [1, 2, 7, 12, 24, 25, 31, 48, 92, 400])
@pytest.mark.parametrize("unit", ["hour", "day", "week", "month", "year"])
def test_labels_under_a_picture_have_room_beside_one_another(count, unit):
    labels = ["30 Nov 2026"] * count
    feet = list(graphs.feet_of(labels, unit))
    assert feet or count == 1
    for width, shown in (
        (graphs.WIDE, [n for n, _ in feet]),
        (graphs.NARROW, [n for n, (_, is_always) in feet if is_always]),
    ):
        rooms = [(later - one) * width / count for one, later in pairwise(shown)]
        assert all(room >= graphs.LETTER * len(labels[0]) for room in rooms)


@pytest.mark.usefixtures("noon")
def test_the_screen_shows_pictures_with_their_numbers_and_no_style_of_its_own(editor):
    post = make_post(title="Read by many", published_at=hours_ago(100))
    read(post, 1_234, at=hours_ago(2))
    page = editor.get(screen(post)).content.decode()
    assert "1,234" in page
    assert page.count('<svg class="graph__picture"') == 2
    assert page.count('<rect class="graph__bar') == 2
    assert "1,234 reads in all; the most, 1,234, Saturday, 28 November, 08:00." in page
    assert "style=" not in page.partition("graph__picture")[2]
    assert "<td>1,234</td>" in page


@pytest.mark.usefixtures("noon")
def test_numbers_in_the_picture_have_a_point_in_any_language(editor, settings):
    post = make_post(published_at=hours_ago(100))
    read(post, 3, at=hours_ago(2))
    settings.LANGUAGE_CODE = "de"
    page = editor.get(screen(post)).content.decode()
    assert 'y="' in page
    for part in page.split("<rect")[1:]:
        assert "," not in part.partition(">")[0]


def test_what_nobody_has_read_shows_no_empty_box(editor):
    post = make_post()
    page = editor.get(screen(post)).content.decode()
    assert "Nobody has read this post yet" in page
    assert '<svg class="graph' not in page
    assert (
        "reads-heading" not in editor.get(reverse("admin:posts_post_change", args=[post.pk])).content.decode()
    )


@pytest.mark.usefixtures("noon")
def test_the_form_shows_the_figures_and_the_way_to_the_rest(editor):
    post = make_post(published_at=hours_ago(100))
    read(post, 7, at=hours_ago(1))
    page = editor.get(reverse("admin:posts_post_change", args=[post.pk])).content.decode()
    assert "reads-heading" in page
    assert screen(post) in page


@pytest.mark.usefixtures("noon")
def test_the_hours_come_as_csv(editor):
    post = make_post(published_at=hours_ago(100))
    read(post, 7, at=hours_ago(1))
    read(post, 5, at=hours_ago(30))
    answer = editor.get(reverse("admin:posts_post_statistics_csv", args=[post.pk]))
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines == ["hour,reads", "2026-11-27T09:00Z,5", "2026-11-28T14:00Z,7"]
    assert f"reads-{post.pk}.csv" in answer["Content-Disposition"]


def test_statistics_cost_the_same_however_many_hours(editor, django_assert_max_num_queries):
    post = make_post(published_at=timezone.now() - timedelta(days=500))
    read(post, 1, at=timezone.now())
    start = counting.hour_of(post.published_at)
    ReadHour.objects.bulk_create(
        ReadHour(post=post, hour=start + timedelta(hours=n), reads=1) for n in range(3_000)
    )
    with django_assert_max_num_queries(18):
        assert editor.get(screen(post)).status_code == 200


def test_an_author_sees_the_reads_of_own_posts_only(client):
    user = make_user(group="Author")
    own, foreign = make_post(authors=[make_author(user=user)]), make_post()
    read(own, 1, at=timezone.now())
    client.force_login(user)
    assert client.get(screen(own)).status_code == 200
    assert client.get(screen(foreign)).status_code == 404
    assert client.get(reverse("admin:posts_post_statistics_csv", args=[foreign.pk])).status_code == 404
    client.logout()
    assert client.get(screen(own)).status_code == 302


def test_the_bar_above_a_post_leads_to_its_statistics(editor):
    post = make_post()
    assert screen(post) in editor.get(post.permalink).content.decode()


def test_what_was_most_read_today_leads_editors_to_its_statistics_and_others_to_the_post(client):
    post = make_post()
    read(post, 3, at=timezone.now())
    client.force_login(make_user(group="Editor"))
    assert screen(post) in client.get("/admin/").content.decode()
    client.force_login(make_user(group="Author"))
    page = client.get("/admin/").content.decode()
    assert screen(post) not in page
    assert post.permalink in page
