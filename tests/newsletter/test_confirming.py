"""Double opt-in and the links in mail: what a subscriber, a mail scanner and a forger notice."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from informed_comment.publication import current_publication
from newsletter import confirming, subscribing
from newsletter.consent import Evidence
from newsletter.models import ConsentEvent, Subscriber, Suppression
from newsletter.tasks import expire_pending
from tests.factories import make_subscriber

pytestmark = pytest.mark.django_db

BY_TEST = Evidence("test")


@pytest.fixture
def confirm_link(sign_up, link_in_mail):
    sign_up(frequency="weekly")
    return link_in_mail("confirm")


def reader():
    return Subscriber.objects.get(key="reader@example.org")


def history():
    return list(reader().consent_events.order_by("id").values_list("what", flat=True))


def test_only_the_button_confirms(client, confirm_link):
    for _ in range(2):
        page = client.get(confirm_link)
        assert page.status_code == 200
        assert "Yes, subscribe me" in page.text
        assert client.head(confirm_link).status_code == 200
    assert (reader().state, history()) == ("pending", ["asked"])

    answer = client.post(confirm_link)
    assert "Welcome" in answer.text
    assert (reader().state, reader().frequency, history()) == ("active", "weekly", ["asked", "confirmed"])


def test_confirming_twice_changes_nothing(client, confirm_link):
    client.post(confirm_link)
    before = reader().confirmed_at
    assert client.post(confirm_link).status_code == 200
    assert reader().confirmed_at == before
    assert history() == ["asked", "confirmed"]


def test_a_link_is_good_for_seven_days(client, confirm_link, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=7, hours=1))
    for answer in (client.get(confirm_link), client.post(confirm_link)):
        assert answer.status_code == 410
        assert "ask for a new one" in answer.text
        assert 'name="email"' in answer.text
    assert reader().state == "pending"


@pytest.mark.parametrize("token", ["x", "1.2.3", "bWVya3c", "W10.1abc.sig", "é", "a" * 5000])
def test_a_forged_or_cut_link_says_so(client, token, confirm_link):
    good = confirm_link.split("/")[3]
    for bad in (token, good[:-1], good + "x", good.replace(".", ":")):
        assert client.get(f"/newsletter/confirm/{bad}/").status_code == 410
        assert client.post(f"/newsletter/confirm/{bad}/").status_code == 410
    assert reader().state == "pending"


def test_no_old_link_brings_back_who_has_left(client, confirm_link, sign_up, link_in_mail):
    client.post(confirm_link)
    client.post(f"/newsletter/unsubscribe/{reader().link_key}/")
    assert client.post(confirm_link).status_code == 410
    assert reader().state == "unsubscribed"

    sign_up()
    assert reader().state == "unsubscribed"
    client.post(link_in_mail("confirm"))
    assert (reader().state, reader().unsubscribed_at) == ("active", None)
    assert history() == ["asked", "confirmed", "unsubscribed", "asked", "confirmed"]


def test_any_of_several_mails_confirms(client, confirm_link, sign_up):
    sign_up()
    sign_up()
    client.post(confirm_link)
    assert reader().state == "active"


def test_a_link_of_an_erased_or_suppressed_address_is_void(client, confirm_link):
    Suppression.objects.suppress("reader@example.org", "complained")
    assert client.post(confirm_link).status_code == 410
    subscribing.erase(reader(), evidence=BY_TEST)
    assert client.get(confirm_link).status_code == 410


# The database's own word


def test_only_a_confirmation_makes_a_subscriber_active():
    subscriber = make_subscriber(state="unsubscribed")
    now = timezone.now()
    for change in ({"state": "active"}, {"state": "active", "confirmed_at": now}, {"state": "pending"}):
        with pytest.raises(IntegrityError, match="Only the subscriber raises"), transaction.atomic():
            Subscriber.objects.filter(pk=subscriber.pk).update(**change)
    for state in ("bounced", "complained", "unsubscribed"):
        Subscriber.objects.filter(pk=subscriber.pk).update(state=state)


def test_consent_events_can_only_be_added(confirm_link):
    event = ConsentEvent.objects.get()
    with pytest.raises(IntegrityError, match="neither changed nor deleted"), transaction.atomic():
        ConsentEvent.objects.update(text="something else")
    with pytest.raises(IntegrityError, match="neither changed nor deleted"), transaction.atomic():
        event.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentEvent.objects.filter(pk=event.pk).update(subscriber=None, text="something else")


def test_an_erased_subscriber_leaves_the_history_and_the_suppression(client, confirm_link):
    client.post(confirm_link)
    subscribing.erase(reader(), evidence=BY_TEST)
    assert not Subscriber.objects.exists()
    assert Suppression.objects.covering("reader@example.org").get().reason == "erased"
    events = ConsentEvent.objects.order_by("id")
    assert [event.what for event in events] == ["asked", "confirmed", "erased"]
    assert {event.subscriber_id for event in events} == {None}
    assert len({event.address_hash for event in events}) == 1


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"key": "Reader@example.org"}, "subscriber_key_is_lower_case"),
        ({"state": "happy", "confirmed_at": None}, "subscriber_state_is_known"),
        ({"frequency": "hourly"}, "subscriber_frequency_is_known"),
        ({"confirmed_at": None}, "active_subscriber_has_confirmed"),
        ({"state": "unsubscribed", "unsubscribed_at": None}, "unsubscribed_subscriber_has_a_date"),
        ({"email": "TWICE@example.org"}, "subscriber_address_is_unique"),
    ],
)
def test_the_database_refuses_a_subscriber_against_the_rules(fields, constraint):
    make_subscriber(email="twice@example.org")
    with pytest.raises(IntegrityError, match=constraint):
        make_subscriber(**fields)


# Preferences and unsubscribing


@pytest.mark.parametrize("state", ["active", "pending", "bounced"])
def test_unsubscribing_takes_a_button_and_works_twice(client, state):
    subscriber = make_subscriber(state=state)
    for path in (subscriber.unsubscribe_url, subscriber.preferences_url):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    subscriber.refresh_from_db()
    assert subscriber.state == state
    for _ in range(2):
        assert "You are unsubscribed" in client.post(subscriber.unsubscribe_url).text
    subscriber.refresh_from_db()
    assert subscriber.state == "unsubscribed"
    assert subscriber.consent_events.count() == 1


def test_one_click_works_without_cookie_token_or_origin():
    subscriber = make_subscriber()
    answer = Client(enforce_csrf_checks=True).post(
        subscriber.unsubscribe_url,
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
        headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 200
    assert not answer.cookies
    assert subscriber.consent_events.get().how == "one-click"


def test_an_unsubscribe_link_works_for_years(client, time_machine, settings):
    subscriber = make_subscriber()
    time_machine.move_to(timezone.now() + timedelta(days=3650))
    settings.SECRET_KEY = "a new secret key after ten years of service"
    client.post(subscriber.unsubscribe_url)
    assert Subscriber.objects.get().state == "unsubscribed"


def test_a_subscriber_chooses_how_often(client):
    subscriber = make_subscriber()
    page = client.post(subscriber.preferences_url, {"frequency": "weekly"})
    assert "Saved." in page.text
    client.post(subscriber.preferences_url, {"frequency": "weekly"})
    assert Subscriber.objects.get().frequency == "weekly"
    event = subscriber.consent_events.get()
    assert (event.what, event.detail) == ("frequency", "Daily digest → Weekly digest")
    assert client.post(subscriber.preferences_url, {"frequency": "hourly"}).status_code == 400
    assert client.post(subscriber.preferences_url).status_code == 400


def test_who_has_left_cannot_come_back_by_the_preferences(client):
    subscriber = make_subscriber(state="unsubscribed")
    client.post(subscriber.preferences_url, {"frequency": "weekly"})
    subscriber.refresh_from_db()
    assert (subscriber.state, subscriber.frequency) == ("unsubscribed", "daily")
    assert 'name="email"' in client.get(subscriber.preferences_url).text


@pytest.mark.parametrize("token", ["7d5f4f0e-0000-4000-8000-000000000000", "x", "0", "é", "e" * 3000])
def test_an_unknown_link_is_answered_with_a_sentence(client, token):
    for page in ("preferences", "unsubscribe"):
        for answer in (
            client.get(f"/newsletter/{page}/{token}/"),
            client.post(f"/newsletter/{page}/{token}/"),
        ):
            assert answer.status_code == 410
            assert "No subscription behind this link" in answer.text


def test_pages_behind_links_are_kept_by_nobody(client, confirm_link):
    for path in (confirm_link, reader().preferences_url, reader().unsubscribe_url):
        for answer in (client.get(path), client.post(path)):
            assert answer["Cache-Control"] == "no-store"
            assert answer["X-Robots-Tag"] == "noindex"
            assert answer["Referrer-Policy"] == "no-referrer"
            assert not answer.cookies


# The mail


def test_the_mail_is_plain_and_html_and_says_nothing_a_stranger_could_choose(sign_up, settings):
    settings.SITE_URL = "https://news.example.org"
    sign_up("buy.cheap.pills@example.org", frequency="daily", source="post")
    (message,) = mail.outbox
    assert message.subject == "Please confirm your subscription to Informed Comment"
    assert message.from_email == "Informed Comment <newsletter@localhost>"
    (html,) = [body for body, kind in message.alternatives if kind == "text/html"]
    for body in (message.body, html):
        assert "https://news.example.org/newsletter/confirm/" in body
        assert "pills" not in body
    assert "<style>@media" in html.replace("\n", "").replace("  ", "").replace("<style> ", "<style>")
    assert 'style="' in html
    headers = message.message()
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Message-ID"].endswith("@news.example.org>")
    assert "List-Unsubscribe" not in headers


def test_a_title_with_signs_and_line_ends_stays_one_line(sign_up):
    publication = current_publication()
    publication.title = "Q & A,\r\nBcc: all@example.org <b>"
    publication.save()
    sign_up()
    message = mail.outbox[0].message()
    assert message["Subject"] == "Please confirm your subscription to Q & A, Bcc: all@example.org <b>"
    assert message["Bcc"] is None


def test_a_job_run_twice_sends_one_mail(sign_up):
    sign_up()
    confirming.send_confirmation(ConsentEvent.objects.get().pk)
    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_away_is_tried_again(sign_up, monkeypatch):
    def away(*args, **kwargs):
        raise smtplib.SMTPServerDisconnected("gone")

    with monkeypatch.context() as patch:
        patch.setattr("newsletter.mails.EmailMultiAlternatives.send", away)
        with pytest.raises(OSError, match="gone"):
            sign_up()
    confirming.send_confirmation(ConsentEvent.objects.get().pk)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(("code", "is_tried_again"), [(550, False), (450, True)])
def test_an_address_refused_for_good_is_not_tried_again(sign_up, monkeypatch, code, is_tried_again, caplog):
    def refuse(*args, **kwargs):
        raise smtplib.SMTPRecipientsRefused({"reader@example.org": (code, b"no")})

    monkeypatch.setattr("newsletter.mails.EmailMultiAlternatives.send", refuse)
    if is_tried_again:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            sign_up()
    else:
        sign_up()
        assert "refuses the address for good" in caplog.text
    assert reader().mailed_at is None


def test_pending_addresses_are_forgotten_after_thirty_days():
    now = timezone.now()
    make_subscriber(state="pending", email="old@example.org", asked_at=now - timedelta(days=31))
    make_subscriber(state="pending", email="again@example.org", created_at=now - timedelta(days=90))
    make_subscriber(state="unsubscribed", email="left@example.org", asked_at=now - timedelta(days=90))
    expire_pending.func(timestamp=0)
    left = set(Subscriber.objects.values_list("email", flat=True))
    assert left == {"again@example.org", "left@example.org"}
