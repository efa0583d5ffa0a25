"""The calendar of the newsroom: what stands on which day, and moving it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from posts import planning, states
from posts.models import PendingChange, Post
from tests.factories import make_author, make_post, make_user

pytestmark = pytest.mark.django_db
CALENDAR = "/admin/posts/post/calendar/"


def local(year, month, day, hour=9, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=timezone.get_current_timezone())


@pytest.fixture
def editor(client):
    client.force_login(make_user(group="Editor"))
    return client


def days(client, query="", *, agenda=False):
    """{day: [(hour, title, word)]} of the days that have something."""
    page = client.get(CALENDAR + query).context
    return {
        day.on: [(f"{timezone.localtime(e.at):%H:%M}", str(e.post), e.word) for e in day.entries]
        for day in page["days"]
    }


def move(client, post, **given):
    return client.post(reverse("admin:posts_post_move", args=[post.pk]), {"version": post.version} | given)


def tomorrow(days=1, hour=9):
    day = timezone.localdate() + timedelta(days=days)
    return local(day.year, day.month, day.day, hour)


def make_change(post, apply_at):
    state = states.state_of(post)
    return PendingChange.objects.create(
        post=post, state=state, base=state, base_version=post.version, apply_at=apply_at
    )


def test_a_month_shows_what_came_and_comes_out_on_its_days_in_the_sites_own_zone(editor):
    make_post(title="Late", published_at=local(2016, 10, 31, 23, 59))
    make_post(title="Midnight", published_at=local(2016, 11, 1, 0, 0))
    make_post(title="Planned", status="draft", published_at=local(2016, 10, 5))
    make_post(title="Off", status="withdrawn", published_at=local(2016, 10, 5))
    make_post(title="Undated", status="draft", published_at=None)
    make_change(make_post(title="Changing", published_at=local(2009, 1, 1)), local(2016, 10, 5, 12))
    assert days(editor, "?month=2016-10") == {
        date(2016, 10, 5): [("09:00", "Planned", "Draft"), ("12:00", "Changing", "Changes")],
        date(2016, 10, 31): [("23:59", "Late", "")],
        date(2016, 11, 1): [("00:00", "Midnight", "")],
    }


@pytest.mark.parametrize(
    "query", ["", "?month=nonsense", "?month=2016-13", "?month=0000-01", "?month=1000-01", "?month=9999-12"]
)
def test_any_month_opens(editor, query):
    assert editor.get(CALENDAR + query).status_code == 200


def test_the_weeks_of_a_month_are_whole_and_begin_as_the_site_has_them():
    weeks = planning.weeks_of(date(2026, 11, 1), first_weekday=0)
    assert [weeks[0][0].on, weeks[-1][-1].on] == [date(2026, 11, 1), date(2026, 12, 5)]
    weeks = planning.weeks_of(date(2026, 11, 1), first_weekday=1)
    assert [weeks[0][0].on, weeks[-1][-1].on] == [date(2026, 10, 26), date(2026, 12, 6)]
    assert len(planning.weeks_of(date(2026, 2, 1), first_weekday=0)) == 4


def test_a_full_day_shows_some_and_leads_to_the_rest(editor, django_assert_max_num_queries):
    for minute in range(8):
        make_post(title=f"At {minute}", authors=0, published_at=local(2016, 10, 5, 9, minute))
    with django_assert_max_num_queries(12):
        page = editor.get(CALENDAR + "?month=2016-10").content.decode()
    assert "At 4" in page
    assert "At 5" not in page
    assert "3 more" in page
    rest = editor.get("/admin/posts/post/?date=2016-10-05").context["cl"].result_list
    assert len(rest) == 8


def test_the_calendar_costs_the_same_however_full(editor):
    def queries():
        with CaptureQueriesContext(connection) as context:
            editor.get(CALENDAR + "?month=2016-10")
        return len(context)

    make_post(published_at=local(2016, 10, 5))
    few = queries()
    for day in range(1, 20):
        make_change(make_post(published_at=local(2016, 10, day)), local(2016, 10, day))
    assert queries() <= few <= 12


def test_a_scheduled_post_moves_to_a_day_at_its_hour_and_keeps_a_revision(editor):
    post = make_post(published_at=tomorrow())
    to = tomorrow(40)
    answer = move(editor, post, day=f"{to:%Y-%m-%d}")
    post.refresh_from_db()
    assert post.published_at == to
    assert post.permalink.startswith(f"/{to:%Y/%m}/")
    assert post.revisions.count() == 1
    assert answer.url == f"{CALENDAR}?month={to:%Y-%m}"


def test_the_form_moves_a_draft_to_any_moment(editor):
    post = make_post(status="draft", published_at=None)
    assert editor.get(reverse("admin:posts_post_move", args=[post.pk])).status_code == 200
    move(editor, post, at="2030-01-02T07:30")
    post.refresh_from_db()
    assert post.published_at == local(2030, 1, 2, 7, 30)
    assert post.status == "draft"


def test_a_scheduled_post_does_not_slip_into_the_past_and_one_that_is_out_stays(editor):
    coming, out = make_post(published_at=tomorrow()), make_post()
    page = move(editor, coming, at="2016-01-01T10:00").content.decode()
    assert "Choose one still to come" in page
    page = move(editor, out, at="2030-01-01T10:00").content.decode()
    assert "The post is out" in page
    assert "Choose the day and the hour" in move(editor, coming).content.decode()
    was = out.published_at
    coming.refresh_from_db()
    out.refresh_from_db()
    assert (coming.published_at, out.published_at) == (tomorrow(), was)


def test_a_post_changed_since_the_calendar_was_opened_is_not_moved(editor):
    post = make_post(published_at=tomorrow())
    Post.objects.filter(pk=post.pk).update(version=7, title="By somebody else")
    page = move(editor, post, day=f"{tomorrow(3):%Y-%m-%d}").content.decode()
    assert "Somebody changed this post" in page
    post.refresh_from_db()
    assert (post.published_at, post.version) == (tomorrow(), 7)


def test_pending_changes_move_too(editor):
    post = make_post()
    change = make_change(post, tomorrow())
    address = reverse("admin:posts_post_move_changes", args=[post.pk])
    assert (
        "Somebody changed"
        in editor.post(address, {"version": 5, "day": f"{tomorrow(2):%Y-%m-%d}"}).content.decode()
    )
    editor.post(address, {"version": change.version, "day": f"{tomorrow(2):%Y-%m-%d}"})
    change.refresh_from_db()
    assert change.apply_at == tomorrow(2)
    assert change.version == 2


def test_the_hour_stays_when_the_clocks_change():
    before = datetime(2026, 10, 31, 13, 0, tzinfo=UTC)  # nine o'clock in New York
    assert f"{planning.on_day(before, date(2026, 11, 2)):%H:%M %z}" == "09:00 -0500"


def test_an_author_sees_own_posts_and_moves_none(client):
    user = make_user(group="Author")
    own = make_post(title="Own", authors=[make_author(user=user)], published_at=local(2030, 10, 5))
    make_post(title="Foreign", published_at=local(2030, 10, 5))
    client.force_login(user)
    page = client.get(CALENDAR + "?month=2030-10").content.decode()
    assert "Own" in page
    assert "Foreign" not in page
    assert "Move" not in page
    assert move(client, own, day="2030-10-06").status_code == 403


def test_the_list_of_days_is_a_view_of_its_own(editor):
    make_post(title="Planned", status="draft", published_at=local(2016, 10, 5))
    page = editor.get(CALENDAR + "?month=2016-10&view=agenda").content.decode()
    assert "Wednesday, 5 October 2016" in page
    assert "<table" not in page
    assert "Nothing came out" in editor.get(CALENDAR + "?month=1999-01&view=agenda").content.decode()


def test_nobody_without_a_session_sees_it(client):
    assert client.get(CALENDAR).status_code == 302
