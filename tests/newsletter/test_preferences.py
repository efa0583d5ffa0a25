"""A subscriber's own page: what is chosen, paused, taken out and erased there."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from newsletter import composing, limits, sections, subscribing
from newsletter.consent import CURRENT, Evidence
from newsletter.models import (
    NO_SECTION,
    Bounce,
    ConsentEvent,
    Delivery,
    Mailing,
    MailingPost,
    MailingVariant,
    Subscriber,
    Suppression,
)
from newsletter.tasks import settle_sections
from posts import mergers
from tests.factories import make_category, make_post, make_subscriber

pytestmark = pytest.mark.django_db


def history(subscriber):
    return list(subscriber.consent_events.order_by("id").values_list("what", "detail"))


def again(subscriber):
    return Subscriber.objects.get(pk=subscriber.pk)


# Sections


def chosen(client, subscriber, *categories, frequency="daily"):
    form = {"frequency": frequency, "sections": "shown", "categories": [one.pk for one in categories]}
    return client.post(subscriber.preferences_url, form)


def test_a_subscriber_chooses_sections_and_all_of_them_again(client):
    reader, iran, oil = make_subscriber(), make_category("Iran"), make_category("Oil")
    below = make_category("Tehran", parent=iran)
    page = client.get(reader.preferences_url).text
    assert "Iran" in page
    assert "Tehran" not in page
    assert "Saved." in chosen(client, reader, oil, iran).text
    assert again(reader).categories == sorted([iran.pk, oil.pk])
    assert f'value="{oil.pk}" checked' in client.get(reader.preferences_url).text
    chosen(client, reader)
    assert again(reader).categories == []
    assert history(reader) == [("categories", "Iran, Oil"), ("categories", "all sections")]
    assert chosen(client, reader, below).status_code == 400


def test_a_form_without_sections_leaves_them(client):
    reader, iran = make_subscriber(), make_category("Iran")
    chosen(client, reader, iran)
    client.post(reader.preferences_url, {"frequency": "weekly"})
    assert (again(reader).categories, again(reader).frequency) == ([iran.pk], "weekly")


@pytest.mark.parametrize(
    "value", ["x", "0", "-1", "99999999999999999999", "1; DROP", "\x00", "1\r\nBcc: a@b.c"]
)
def test_a_section_that_is_none_changes_nothing(client, value):
    reader = make_subscriber()
    make_category("Iran")
    form = {"frequency": "weekly", "sections": "shown", "categories": [value]}
    answer = client.post(reader.preferences_url, form)
    assert answer.status_code == 400
    assert "only sections from the list" in answer.text
    assert again(reader).frequency == "daily"


def test_a_section_that_moved_below_another_stays_chosen_and_offered(client):
    iran, world, reader = make_category("Iran"), make_category("World"), make_subscriber()
    chosen(client, reader, iran)
    iran.parent = world
    iran.save()
    assert f'value="{iran.pk}" checked' in client.get(reader.preferences_url).text
    chosen(client, reader, iran, frequency="weekly")
    assert again(reader).categories == [iran.pk]


def test_chosen_sections_follow_mergers_and_lose_what_is_deleted(client):
    iran, gulf, oil, gone = (make_category(name) for name in ("Iran", "Gulf", "Oil", "Gone"))
    one, both, other = (make_subscriber() for _ in range(3))
    chosen(client, one, iran)
    chosen(client, both, iran, oil, gone)
    chosen(client, other, oil)
    mergers.merge(iran, gulf)
    mergers.merge(gulf, oil)
    gone.delete()
    settle_sections(timestamp=0)
    assert [again(reader).categories for reader in (one, both, other)] == [[oil.pk]] * 3
    assert history(one)[-1] == ("categories", "Oil")
    assert one.consent_events.latest("id").how == "section gone or merged"
    assert len(history(other)) == 1
    assert sections.settle() == 0


def test_a_choice_of_which_nothing_is_left_does_not_become_all_and_is_told(client, run_jobs):
    gone, reader = make_category("Gone"), make_subscriber()
    make_category("Oil")
    chosen(client, reader, gone)
    gone.delete()
    sections.settle()
    run_jobs()
    assert again(reader).categories == [NO_SECTION]
    assert mail.outbox[-1].subject == "The sections you chose are no more"
    assert reader.preferences_url in mail.outbox[-1].body
    assert "nothing comes now" in client.get(reader.preferences_url).text
    assert sections.settle() == 0
    chosen(client, reader)
    assert again(reader).categories == []


def test_who_has_left_is_not_written_to_about_sections(client, run_jobs):
    gone, reader = make_category("Gone"), make_subscriber()
    chosen(client, reader, gone)
    subscribing.unsubscribe(reader, evidence=Evidence("test"))
    gone.delete()
    sections.settle()
    run_jobs()
    assert not mail.outbox


def test_settling_looks_at_the_choices_and_not_at_every_subscriber(client, django_assert_max_num_queries):
    iran = make_category("Iran")
    for _ in range(4):
        chosen(client, make_subscriber(), iran)
    with django_assert_max_num_queries(2):
        assert sections.settle() == 0


def test_a_digest_queued_right_after_a_merger_reaches_the_readers_of_what_was_merged(client):
    iran, gulf, reader = make_category("Iran"), make_category("Gulf"), make_subscriber()
    chosen(client, reader, iran)
    post = make_post(categories=[iran])
    mergers.merge(iran, gulf)
    mailing = Mailing.objects.create(kind="daily", key="daily 2026-11-28", subject="Today")
    MailingPost.objects.create(mailing=mailing, post=post)
    assert composing.queue(mailing).audience == 1


# Pauses


@pytest.mark.parametrize(("length", "days"), [("week", 7), ("month", 30), ("quarter", 91)])
def test_a_pause_lasts_to_the_beginning_of_a_day_and_keeps_mail_away(client, length, days, time_machine):
    time_machine.move_to("2026-11-28T18:00:00Z")
    reader = make_subscriber()
    assert "Paused: no mail until" in client.post(f"{reader.preferences_url}pause/", {"length": length}).text
    until = timezone.localtime(again(reader).paused_until)
    assert (until.date() - timezone.localdate(), until.hour) == (timedelta(days=days), 0)
    assert reader not in Subscriber.objects.mailable()
    assert history(reader) == [("paused", f"until {until.date()}")]
    time_machine.move_to(until)
    assert reader in Subscriber.objects.mailable()
    assert "Paused:" not in client.get(reader.preferences_url).text


def test_a_pause_to_a_chosen_day_can_be_ended_and_asked_for_twice(client):
    reader = make_subscriber()
    day = timezone.localdate() + timedelta(days=40)
    for _ in range(2):
        client.post(f"{reader.preferences_url}pause/", {"length": "day", "day": f"{day}"})
    assert timezone.localdate(again(reader).paused_until) == day
    for _ in range(2):
        assert client.post(f"{reader.preferences_url}pause/", {"end": "1"}).status_code == 200
    assert again(reader).paused_until is None
    assert [what for what, _ in history(reader)] == ["paused", "resumed"]


def test_a_day_alone_is_enough_and_a_length_goes_before_it(client):
    reader, day = make_subscriber(), timezone.localdate() + timedelta(days=40)
    client.post(f"{reader.preferences_url}pause/", {"day": f"{day}"})
    assert timezone.localdate(again(reader).paused_until) == day
    client.post(f"{reader.preferences_url}pause/", {"length": "week", "day": f"{day}"})
    assert timezone.localdate(again(reader).paused_until) == timezone.localdate() + timedelta(days=7)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"length": "for ever"},
        {"length": "day"},
        {"length": "day", "day": "yesterday"},
        {"length": "day", "day": "2026-02-30"},
        {"length": "day", "day": "2026-12-01T00:00:00+99:00"},
        {"length": "day", "day": "0000-00-00"},
        {"length": "day", "day": "2001-01-01"},
        {"length": "day", "day": "9999-12-31"},
        {"length": "day", "day": "\x00"},
        {"length": "\x00"},
    ],
)
def test_a_pause_that_makes_no_sense_is_answered_with_a_sentence(client, form):
    reader = make_subscriber()
    answer = client.post(f"{reader.preferences_url}pause/", form)
    assert answer.status_code == 400
    assert "within a year" in answer.text
    assert not reader.consent_events.exists()


def test_a_pause_ends_with_leaving_and_coming_back(client, sign_up, link_in_mail):
    reader = make_subscriber()
    client.post(f"{reader.preferences_url}pause/", {"length": "quarter"})
    client.post(reader.unsubscribe_url)
    sign_up(reader.email)
    client.post(link_in_mail("confirm"))
    assert reader in Subscriber.objects.mailable()


@pytest.mark.parametrize("state", ["pending", "unsubscribed", "bounced", "complained"])
def test_only_active_subscribers_choose(client, state):
    reader = make_subscriber(state=state)
    for path, form in [
        ("", {"frequency": "weekly"}),
        ("pause/", {"length": "week"}),
        ("pause/", {"end": "1"}),
    ]:
        assert client.post(reader.preferences_url + path, form).status_code == 200
    assert (again(reader).frequency, again(reader).paused_until) == ("daily", None)
    assert not reader.consent_events.exists()


def test_a_link_in_wrong_hands_cannot_write_history_without_end(client, monkeypatch):
    monkeypatch.setattr(limits, "CHANGES_A_DAY", 3)
    reader = make_subscriber()
    answers = [
        client.post(reader.preferences_url, {"frequency": frequency})
        for frequency in ("weekly", "daily", "weekly", "daily")
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "try again tomorrow" in answers[-1].text
    assert client.post(f"{reader.preferences_url}pause/", {"length": "week"}).status_code == 429
    assert reader.consent_events.count() == 3
    assert "You are unsubscribed" in client.post(reader.unsubscribe_url).text


# All my data


def test_all_that_is_kept_comes_as_a_file(client, sign_up, link_in_mail, django_assert_max_num_queries):
    sign_up("reader@example.org", source="footer", consent=CURRENT)
    client.post(link_in_mail("confirm"))
    reader = Subscriber.objects.get()
    mailing = Mailing.objects.create(subject="The strait", state="sent", queued_at=timezone.now())
    variant = MailingVariant.objects.create(mailing=mailing, subject="The strait", html="x", text="x")
    Delivery.objects.create(mailing=mailing, variant=variant, subscriber=reader, state="sent")
    Suppression.objects.suppress(reader.key, "bounced")
    Bounce.objects.create(kind="soft", subscriber=reader, key="one", diagnostic="452 full", source="mailbox")
    with django_assert_max_num_queries(10):
        answer = client.get(f"{reader.preferences_url}data/")
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == 'attachment; filename="my-newsletter-data.json"'
    kept = json.loads(answer.content)
    assert kept["subscriber"]["email"] == "reader@example.org"
    assert kept["subscriber"]["source"] == "footer"
    assert kept["subscriber"]["sections"] == "all sections"
    assert [event["what"] for event in kept["history"]] == ["asked", "confirmed"]
    assert "confirm first" in kept["history"][0]["text"]
    assert [(row["subject"], row["state"]) for row in kept["deliveries"]] == [("The strait", "sent")]
    assert kept["suppressed"]["why"] == "bounced"
    assert kept["came_back"][0]["diagnostic"] == "452 full"
    assert {"address_change", "held"}.isdisjoint(kept["subscriber"])


def test_every_field_of_a_subscriber_is_among_the_data(client):
    reader = make_subscriber()
    kept = json.loads(client.get(f"{reader.preferences_url}data/").content)["subscriber"]
    assert {field.attname for field in Subscriber._meta.concrete_fields} - {"id"} <= set(kept)


# Erasing


def test_erasing_takes_a_button_says_what_stays_and_leaves_no_address(client, sign_up):
    reader = make_subscriber()
    make_category("Iran")
    client.post(f"{reader.preferences_url}address/", {"email": "new@example.org"})
    page = client.get(f"{reader.preferences_url}erase/")
    assert "keyed hash" in page.text
    assert Subscriber.objects.exists()
    assert "are gone" in client.post(f"{reader.preferences_url}erase/").text
    assert not Subscriber.objects.exists()
    assert list(ConsentEvent.objects.order_by("id").values_list("what", flat=True)) == ["moving", "erased"]
    assert Suppression.objects.covering(reader.key).get().reason == "erased"
    mail.outbox.clear()
    assert sign_up(reader.email).status_code == 303
    assert not Subscriber.objects.exists()
    assert not mail.outbox
    for path in ("", "erase/", "data/", "pause/", "address/"):
        assert client.post(reader.preferences_url + path).status_code == 410


def test_pages_behind_a_subscribers_link_are_kept_by_nobody_and_need_no_token(client):
    reader = make_subscriber()
    for path in ("", "pause/", "address/", "data/", "erase/"):
        answer = client.get(reader.preferences_url + path)
        assert answer.status_code == 200
        assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex")
        assert answer["Referrer-Policy"] == "no-referrer"
        assert not answer.cookies
    assert Subscriber.objects.exists()
