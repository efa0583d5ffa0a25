"""The sign-up form: what a reader, a bot and a foreign site notice."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from newsletter import addresses, subscribing
from newsletter.consent import CURRENT, TEXTS, Evidence
from newsletter.models import ConsentEvent, Subscriber, Suppression
from tests.factories import make_post, make_subscriber

pytestmark = pytest.mark.django_db


def test_a_reader_is_told_to_look_in_the_inbox_and_gets_one_mail(sign_up, client):
    answer = sign_up(" Reader@Example.org ", source="sidebar", consent=CURRENT)
    assert (answer.status_code, answer["Location"]) == (303, "/newsletter/thanks/")
    assert not answer.cookies
    assert "Look in your inbox" in client.get("/newsletter/thanks/").text
    subscriber = Subscriber.objects.get()
    assert (subscriber.email, subscriber.key) == ("Reader@Example.org", "reader@example.org")
    assert (subscriber.state, subscriber.source, subscriber.frequency) == ("pending", "sidebar", "daily")
    (message,) = mail.outbox
    assert message.to == ["Reader@Example.org"]


def test_the_form_stands_in_four_places_each_of_which_it_names(client):
    post = make_post()
    for path, places in {
        "/": {"sidebar", "footer"},
        post.get_absolute_url(): {"post", "footer"},
        "/archives/": {"sidebar", "footer"},
        "/newsletter/": {"page"},
    }.items():
        page = client.get(path)
        found = set(re.findall(r'name="source" value="(\w+)"', page.text))
        assert found == places if places == {"page"} else found >= places, path
        assert found <= set(Subscriber.Source.values)
        assert page.text.count('name="website"') == page.text.count('name="source"')
        assert "csrfmiddlewaretoken" not in page.text
        assert not page.cookies


def test_the_consent_is_noted_with_its_text_and_without_the_raw_address_of_the_sender(sign_up):
    sign_up(source="footer", consent=CURRENT, headers={"X-Forwarded-For": "203.0.113.77"})
    event = ConsentEvent.objects.get()
    assert (event.what, event.how, event.text, event.text_version) == (
        "asked",
        "footer form",
        TEXTS[CURRENT],
        CURRENT,
    )
    assert event.network == "203.0.113.0/24"
    assert len(event.sender_hash) == len(event.address_hash) == 64
    assert "203.0.113.77" not in str(vars(event))
    assert "reader@" not in str(vars(event))


def test_known_pending_left_and_suppressed_addresses_are_answered_like_a_new_one(sign_up):
    for state in Subscriber.State.values:
        make_subscriber(state=state, email=f"{state}@example.org")
    Suppression.objects.suppress("suppressed@example.org", "erased")
    answers = [sign_up(f"{name}@example.org") for name in [*Subscriber.State.values, "suppressed", "new"]]
    assert len({(answer.status_code, answer["Location"], answer.content) for answer in answers}) == 1


@pytest.mark.parametrize(
    ("state", "mails"),
    [
        ("active", ["Your subscription"]),
        ("unsubscribed", ["Please confirm"]),
        ("bounced", ["Please confirm"]),
        ("pending", ["Please confirm"]),
        ("complained", []),
    ],
)
def test_signing_up_again_leaves_the_state_alone_and_sends_what_fits(sign_up, state, mails):
    subscriber = make_subscriber(state=state)
    sign_up(subscriber.email.upper(), frequency="every_post")
    again = Subscriber.objects.get()
    assert (again.state, again.frequency) == (state, subscriber.frequency)
    assert [message.subject[: len(start)] for message, start in zip(mail.outbox, mails, strict=True)] == mails


def test_a_suppressed_address_gets_no_row_and_no_mail(sign_up, settings):
    Suppression.objects.suppress("gone@example.org", "complained")
    sign_up("GONE@example.org")
    settings.NEWSLETTER_KEY_FALLBACKS = [settings.NEWSLETTER_KEY]
    settings.NEWSLETTER_KEY = "another key, after the old one leaked"
    sign_up("gone@example.org")
    assert not Subscriber.objects.exists()
    assert not mail.outbox


def test_row_event_and_job_are_written_together_or_not_at_all():
    with pytest.raises(RuntimeError), transaction.atomic():
        subscribing.sign_up(
            addresses.parse("reader@example.org"), frequency="daily", source="page", evidence=Evidence("test")
        )
        assert ProcrastinateJob.objects.filter(task_name="newsletter.send_confirmation").count() == 1
        raise RuntimeError("the machine goes down before the commit")
    assert not ProcrastinateJob.objects.exists()
    assert not Subscriber.objects.exists()
    assert not ConsentEvent.objects.exists()


@pytest.mark.parametrize(
    "text", ["", " ", "reader", "reader@", "@example.org", "a b@example.org", "x@localhost"]
)
def test_no_address_is_answered_with_the_form_and_a_sentence(sign_up, text):
    answer = sign_up(text)
    assert answer.status_code == 400
    assert 'name="email"' in answer.text
    assert "name@example.org" in answer.text
    assert not Subscriber.objects.exists()


def test_a_form_without_the_field_is_answered_with_the_form(client):
    assert client.post("/newsletter/", {}).status_code == 400
    assert client.post("/newsletter/", "{", content_type="application/json").status_code == 400


def test_other_fields_gone_wrong_turn_nobody_away(sign_up):
    answer = sign_up(source="<script>", frequency="hourly", consent="many", age="soon")
    assert answer.status_code == 303
    assert Subscriber.objects.get().frequency == "daily"


# Bots and foreign sites


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://testserver"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[not an address"}, 403),
        ({"Referer": "http://testserver/2016/10/post.html"}, 303),
        ({"Referer": "https://evil.example/"}, 403),
        ({}, 303),
    ],
)
def test_only_our_own_pages_may_send_the_form(client, headers, code):
    answer = client.post("/newsletter/", {"email": "reader@example.org"}, headers=headers)
    assert answer.status_code == code
    assert Subscriber.objects.count() == (code == 303)


def test_the_form_needs_neither_cookie_nor_token(db):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/newsletter/", {"email": "reader@example.org"})
    assert answer.status_code == 303


def test_who_fills_in_the_honeypot_is_thanked_and_forgotten(sign_up):
    answer = sign_up(website="https://casino.example")
    assert answer["Location"] == "/newsletter/thanks/"
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize(
    ("age", "code"), [("0.4", 400), ("1.9", 400), ("2.5", 303), ("", 303), ("86400", 303)]
)
def test_a_form_sent_within_two_seconds_is_asked_once_more(sign_up, age, code):
    assert sign_up(age=age).status_code == code


def test_one_address_gets_three_mails_a_day_and_the_same_answer_for_ever(sign_up, time_machine):
    answers = {sign_up().status_code for _ in range(6)}
    assert answers == {303}
    assert len(mail.outbox) == 3
    time_machine.move_to(timezone.now() + timedelta(hours=25))
    sign_up()
    assert len(mail.outbox) == 4


def test_an_active_subscriber_can_be_bothered_once_a_day(sign_up):
    make_subscriber(email="reader@example.org")
    for _ in range(3):
        sign_up()
    assert len(mail.outbox) == 1


def test_one_network_can_sign_up_so_many_addresses_an_hour(sign_up, settings, time_machine):
    settings.SIGN_UPS_PER_NETWORK = 3
    codes = [
        sign_up(f"reader{n}@example.org", headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code
        for n in range(5)
    ]
    assert codes == [303, 303, 303, 429, 429]
    assert sign_up("other@example.org", headers={"X-Forwarded-For": "198.51.100.1"}).status_code == 303
    time_machine.move_to(timezone.now() + timedelta(hours=1))
    assert sign_up("late@example.org", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 303


def test_a_flood_from_everywhere_is_stopped_for_the_hour(sign_up, settings):
    settings.SIGN_UPS_PER_HOUR = 2
    codes = [sign_up(f"reader{n}@example.org").status_code for n in range(3)]
    assert codes == [303, 303, 429]
    assert Subscriber.objects.count() == 2
