"""Digests by themselves: at the site's hour, of what came out since the last one, each post once, each reader's sections only."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from newsletter import composing, digests, queueing, sending, writers
from newsletter.models import DigestPlan, Mailing, MailingPost, Subscriber
from posts import publishing
from tests.factories import make_category, make_image, make_post, make_subscriber
from tests.newsletter.sink import Moody, mailers_to, open_sink

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def daily():
    """The daily plan, on for a month, its hour ten minutes ago."""
    return plan("daily")


def plan(kind, **fields):
    struck = timezone.localtime() - timedelta(minutes=10)
    defaults = {
        "hour": struck.time().replace(microsecond=0),
        "weekday": struck.weekday(),
        "on_since": timezone.now() - timedelta(days=30),
    }
    return DigestPlan.objects.update_or_create(kind=kind, defaults=defaults | fields)[0]


def out(hours_ago, **fields):
    return make_post(published_at=timezone.now() - timedelta(hours=hours_ago), **fields)


def see_to(kind="daily", *, days=0):
    """What the worker does in the minute it is, or was some days ago."""
    return digests.see_to(kind, timezone.now() + timedelta(days=days))


def posts_in(mailing):
    return [line.post for line in mailing.lines.filter(is_left_out=False).select_related("post")]


def queue(mailing):
    Mailing.objects.update(latest_at=None)  # those of days past are not late here
    return composing.queue(mailing, grace=0)


def work():
    digests.make_due()
    composing.queue_due()


def test_a_digest_is_made_at_its_hour_of_what_came_out_and_goes_out_by_itself(daily, settings):
    plan("daily", on_since=timezone.now() - timedelta(hours=1))
    reader = make_subscriber(frequency="daily")
    make_subscriber(frequency="weekly")
    older, newer = out(20), out(2)
    out(40)
    make_post(status="draft", published_at=None)
    work()
    mailing = Mailing.objects.get(kind="daily")
    assert mailing.key == f"daily {timezone.localdate()}"
    assert posts_in(mailing) == [newer, older]
    assert (mailing.state, mailing.audience) == ("sending", 1)
    assert mailing.starts_at <= timezone.now()
    assert mailing.deliveries.get().subscriber == reader
    assert mailing.latest_at == daily.moment_on(timezone.localdate()) + timedelta(hours=4)


def test_it_is_made_once_whoever_asks_again_and_never_twice_for_a_day(daily):
    make_subscriber(frequency="daily")
    out(2)
    for _ in range(3):
        digests.make_due()
    Mailing.objects.get(kind="daily").delete()
    out(0)
    digests.make_due()
    assert not Mailing.objects.filter(kind="daily").exists()


def test_before_its_hour_nothing_is_made():
    coming = timezone.localtime() + timedelta(minutes=10)
    plan("daily", hour=coming.time(), looked_on=coming.date() - timedelta(days=1))
    out(2)
    assert see_to() is None


def test_when_nothing_came_out_nothing_is_made_and_the_next_looks_back_to_the_last(daily):
    make_subscriber(frequency="daily")
    first = out(20)
    mailing = see_to(days=-3) or see_to(days=-0)
    assert posts_in(mailing) == [first]
    queue(mailing)
    assert see_to(days=1) is None
    late = make_post(published_at=timezone.now() + timedelta(minutes=1))
    publishing.save(late, by=None)
    assert Mailing.objects.count() == 1


def test_what_came_out_on_a_day_without_digest_comes_with_the_next(daily):
    make_subscriber(frequency="daily")
    told = out(70)
    queue(see_to(days=-2))
    between = out(40)
    fresh = out(1)
    assert posts_in(see_to()) == [fresh, between]
    assert told not in posts_in(Mailing.objects.get(key=f"daily {timezone.localdate()}"))


def test_a_post_published_late_under_an_earlier_date_is_told_of_too(daily):
    make_subscriber(frequency="daily")
    out(5)
    queue(see_to(days=-0.1))
    draft = make_post(status="draft", published_at=None, slug="late")
    publishing.publish(draft, at=timezone.now() - timedelta(hours=3))
    assert posts_in(see_to()) == [draft]


def test_left_out_for_good_is_never_offered_again_and_left_out_for_now_is(daily):
    make_subscriber(frequency="daily")
    kept, gone, later = out(30), out(30), out(30)
    mailing = see_to(days=-1)
    mailing.lines.filter(post=gone).update(is_left_out=True)
    mailing.lines.filter(post=later).update(is_left_out=True, is_offered_again=True)
    queue(mailing)
    fresh = out(1)
    assert posts_in(see_to()) == [fresh, later]
    assert kept not in posts_in(Mailing.objects.latest("pk"))


def test_a_post_taken_off_the_site_drops_out_and_is_told_of_once_it_is_back(daily):
    make_subscriber(frequency="daily")
    stays, goes = out(30), out(30)
    mailing = see_to(days=-1)
    publishing.withdraw(goes)
    queued = queue(mailing)
    assert str(goes) not in queued.variants.get().html
    assert str(stays) in queued.variants.get().html
    goes.refresh_from_db()
    publishing.publish(goes)
    assert posts_in(see_to()) == [goes]


def test_a_digest_that_was_thrown_away_or_cancelled_before_the_first_mail_leaves_its_posts_to_the_next(daily):
    make_subscriber(frequency="daily")
    post = out(30)
    see_to(days=-1).delete()
    assert posts_in(see_to()) == [post]
    mailing = Mailing.objects.get()
    queueing.cancel(queue(mailing))
    assert posts_in(see_to(days=1)) == [post]


def test_two_drafts_never_tell_of_one_post_twice(daily):
    make_subscriber(frequency="daily")
    out(30)
    waits = see_to(days=-1)
    later = see_to()
    queue(later)
    with pytest.raises(queueing.CannotQueue, match="Nothing is in it"):
        queue(waits)


def test_the_weekly_digest_looks_back_a_week_and_minds_its_day():
    weekly = plan("weekly", on_since=timezone.now() - timedelta(hours=1))
    post, old = out(150), out(200)
    assert posts_in(see_to("weekly")) == [post]
    assert old not in posts_in(Mailing.objects.get())
    DigestPlan.objects.filter(kind="weekly").update(
        looked_on=timezone.localdate(), weekday=(weekly.weekday + 1) % 7
    )
    assert see_to("weekly") is None


def test_composed_ahead_it_waits_for_its_hour_as_a_draft_and_goes_out_by_itself():
    hour = timezone.localtime() + timedelta(minutes=30)
    plan("daily", hour=hour.time(), minutes_ahead=60)
    make_subscriber(frequency="daily")
    out(2)
    work()
    mailing = Mailing.objects.get()
    assert (mailing.state, mailing.is_automatic) == ("draft", True)
    assert abs(mailing.send_at - hour) < timedelta(seconds=1)
    Mailing.objects.update(send_at=timezone.now())
    composing.queue_due()
    mailing.refresh_from_db()
    assert mailing.state == "sending"


def test_too_late_it_is_a_draft_that_waits_for_somebody(daily):
    make_subscriber(frequency="daily")
    struck = timezone.localtime() - timedelta(hours=5)
    DigestPlan.objects.update(hour=struck.time())
    out(12)
    work()
    mailing = Mailing.objects.get(kind="daily")
    assert mailing.state == "draft"
    assert "had passed by more than 4 hours" in mailing.problem
    assert queue(mailing).state == "sending"  # by hand


def test_a_plan_that_is_off_or_was_just_put_on_makes_nothing(daily):
    out(2)
    DigestPlan.objects.update(on_since=timezone.now())
    assert see_to() is None
    DigestPlan.objects.update(is_on=False, on_since=timezone.now() - timedelta(days=9))
    assert see_to() is None


def test_a_draft_with_nothing_left_in_it_waits_and_says_why(daily):
    make_subscriber(frequency="daily")
    out(2)
    digests.make_due()
    MailingPost.objects.update(is_left_out=True)
    composing.queue_due()
    mailing = Mailing.objects.get(kind="daily")
    assert (mailing.state, mailing.is_automatic) == ("draft", False)
    assert "Nothing is in it" in mailing.problem


# Sections


def test_each_choice_of_sections_has_its_own_text_and_one_without_posts_no_delivery(daily):
    region = make_category("Middle East")
    iran = make_category("Iran", parent=region)
    sport, empty = make_category("Sport"), make_category("Empty")
    in_iran, in_sport, plain = out(1, categories=[iran]), out(2, categories=[sport]), out(3)
    choices = {
        "all": [],
        "branch": [region.pk],
        "both": sorted([iran.pk, sport.pk]),
        "none": [empty.pk],
    }
    readers = {
        name: make_subscriber(frequency="daily", categories=choice) for name, choice in choices.items()
    }
    make_subscriber(frequency="weekly", categories=[sport.pk])  # of another frequency: no text is made for it
    mailing = queue(see_to())
    got = {
        delivery.subscriber_id: delivery.variant for delivery in mailing.deliveries.select_related("variant")
    }
    assert set(got) == {readers[name].pk for name in ("all", "branch", "both")}
    assert mailing.variants.count() == 3
    told = {
        name: {post for post in (in_iran, in_sport, plain) if str(post) in got[readers[name].pk].html}
        for name in ("all", "branch", "both")
    }
    assert told == {"all": {in_iran, in_sport, plain}, "branch": {in_iran}, "both": {in_iran, in_sport}}
    assert got[readers["branch"].pk].subject == str(in_iran)


def test_an_editors_subject_stands_for_every_choice(daily):
    sport = make_category("Sport")
    make_subscriber(frequency="daily")
    make_subscriber(frequency="daily", categories=[sport.pk])
    out(1, categories=[sport])
    out(2)
    mailing = see_to()
    Mailing.objects.update(subject="What matters today")
    assert {variant.subject for variant in queue(mailing).variants.all()} == {"What matters today"}


def test_one_choice_that_cannot_be_composed_fails_alone_with_the_reason(daily, monkeypatch):
    sport = make_category("Sport")
    good, bad = make_subscriber(frequency="daily"), make_subscriber(frequency="daily", categories=[sport.pk])
    out(1, categories=[sport])
    whole = writers.DigestWriter.write

    def breaks(self, choice):
        if choice:
            raise ZeroDivisionError("a template with a fault")
        return whole(self, choice)

    monkeypatch.setattr(writers.DigestWriter, "write", breaks)
    mailing = queue(see_to())
    states = {row.subscriber_id: (row.state, row.reason) for row in mailing.deliveries.all()}
    assert states[good.pk] == ("pending", "")
    assert states[bad.pk][0] == "failed"
    assert "a template with a fault" in states[bad.pk][1]
    assert mailing.audience == 2


def test_a_post_that_cannot_be_shown_is_its_title_and_the_digest_goes_out(daily):
    make_subscriber(frequency="daily")
    bad = out(1, title="A broken one")
    out(2, title="A whole one")
    image = make_image()
    image.renditions = [{"crop": "3x2"}]  # sizes of no format
    image.save()
    type(bad).objects.filter(pk=bad.pk).update(lead_image=image)
    mailing = queue(see_to())
    variant = mailing.variants.get()
    assert "A broken one" in variant.html
    assert "A whole one" in variant.html
    assert "only the title could be shown" in mailing.problem
    assert mailing.deliveries.get().state == "pending"


# The hour


@pytest.mark.parametrize(
    ("day", "hour", "instant"),
    [
        ((2026, 3, 8), time(2, 30), datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),  # skipped: 3:30 summer time
        ((2026, 3, 8), time(7), datetime(2026, 3, 8, 11, tzinfo=UTC)),
        ((2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),  # twice: the first
        ((2026, 11, 2), time(7), datetime(2026, 11, 2, 12, tzinfo=UTC)),
    ],
)
def test_the_hour_is_the_sites_whatever_the_clocks_do(settings, day, hour, instant):
    settings.TIME_ZONE = "America/New_York"
    found = DigestPlan(kind="daily", hour=hour)
    assert found.moment_on(date(*day)) == instant
    before, after = instant - timedelta(seconds=1), instant
    assert found.occasion_at(after) == date(*day)
    assert found.occasion_at(before) == date(*day) - timedelta(days=1)
    assert found.next_moment(before) == instant


def test_through_a_year_there_is_one_occasion_a_day_and_one_a_week(settings):
    settings.TIME_ZONE = "America/New_York"
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    for kind, count in (("daily", 365), ("weekly", 52)):
        found = DigestPlan(kind=kind, hour=time(2, 30), weekday=6, minutes_ahead=60)
        hours = (start + timedelta(hours=n) for n in range(365 * 24))
        days = list(dict.fromkeys(found.occasion_at(hour) for hour in hours))
        assert days == sorted(days)
        assert abs(len(days) - count) <= 1


def test_a_digest_reaches_its_readers_over_a_mail_server(daily, settings):
    handler = Moody(keeps=True)
    controller = open_sink(handler)
    settings.MAILERS = mailers_to(controller)
    try:
        reader = make_subscriber(frequency="daily")
        post = out(1, title="Über den Fluß")
        work()
        sending.send(Mailing.objects.get(kind="daily").pk)
    finally:
        controller.stop()
    (_, message), *others = handler.messages
    assert not others
    assert message["Subject"] == "Über den Fluß"
    plain, html = message.iter_parts()
    assert post.permalink in plain.get_content()
    assert f"/newsletter/unsubscribe/{reader.link_key}/" in html.get_content()
    assert f"/newsletter/archive/{Mailing.objects.get(kind='daily').pk}/" in html.get_content()


def test_a_choice_made_while_texts_are_composed_is_not_forgotten(daily, monkeypatch):
    sport, empty = make_category("Sport"), make_category("Empty")
    early, late = make_subscriber(frequency="daily"), make_subscriber(frequency="daily")
    lost = make_subscriber(frequency="daily")
    out(1, categories=[sport])
    mailing = see_to()
    whole = writers.DigestWriter.write

    def change_meanwhile(self, choice):
        Subscriber.objects.filter(pk=late.pk).update(categories=[sport.pk])
        Subscriber.objects.filter(pk=lost.pk).update(categories=[empty.pk])
        return whole(self, choice)

    monkeypatch.setattr(writers.DigestWriter, "write", change_meanwhile)
    queued = queue(mailing)
    assert set(queued.deliveries.values_list("subscriber", flat=True)) == {early.pk, late.pk}
    assert queued.audience == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_moment_make_and_send_one_digest():
    plan("daily")
    make_subscriber(frequency="daily")
    out(1)
    both = threading.Barrier(2)

    def worker():
        try:
            both.wait()
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    mailing = Mailing.objects.get(kind="daily")
    assert (mailing.state, mailing.problem, mailing.audience) == ("sending", "", 1)
