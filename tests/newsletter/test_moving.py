"""A change of address: what the old address, the new one and a stranger notice; and a lost link."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from newsletter import own_mails
from newsletter.models import AddressChange, BlockedDomain, ConsentEvent, FormerLink, Subscriber, Suppression
from newsletter.tasks import expire_pending
from tests.factories import make_subscriber

pytestmark = pytest.mark.django_db
ASKED = "We have sent a mail to the new address."


@pytest.fixture
def reader():
    return make_subscriber(email="old@example.org")


@pytest.fixture
def ask(client, run_jobs):
    """Asks on the subscriber's page for another address and lets the worker work."""

    def send(subscriber, email="new@example.org", **headers):
        answer = client.post(f"{subscriber.preferences_url}address/", {"email": email}, headers=headers)
        run_jobs()
        return answer

    return send


@pytest.fixture
def move_link(ask, reader):
    ask(reader)
    return link_to("new@example.org")


def link_to(address):
    (message,) = [one for one in mail.outbox if one.to == [address] and "/newsletter/move/" in one.body]
    word = next(word for word in message.body.split() if "/newsletter/move/" in word)
    return word[word.index("/newsletter/") :]


def now(subscriber):
    return Subscriber.objects.get(pk=subscriber.pk)


def subjects_to(address):
    return [message.subject for message in mail.outbox if message.to == [address]]


def test_the_new_address_is_asked_the_old_one_told_and_nothing_changed(client, ask, reader):
    assert ASKED in ask(reader).text
    assert now(reader).email == "old@example.org"
    assert subjects_to("new@example.org") == ["Shall the newsletter of Informed Comment come here?"]
    assert subjects_to("old@example.org") == ["Your newsletter is to go to another address"]
    assert "new@example.org" not in str(
        [message.body for message in mail.outbox if message.to == ["old@example.org"]]
    )
    assert "Waits for a yes from" in client.get(reader.preferences_url).text
    for _ in range(2):
        assert "Yes, send it here" in client.get(link_to("new@example.org")).text
    assert now(reader).email == "old@example.org"


def test_the_button_moves_the_subscription_with_all_that_was_chosen(client, reader, move_link, run_jobs):
    Subscriber.objects.filter(pk=reader.pk).update(frequency="weekly", categories=[7])
    answer = client.post(move_link)
    run_jobs()
    moved = now(reader)
    assert "new@example.org" in answer.text
    assert (moved.email, moved.key, moved.state) == ("new@example.org", "new@example.org", "active")
    assert (moved.frequency, moved.categories, moved.confirmed_at) == ("weekly", [7], reader.confirmed_at)
    assert subjects_to("old@example.org")[-1] == "Your newsletter goes to another address now"
    assert not AddressChange.objects.exists()
    events = reader.consent_events.order_by("id")
    assert [event.what for event in events] == ["moving", "moved", "moved"]
    assert len({event.address_hash for event in events}) == 2
    assert events[2].text
    assert "@" not in str(events.values_list("detail", flat=True))


def test_old_mail_can_still_be_used_to_leave_and_for_nothing_else(client, reader, move_link):
    client.post(move_link)
    for path in ("", "data/", "erase/", "pause/", "address/"):
        assert client.post(reader.preferences_url + path).status_code == 410
    page = client.get(reader.unsubscribe_url)
    assert page.status_code == 200
    assert "new@example.org" not in page.text
    assert client.post(f"{reader.unsubscribe_url}back/").status_code == 410
    answer = client.post(reader.unsubscribe_url, {"List-Unsubscribe": "One-Click"})
    assert "You are unsubscribed" in answer.text
    assert "new@example.org" not in answer.text
    assert now(reader).state == "unsubscribed"
    assert client.post(reader.unsubscribe_url).status_code == 200


def test_the_last_mail_to_the_old_address_bears_no_link_to_the_page(client, reader, move_link, run_jobs):
    client.post(move_link)
    run_jobs()
    body = mail.outbox[-1].body
    assert mail.outbox[-1].to == ["old@example.org"]
    assert "/preferences/" not in body
    assert str(now(reader).link_key) not in body
    assert reader.unsubscribe_url in body


def test_a_second_press_and_an_older_wish_are_void(client, ask, reader, move_link):
    ask(reader, "other@example.org")
    assert client.get(move_link).status_code == 410
    assert client.post(move_link).status_code == 410
    other = link_to("other@example.org")
    assert client.post(other).status_code == 200
    assert client.post(other).status_code == 410
    assert now(reader).email == "other@example.org"


def test_a_wish_can_be_taken_back_and_is_over_after_a_week(client, ask, reader, move_link, time_machine):
    client.post(f"{reader.preferences_url}address/", {"take_back": "1"})
    assert client.post(move_link).status_code == 410
    ask(reader, "other@example.org")
    link = link_to("other@example.org")
    time_machine.move_to(timezone.now() + timedelta(days=7, hours=1))
    assert client.post(link).status_code == 410
    assert "Waits for a yes" not in client.get(reader.preferences_url).text
    expire_pending.func(timestamp=0)
    assert not AddressChange.objects.exists()
    assert now(reader).email == "old@example.org"


@pytest.mark.parametrize(
    "token", ["x", "1.2.3", "bWVya3c", "W10.1abc.sig", "é", "a" * 5000, "%00", "..", "\r\nX: y"]
)
def test_a_forged_or_cut_link_changes_nothing(client, reader, token, move_link):
    good = move_link.split("/")[3]
    for bad in (token, good[:-1], good[1:], good.replace(".", ":")):
        assert client.get(f"/newsletter/move/{bad}/").status_code in (404, 410)
        assert client.post(f"/newsletter/move/{bad}/").status_code in (404, 410)
    assert now(reader).email == "old@example.org"


# Whatever is known of the new address, the answer is the same


@pytest.mark.parametrize(
    ("known", "subject"),
    [
        ("nothing", "Shall the newsletter of Informed Comment come here?"),
        ("pending", "Shall the newsletter of Informed Comment come here?"),
        ("unsubscribed", "Shall the newsletter of Informed Comment come here?"),
        ("bounced", "Shall the newsletter of Informed Comment come here?"),
        ("active", "Your subscription to Informed Comment"),
        ("complained", None),
        ("suppressed", None),
        ("blocked", None),
    ],
)
def test_the_answer_tells_nothing_of_the_new_address(client, ask, reader, known, subject):
    if known in Subscriber.State.values:
        make_subscriber(email="new@example.net", state=known)
    if known == "suppressed":
        Suppression.objects.suppress("new@example.net", "complained")
    if known == "blocked":
        BlockedDomain.objects.create(domain="example.net")
    answer = ask(reader, "new@example.net")
    assert (answer.status_code, ASKED in answer.text, "Waits for a yes" in answer.text) == (200, True, True)
    assert subjects_to("new@example.net") == ([subject] if subject else [])


@pytest.mark.parametrize("state", ["pending", "unsubscribed", "bounced"])
def test_a_row_the_new_address_had_makes_way_and_its_history_stays(client, ask, reader, state):
    other = make_subscriber(email="new@example.org", state=state)
    ask(reader)
    assert client.post(link_to("new@example.org")).status_code == 200
    assert not Subscriber.objects.filter(pk=other.pk).exists()
    assert now(reader).email == "new@example.org"
    assert ConsentEvent.objects.get(subscriber=None).detail == "another subscription moves to this address"


def test_an_address_subscribed_meanwhile_keeps_its_own_subscription(client, reader, move_link):
    make_subscriber(email="new@example.org")
    answer = client.post(move_link)
    assert answer.status_code == 409
    assert "subscribed already" in answer.text
    assert now(reader).email == "old@example.org"


def test_an_address_suppressed_meanwhile_gets_nothing(client, reader, move_link):
    Suppression.objects.suppress("new@example.org", "complained")
    assert client.post(move_link).status_code == 410
    assert now(reader).email == "old@example.org"


def test_who_bounced_is_active_again_at_the_new_address(client, ask):
    reader = make_subscriber(email="old@example.org", state="bounced")
    assert "Mail to this address came back" in client.get(reader.preferences_url).text
    ask(reader)
    assert not subjects_to("old@example.org")
    assert client.post(link_to("new@example.org")).status_code == 200
    assert (now(reader).state, now(reader).email) == ("active", "new@example.org")
    assert now(reader).confirmed_at > reader.confirmed_at


@pytest.mark.parametrize("state", ["pending", "unsubscribed", "complained"])
def test_nobody_else_moves(ask, state):
    reader = make_subscriber(email="old@example.org", state=state)
    ask(reader)
    assert not AddressChange.objects.exists()
    assert not mail.outbox


def test_the_same_mailbox_is_no_change(ask, reader):
    ask(reader, "OLD@example.org")
    assert not AddressChange.objects.exists()


def test_a_confirmation_link_of_the_old_address_is_void_after_moving(client, sign_up, link_in_mail, ask):
    sign_up("old@example.org")
    confirm = link_in_mail("confirm")
    client.post(confirm)
    reader = Subscriber.objects.get()
    ask(reader)
    client.post(link_to("new@example.org"))
    assert client.post(confirm).status_code == 410


def test_wishes_are_limited_by_subscriber_and_by_network(ask, reader, settings):
    codes = [ask(reader, f"new{n}@example.org").status_code for n in range(7)]
    assert codes == [200] * 5 + [429] * 2
    settings.SIGN_UPS_PER_NETWORK = 1
    many = [make_subscriber() for _ in range(2)]
    away = {"X-Forwarded-For": "203.0.113.9"}
    assert [ask(one, "n@example.org", **away).status_code for one in many] == [200, 429]


def test_one_new_address_gets_three_mails_a_day(ask):
    for _ in range(5):
        assert ask(make_subscriber(), "victim@example.org").status_code == 200
    assert len(subjects_to("victim@example.org")) == 3


@pytest.mark.parametrize(
    "text", ["", "x", "a@b", "a@example.org\r\nBcc: c@example.org", "a@example.org\x00", "x" * 9999]
)
def test_no_address_is_answered_with_a_sentence(ask, reader, text):
    answer = ask(reader, text)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert not AddressChange.objects.exists()


def test_a_job_run_twice_asks_once_and_a_mail_sent_twice_bears_one_message_id(move_link):
    change = AddressChange.objects.get()
    own_mails.ask_new_address(change.pk)
    assert len(subjects_to("new@example.org")) == 1
    AddressChange.objects.update(mailed_at=None)  # the mail server died before we noted it
    own_mails.ask_new_address(change.pk)
    sent = [message.message() for message in mail.outbox if message.to == ["new@example.org"]]
    assert len({message["Message-ID"] for message in sent}) == 1


# A lost link


@pytest.fixture
def lose_link(client, run_jobs):
    def send(email, headers=None, **fields):
        headers = {"Sec-Fetch-Site": "same-origin"} | (headers or {})
        answer = client.post("/newsletter/preferences/", {"email": email, **fields}, headers=headers)
        run_jobs()
        return answer

    return send


def test_a_lost_link_is_mailed_to_whoever_owns_the_address(client, lose_link):
    reader = make_subscriber(email="Reader@example.org")
    assert "Mail me my link" in client.get("/newsletter/preferences/").text
    answer = lose_link("reader@EXAMPLE.org")
    assert (answer.status_code, answer["Location"]) == (303, "/newsletter/preferences/sent/")
    assert "on its way" in client.get(answer["Location"]).text
    (message,) = mail.outbox
    assert message.to == ["Reader@example.org"]
    assert reader.preferences_url in message.body


def test_a_lost_link_is_answered_alike_for_everybody(lose_link):
    for state in Subscriber.State.values:
        make_subscriber(email=f"{state}@example.org", state=state)
    make_subscriber(email="suppressed@example.org")
    Suppression.objects.suppress("suppressed@example.org", "erased")
    names = [*Subscriber.State.values, "suppressed", "unknown"]
    answers = [lose_link(f"{name}@example.org") for name in names]
    assert len({(answer.status_code, answer["Location"], answer.content) for answer in answers}) == 1
    assert [message.to[0].partition("@")[0] for message in mail.outbox] == [
        "active",
        "unsubscribed",
        "bounced",
    ]


def test_lost_links_have_budgets(lose_link, settings):
    make_subscriber(email="reader@example.org")
    for _ in range(5):
        assert lose_link("reader@example.org").status_code == 303
    assert len(mail.outbox) == 3
    settings.SIGN_UPS_PER_NETWORK = 1
    away = {"X-Forwarded-For": "203.0.113.9"}
    assert [lose_link(f"n{n}@example.org", away).status_code for n in range(2)] == [303, 429]


def test_a_lost_link_is_guarded_like_the_sign_up(lose_link):
    make_subscriber(email="reader@example.org")
    assert lose_link("reader@example.org", {"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert lose_link("reader@example.org", website="https://casino.example").status_code == 302
    assert lose_link("no address").status_code == 400
    assert not mail.outbox


# The way back


def test_who_left_by_mistake_gets_a_mail_and_comes_back_as_before(client, run_jobs, link_in_mail):
    reader = make_subscriber(frequency="weekly")
    page = client.post(reader.unsubscribe_url)
    assert f'action="{reader.unsubscribe_url}back/"' in page.text
    assert "Look in your inbox" in client.post(f"{reader.unsubscribe_url}back/").text
    run_jobs()
    assert now(reader).state == "unsubscribed"
    client.post(link_in_mail("confirm"))
    assert (now(reader).state, now(reader).frequency) == ("active", "weekly")


@pytest.mark.parametrize("state", ["active", "pending", "bounced", "complained"])
def test_there_is_no_way_back_for_who_has_not_left(client, run_jobs, state):
    reader = make_subscriber(state=state)
    assert client.post(f"{reader.unsubscribe_url}back/").status_code == 200
    run_jobs()
    assert not mail.outbox


def test_leaving_offers_less_and_a_pause(client):
    reader = make_subscriber(paused_until=timezone.now() + timedelta(days=3))
    page = client.get(reader.unsubscribe_url).text
    assert f'href="{reader.preferences_url}#pause"' in page
    client.post(reader.unsubscribe_url)
    assert now(reader).state == "unsubscribed"


def test_an_old_link_to_leave_survives_any_number_of_moves(client, ask, reader):
    first = reader.unsubscribe_url
    for n in range(3):
        ask(now(reader), f"new{n}@example.org")
        client.post(link_to(f"new{n}@example.org"))
    assert FormerLink.objects.count() == 3
    client.post(first)
    assert now(reader).state == "unsubscribed"
