"""The newsletter's figures: what is kept of each day, made up for later, and shown."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.utils import timezone

from newsletter import bounces, moves, results, snapshots, subscribing
from newsletter.consent import Evidence, note
from newsletter.models import (
    ConsentEvent,
    DailyFigure,
    Delivery,
    Mailing,
    MailingFigures,
    MailingVariant,
    Subscriber,
)
from newsletter.tasks import count_mailings, keep_figures
from tests.factories import make_subscriber, make_user

pytestmark = pytest.mark.django_db
SCREEN = "/admin/newsletter/dailyfigure/"
NOON = "2026-11-{:02}T17:00:00Z"  # in New York
BY_TEST = Evidence("test")


def joined(**fields):
    """A subscriber who confirmed this moment, with the history that goes with it."""
    now = timezone.now()
    subscriber = make_subscriber(created_at=now, confirmed_at=now, **fields)
    note(subscriber, "confirmed", BY_TEST, at=now)
    return subscriber


def figures(day, of="move"):
    rows = DailyFigure.objects.filter(on=date(2026, 11, day), of=of, number__gt=0)
    return dict(rows.values_list("name", "number"))


@pytest.fixture
def three_days(time_machine):
    """Two came on the 10th, one came and one left on the 11th, on the 12th one bounced and one was erased."""
    time_machine.move_to(NOON.format(10))
    one, two = joined(source="footer"), joined(source="sidebar", frequency="weekly")
    time_machine.move_to(NOON.format(11))
    three = joined(source="footer")
    subscribing.unsubscribe(one, evidence=BY_TEST)
    time_machine.move_to(NOON.format(12))
    bounces.close(two.pk, "bounced", how="test")
    subscribing.erase(three, evidence=BY_TEST)
    return time_machine


# Each day


def test_a_day_is_written_once_it_is_over_in_the_sites_zone(time_machine):
    time_machine.move_to("2026-11-11T03:00:00Z")  # the 10th at 22:00 in New York
    joined(source="post", frequency="every_post")
    make_subscriber(state="pending")
    assert snapshots.keep_up() == 0
    time_machine.move_to("2026-11-11T05:07:00Z")
    keep_figures(timestamp=0)
    assert figures(10) == {"confirmed": 1}
    assert figures(10, "state") == {"active": 1, "pending": 1}
    assert figures(10, "frequency") == {"every_post": 1}
    assert figures(10, "source") == {"post": 1}
    assert figures(10, "came_from") == {"post": 1}


def test_a_second_run_changes_nothing(three_days):
    three_days.move_to(NOON.format(13))
    snapshots.keep_up()
    before = list(DailyFigure.objects.order_by("pk").values_list())
    assert snapshots.keep_up() == 0
    make_subscriber()
    assert snapshots.keep_up() == 0
    assert list(DailyFigure.objects.order_by("pk").values_list()) == before


def test_missed_days_are_made_up_from_the_history_as_far_as_it_proves_them(three_days):
    three_days.move_to(NOON.format(15))
    joined()
    assert snapshots.keep_up() == 5
    assert [figures(day) for day in range(10, 15)] == [
        {"confirmed": 2},
        {"confirmed": 1, "unsubscribed": 1},
        {"bounced": 1, "erased": 1},
        {},
        {},
    ]
    active = DailyFigure.objects.filter(of="state", name="active").order_by("on")
    assert list(active.values_list("number", "is_reckoned")) == [
        (2, True),
        (2, True),
        (0, True),
        (0, True),
        (0, False),
    ]
    assert not figures(11, "frequency")


def test_only_who_was_active_counts_as_having_left(time_machine):
    time_machine.move_to(NOON.format(10))
    waiting, gone = make_subscriber(state="pending"), joined()
    subscribing.unsubscribe(waiting, evidence=BY_TEST)
    bounces.close(gone.pk, "bounced", how="test")
    subscribing.unsubscribe(gone, evidence=BY_TEST)
    bounces.close(gone.pk, "complained", how="test")
    subscribing.erase(gone, evidence=BY_TEST)
    counts, _ = moves.between(*snapshots.bounds(date(2026, 11, 10)))
    assert counts == {"confirmed": 1, "bounced": 1}


def test_who_was_there_before_there_was_a_history_counts_when_leaving(time_machine):
    time_machine.move_to(NOON.format(10))
    subscribing.unsubscribe(make_subscriber(), evidence=BY_TEST)
    counts, _ = moves.between(*snapshots.bounds(date(2026, 11, 10)))
    assert counts == {"unsubscribed": 1}


def test_who_was_imported_came_if_active_and_can_leave(time_machine):
    time_machine.move_to(NOON.format(10))
    readers = [make_subscriber(source="import") for _ in range(3)]
    left = make_subscriber(source="import", state="unsubscribed")
    for one, text in [*((reader, "They all agreed.") for reader in readers), (left, "")]:
        ConsentEvent.objects.create(subscriber=one, what="imported", text=text, address_hash=one.key)
    subscribing.unsubscribe(readers[0], evidence=BY_TEST)
    subscribing.erase(left, evidence=BY_TEST)
    counts, sources = moves.between(*snapshots.bounds(date(2026, 11, 10)))
    assert counts == {"imported": 3, "unsubscribed": 1}
    assert sources == {"import": 3}


def test_a_history_that_is_not_whole_claims_no_number(time_machine):
    time_machine.move_to(NOON.format(10))
    joined()
    Subscriber.objects.all().delete()
    time_machine.move_to(NOON.format(12))
    snapshots.keep_up()
    assert figures(10, "move") == {"confirmed": 1}
    assert not DailyFigure.objects.filter(of="state", name="active", on="2026-11-09").exists()


def test_nobody_yet_is_a_figure_too(time_machine):
    time_machine.move_to(NOON.format(10))
    assert snapshots.keep_up() == 1
    assert DailyFigure.objects.get(of="state", name="active").number == 0


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 8), 23), ((2026, 11, 1), 25)])
def test_the_days_on_which_clocks_change_are_as_long_as_they_are(day, hours):
    since, until = snapshots.bounds(date(*day))
    assert until.timestamp() - since.timestamp() == hours * 3600


# Each mailing


def make_mailing(state="sent", **fields):
    now = timezone.now()
    fields = {"subject": "The strait", "queued_at": now, "started_at": now, "ended_at": now} | fields
    mailing = Mailing.objects.create(state=state, **fields)
    mailing.variant = MailingVariant.objects.create(mailing=mailing, subject="x", html="x", text="x")
    return mailing


def deliver(mailing, subscriber, state="sent", **fields):
    fields = {"reason": "" if state in ("sent", "pending", "sending") else "Because.", **fields}
    return Delivery.objects.create(
        mailing=mailing, variant=mailing.variant, subscriber=subscriber, state=state, **fields
    )


def test_a_mailing_shows_what_became_of_it_and_who_left_within_three_days(time_machine):
    time_machine.move_to(NOON.format(10))
    mailing = make_mailing(audience=7)
    readers = [joined() for _ in range(4)]
    for reader in readers:
        deliver(mailing, reader, changed_at=timezone.now())
    missed = joined()
    deliver(mailing, missed, "failed")
    deliver(mailing, joined(), "unknown")
    deliver(mailing, joined(), "sending")
    time_machine.move_to(NOON.format(12))
    for reader in (readers[0], readers[1], missed):
        subscribing.unsubscribe(reader, evidence=BY_TEST)
    count_mailings(timestamp=0)
    found = MailingFigures.objects.get()
    assert (found.sent, found.failed, found.unknown, found.pending, found.left) == (4, 1, 1, 1, 2)
    assert not found.is_final
    Delivery.objects.filter(state="sending").update(state="sent")
    time_machine.move_to(NOON.format(14))
    subscribing.unsubscribe(readers[2], evidence=BY_TEST)
    count_mailings(timestamp=0)
    found.refresh_from_db()
    assert (found.sent, found.left, found.is_final) == (5, 2, True)
    assert results.count_open() == 0


def test_mail_of_a_day_is_among_its_figures(time_machine):
    time_machine.move_to(NOON.format(10))
    mailing = make_mailing()
    deliver(mailing, joined(), changed_at=timezone.now())
    deliver(mailing, joined(), "failed", changed_at=timezone.now())
    deliver(mailing, joined(), "failed", changed_at=timezone.now() - timedelta(days=1))
    time_machine.move_to(NOON.format(11))
    snapshots.keep_up()
    assert figures(10, "mail") == {"mailings": 1, "sent": 1, "failed": 1}


# The screen


@pytest.fixture
def administrator(client):
    user = make_user(group="Administrator")
    client.force_login(user)
    return user


def test_before_the_first_day_is_over_the_screen_says_when_there_will_be_figures(client, administrator):
    assert "There are no figures yet" in client.get(SCREEN).text


def test_the_screen_draws_growth_moves_and_sources_with_their_numbers(client, administrator, three_days):
    three_days.move_to(NOON.format(13))
    snapshots.keep_up()
    page = client.get(SCREEN).text
    assert "From 2 to 0, -2." in page
    assert "3 came and 3 went: +0 in all." in page
    assert "<title>Tuesday, 10 November 2026: 2 came</title>" in page
    assert "<title>Thursday, 12 November 2026: 2 went</title>" in page
    assert "<title>Tuesday, 10 November 2026: 2 (reckoned)</title>" in page
    assert "Opens and clicks are not tracked" in page
    assert '<th scope="row">Footer</th><td>1</td>' in page
    assert '<th scope="row">Erased since</th><td>1</td>' in page
    assert "100.0 %" in page  # of two, two went on the 12th
    assert 'style="' not in page
    for length in ("30", "90", "365", "all", "x", ""):
        assert client.get(f"{SCREEN}?length={length}").status_code == 200


def test_the_screen_lists_mailings_with_their_results(client, administrator):
    mailing = make_mailing(audience=1, subject="About straits")
    make_mailing(subject="Not counted")
    deliver(mailing, joined())
    results.count(mailing)
    page = client.get(SCREEN).text
    assert "About straits" in page
    assert "Not counted yet." in page
    assert "0.00 %" in page


def test_the_screen_costs_the_same_however_long_the_history(
    client, administrator, django_assert_max_num_queries
):
    def fill(days):
        today = timezone.localdate()
        DailyFigure.objects.bulk_create(
            [
                DailyFigure(on=today - timedelta(days=back), of=of, name=name, number=back + 5)
                for back in range(1, days)
                for of, name in [("state", "active"), ("move", "confirmed"), ("frequency", "daily")]
            ],
            ignore_conflicts=True,
        )

    fill(5)
    client.get(SCREEN)
    with django_assert_max_num_queries(16) as first:
        client.get(f"{SCREEN}?length=all")
    fill(2500)
    with django_assert_max_num_queries(len(first)):
        page = client.get(f"{SCREEN}?length=all").text
    assert "Month" in page
    assert page.count('class="chart__bar chart__bar--counted"') <= 92


def test_the_table_comes_as_csv_a_line_a_day(client, administrator, three_days):
    three_days.move_to(NOON.format(13))
    snapshots.keep_up()
    answer = client.get(f"{SCREEN}csv/")
    assert answer["Content-Disposition"] == 'attachment; filename="newsletter-figures.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))
    assert [row["day"] for row in rows] == ["2026-11-10", "2026-11-11", "2026-11-12"]
    assert [row["move: confirmed"] for row in rows] == ["2", "1", "0"]
    assert [row["active is reckoned"] for row in rows] == ["yes", "yes", ""]
    assert rows[0]["frequency: daily"] == ""


@pytest.mark.parametrize(("group", "code"), [("Administrator", 200), ("Editor", 403), ("Author", 403)])
def test_figures_are_the_administrators_affair(client, group, code):
    client.force_login(make_user(group=group))
    assert client.get(SCREEN).status_code == code
    assert client.get(f"{SCREEN}csv/").status_code == code


def test_no_screen_looks_at_the_subscribers_to_count_them(
    client, administrator, django_assert_max_num_queries
):
    joined()
    for screen, tables in [
        (SCREEN, ["newsletter_subscriber", "newsletter_delivery", "newsletter_consentevent"]),
        ("/admin/", ["newsletter_subscriber"]),
    ]:
        with django_assert_max_num_queries(24) as queries:
            client.get(screen)
        counting = [query["sql"] for query in queries if "COUNT(" in query["sql"].upper()]
        assert not [sql for sql in counting for table in tables if f'FROM "{table}"' in sql]
