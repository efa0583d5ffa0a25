"""Floods of sign-ups: what readers, strangers and administrators notice, from the first to the last that was held."""

import smtplib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from informed_comment.models import Spent
from newsletter import addresses, alarms, holding, limits, subscribing
from newsletter.consent import Evidence
from newsletter.models import BlockedDomain, ConsentEvent, HeldSignUp, SignUpHold, Subscriber
from newsletter.tasks import deal_with_held, expire_pending, keep_holds
from tests.factories import make_subscriber, make_user

pytestmark = pytest.mark.django_db
SCREEN = "/admin/newsletter/heldsignup/"


@pytest.fixture
def administrator():
    return make_user(group="Administrator", email="chief@example.net")


@pytest.fixture
def flood(sign_up, settings, administrator):
    """Five sign-ups of as many domains where two pass for usual: the third begins a hold."""
    settings.SIGN_UPS_BURST, settings.SIGN_UPS_BURST_TIMES = 2, 0

    def come(number=5, domain=None):
        return [sign_up(f"reader{n}@{domain or f'host{n}.example'}") for n in range(number)]

    return come


def to_readers():
    return [message.to[0] for message in mail.outbox if "confirm" in message.subject]


def to_administrators():
    return [message for message in mail.outbox if message.to == ["chief@example.net"]]


# A hold begins


def test_a_burst_is_answered_as_always_kept_without_mail_and_told_to_the_administrators(flood):
    answers = flood()
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(303, "/newsletter/thanks/")}
    assert to_readers() == ["reader0@host0.example", "reader1@host1.example"]
    assert Subscriber.objects.filter(state="pending").count() == 5
    assert [row.domain for row in HeldSignUp.objects.order_by("pk")] == [
        "host2.example",
        "host3.example",
        "host4.example",
    ]
    (alarm,) = to_administrators()
    assert alarm.subject == "Sign-ups are on hold"
    assert "up to 2 would have been usual" in alarm.body
    assert SCREEN in alarm.body


def test_a_burst_from_one_mail_domain_holds_that_domain_only(flood, sign_up, settings):
    settings.SIGN_UPS_BURST, settings.SIGN_UPS_PER_DOMAIN = 100, 2
    flood(4, "casino.example")
    sign_up("reader@example.org")
    assert to_readers() == [
        "reader0@casino.example",
        "reader1@casino.example",
        "reader@example.org",
    ]
    assert SignUpHold.objects.get().domain == "casino.example"


def test_what_is_usual_is_the_middle_of_the_hours_that_had_any(settings):
    settings.SIGN_UPS_BURST = 1
    hour = limits.this_hour()
    for back, times in enumerate([40, 4, 6, 5, 9000], start=1):
        Spent.objects.create(name="all", since=hour - timedelta(hours=back), times=times)
    Spent.objects.create(name="all", since=hour - timedelta(days=20), times=900)
    assert limits.most_usual() == 60
    settings.SIGN_UPS_BURST = 100
    assert limits.most_usual() == 100


def test_more_than_the_least_is_no_burst_where_it_is_usual(flood, settings):
    settings.SIGN_UPS_BURST_TIMES = 10
    Spent.objects.create(name="all", since=limits.this_hour() - timedelta(hours=1), times=1)
    flood(8)
    assert not HeldSignUp.objects.exists()


def test_a_known_address_is_held_like_a_new_one_and_left_as_it_is(flood, sign_up):
    known = make_subscriber(email="known@example.org")
    flood(3)
    sign_up("known@example.org")
    assert "known@example.org" not in [message.to[0] for message in mail.outbox]
    assert HeldSignUp.objects.filter(subscriber=known, is_new=False).exists()


def test_of_several_sign_ups_of_an_address_the_last_is_held(flood, sign_up):
    flood(3)
    sign_up("again@example.org", frequency="daily")
    sign_up("again@example.org", frequency="weekly")
    assert HeldSignUp.objects.get(subscriber__email="again@example.org").event.detail == "weekly"


def test_an_administrator_whose_mailbox_is_gone_keeps_nobody_from_being_told(flood, monkeypatch):
    make_user(group="Administrator", email="a-gone@example.net")
    send = alarms.send_mail

    def refuse(name, to, context, **others):
        if to == "a-gone@example.net":
            raise smtplib.SMTPRecipientsRefused({to: (550, b"no")})
        send(name, to, context, **others)

    monkeypatch.setattr("newsletter.alarms.send_mail", refuse)
    flood(3)
    assert len(to_administrators()) == 1


def test_nobody_to_tell_is_an_error_in_the_log(flood, administrator, caplog):
    administrator.delete()
    flood(3)
    assert "no administrator has an address" in caplog.text


# It ends


def test_a_hold_ends_by_itself_once_it_is_calm_and_says_so(flood, sign_up, run_jobs, time_machine):
    flood()
    keep_holds(timestamp=0)
    assert SignUpHold.objects.running().exists()
    time_machine.move_to(timezone.now() + timedelta(hours=2, minutes=5))
    keep_holds(timestamp=0)
    run_jobs()
    assert not SignUpHold.objects.running().exists()
    ended = to_administrators()[-1]
    assert ended.subject == "The hold on sign-ups has ended"
    assert "has ended by itself" in ended.body
    assert "3 held sign-ups wait for your decision" in ended.body
    sign_up("late@example.org")
    assert to_readers()[-1] == "late@example.org"
    assert HeldSignUp.objects.waiting().count() == 3


def test_a_hold_goes_on_while_the_flood_does(flood, time_machine):
    flood()
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    Spent.objects.create(name="all", since=limits.this_hour(), times=50)
    keep_holds(timestamp=0)
    assert SignUpHold.objects.running().exists()


def test_whoever_ends_a_hold_is_believed_for_a_day(flood, sign_up, client, administrator, time_machine):
    flood()
    client.force_login(administrator)
    client.post(f"{SCREEN}end/{SignUpHold.objects.get().pk}/")
    sign_up("real@example.org")
    assert to_readers()[-1] == "real@example.org"
    assert SignUpHold.objects.get().ended_by == administrator.username
    time_machine.move_to(timezone.now() + timedelta(days=1, hours=1))
    flood(3)
    assert SignUpHold.objects.running().exists()


def test_administrators_are_reminded_while_anybody_waits(flood):
    alarms.remind()
    assert not to_administrators()
    flood()
    alarms.remind()
    assert to_administrators()[-1].subject == "3 sign-ups wait for a decision"
    assert "After thirty days they are forgotten" in to_administrators()[-1].body


# Deciding


def test_the_screen_counts_by_domain_and_network_and_shows_what_a_pattern_means(flood, client, administrator):
    flood(5, "casino.example")
    client.force_login(administrator)
    page = client.get(SCREEN).text
    assert "All sign-ups are on hold" in page
    assert '<a href="?domain=casino.example">casino.example</a></th><td>3</td>' in page
    preview = client.get(f"{SCREEN}?domain=casino.example").text
    assert "Throw away 3" in preview
    assert "reader4@casino.example" in preview
    assert "None waits." in client.get(f"{SCREEN}?network=203.0.113.0/24").text


def test_released_sign_ups_get_their_mail_some_a_minute(flood, client, administrator, run_jobs, settings):
    settings.RELEASED_PER_MINUTE = 2
    flood()
    client.force_login(administrator)
    up_to = HeldSignUp.objects.latest("pk").pk
    answer = client.post(f"{SCREEN}decide/", {"up_to": up_to, "fate": "released"}, follow=True)
    assert "3 sign-ups will get their mail" in answer.text
    assert "being mailed" in answer.text
    run_jobs()
    run_jobs()
    assert len(to_readers()) == 4
    keep_holds(timestamp=0)
    run_jobs()
    assert to_readers()[2:] == [f"reader{n}@host{n}.example" for n in (2, 3, 4)]
    assert not HeldSignUp.objects.exists()


def test_a_released_sign_up_can_be_confirmed(flood, client, link_in_mail, run_jobs):
    flood(3)
    holding.decide(holding.Pattern(), "released", by="chief", up_to=2**62)
    run_jobs()
    run_jobs()
    client.post(link_in_mail("confirm"))
    assert Subscriber.objects.get(email="reader2@host2.example").state == "active"


def test_thrown_away_are_only_addresses_nobody_knew(flood, sign_up, client, administrator, run_jobs):
    left = make_subscriber(email="left@example.org", state="unsubscribed")
    flood(3)
    sign_up("left@example.org")
    client.force_login(administrator)
    client.post(f"{SCREEN}decide/", {"up_to": HeldSignUp.objects.latest("pk").pk, "fate": "dropped"})
    run_jobs()
    assert not HeldSignUp.objects.exists()
    assert not Subscriber.objects.filter(email="reader2@host2.example").exists()
    assert Subscriber.objects.get(pk=left.pk).state == "unsubscribed"
    dropped = ConsentEvent.objects.filter(what="dropped")
    assert {(event.by, event.subscriber_id) for event in dropped} == {
        (administrator.username, None),
        (administrator.username, left.pk),
    }
    assert len(to_readers()) == 2


def test_a_decision_concerns_what_was_there_at_the_preview_and_may_block_the_domain(
    flood, sign_up, client, administrator
):
    flood(4, "casino.example")
    client.force_login(administrator)
    up_to = HeldSignUp.objects.latest("pk").pk
    sign_up("later@casino.example")
    form = {"domain": "casino.example", "up_to": up_to, "fate": "dropped", "blocks": "1"}
    assert "2 sign-ups are thrown away" in client.post(f"{SCREEN}decide/", form, follow=True).text
    assert HeldSignUp.objects.waiting().get().subscriber.email == "later@casino.example"
    assert BlockedDomain.objects.get().domain == "casino.example"
    assert "2 held sign-ups of casino.example are thrown away" in LogEntry.objects.get().change_message


@pytest.mark.parametrize("form", [{}, {"fate": "released"}, {"up_to": "x", "fate": "gone"}, {"up_to": 2**70}])
def test_a_decision_that_cannot_be_read_changes_nothing(flood, client, administrator, form):
    flood(3)
    client.force_login(administrator)
    assert "could not be read" in client.post(f"{SCREEN}decide/", form, follow=True).text
    assert HeldSignUp.objects.waiting().count() == 1


@pytest.mark.parametrize(("group", "code"), [("Administrator", 302), ("Editor", 403), ("Author", 403)])
def test_only_administrators_decide(flood, client, group, code):
    flood(3)
    client.force_login(make_user(group=group))
    assert client.get(SCREEN).status_code == (200 if code == 302 else 403)
    assert client.post(f"{SCREEN}decide/", {"up_to": 0, "fate": "dropped"}).status_code == code
    assert client.post(f"{SCREEN}end/{SignUpHold.objects.get().pk}/").status_code == code
    assert ("Sign-ups on hold" in client.get("/admin/").text) == (code == 302)


def test_many_held_are_thrown_away_in_batches():
    now = timezone.now()
    hold = SignUpHold.objects.create(seen=1, limit=0)
    people = Subscriber.objects.bulk_create(
        Subscriber(email=f"r{n}@casino.example", key=f"r{n}@casino.example") for n in range(600)
    )
    events = ConsentEvent.objects.bulk_create(
        ConsentEvent(subscriber=one, what="asked", at=now, text="Yes.", text_version=1) for one in people
    )
    HeldSignUp.objects.bulk_create(
        HeldSignUp(subscriber=one, event=event, hold=hold, domain="casino.example", is_new=True)
        for one, event in zip(people, events, strict=True)
    )
    assert holding.decide(holding.Pattern("casino.example"), "dropped", by="chief", up_to=2**62) == 600
    deal_with_held()
    assert not Subscriber.objects.exists()
    assert ConsentEvent.objects.filter(what="dropped").count() == 600


def test_a_reader_who_signs_up_again_after_the_hold_is_not_thrown_away(flood, sign_up, client, link_in_mail):
    flood(3)
    SignUpHold.objects.update(ended_at=timezone.now(), ended_by="chief")
    sign_up("reader2@host2.example")
    client.post(link_in_mail("confirm"))
    holding.decide(holding.Pattern(), "dropped", by="chief", up_to=2**62)
    deal_with_held()
    assert Subscriber.objects.get(email="reader2@host2.example").state == "active"


# Blocked domains, budgets, forgetting


@pytest.mark.parametrize(
    ("address", "rows"),
    [("a@casino.example", 0), ("a@MAIL.casino.example", 0), ("a@notcasino.example", 1), ("a@example", 0)],
)
def test_an_address_of_a_blocked_domain_is_answered_and_forgotten(sign_up, address, rows):
    BlockedDomain.objects.create(domain="casino.example")
    answer = sign_up(address)
    assert answer.status_code == (400 if address == "a@example" else 303)
    assert Subscriber.objects.count() == len(mail.outbox) == rows


@pytest.mark.parametrize(
    ("typed", "kept"), [("@Casino.Example", "casino.example"), ("bücher.example", "xn--bcher-kva.example")]
)
def test_a_blocked_domain_is_kept_as_addresses_have_it(admin_client, typed, kept):
    admin_client.post("/admin/newsletter/blockeddomain/add/", {"domain": typed, "note": ""})
    assert BlockedDomain.objects.get().domain == kept


def test_a_blocked_domain_that_is_none_gets_a_sentence(admin_client):
    page = admin_client.post("/admin/newsletter/blockeddomain/add/", {"domain": "no domain", "note": ""})
    assert "Write a mail domain, such as example.org." in page.text


def test_budgets_are_counted_in_the_database_and_forgotten_networks_first(sign_up, time_machine):
    sign_up(headers={"X-Forwarded-For": "203.0.113.9"})
    assert set(Spent.objects.values_list("name", "times")) == {
        ("all", 1),
        ("domain example.org", 1),
        ("network 203.0.113.0/24", 1),
    }
    time_machine.move_to(timezone.now() + timedelta(days=3))
    limits.forget()
    assert set(Spent.objects.values_list("name", flat=True)) == {"all", "domain example.org"}
    time_machine.move_to(timezone.now() + timedelta(days=12))
    limits.forget()
    assert not Spent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_several_processes_spend_from_one_purse_and_begin_one_hold(settings):
    settings.SIGN_UPS_BURST, settings.SIGN_UPS_BURST_TIMES, settings.SIGN_UPS_PER_DOMAIN = 10, 0, 1000

    def sign_up(number):
        try:
            address = addresses.parse(f"reader{number}@example.org")
            subscribing.sign_up(address, frequency="daily", source="page", evidence=Evidence("test"))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sign_up, range(30)))
    assert Spent.objects.get(name="all").times == 30
    assert SignUpHold.objects.count() == 1
    assert HeldSignUp.objects.count() == 20


def test_a_form_answers_no_sooner_than_the_setting_says(sign_up, settings):
    settings.SIGN_UP_ANSWERS_AFTER = 0.08
    make_subscriber(email="known@example.org")
    for address in ("known@example.org", "new@example.org"):
        began = timezone.now()
        sign_up(address)
        assert timezone.now() - began >= timedelta(seconds=0.08)


def test_a_pending_address_that_is_forgotten_leaves_a_note_in_the_history():
    make_subscriber(state="pending", asked_at=timezone.now() - timedelta(days=31))
    expire_pending.func(timestamp=0)
    assert ConsentEvent.objects.get().what == "expired"


def test_jobs_of_the_newsletter_name_rows_and_no_addresses(flood):
    flood()
    assert "@" not in str(list(ProcrastinateJob.objects.values_list("args", flat=True)))
