"""Passkeys, shown by a program that may lie: only the right one, asked now, of this site, opens."""

import pytest
from django.urls import reverse

from informed_comment.models import AuditEntry, SecondStep
from tests.factories import make_user
from tests.informed_comment.signing_in.authenticator import Authenticator
from tests.informed_comment.signing_in.people import browser, give_password, is_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_site_with_a_name(settings):
    settings.SECOND_STEP = "required"
    settings.ALLOWED_HOSTS = ["news.example.org"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


def make_client():
    return browser(HTTP_HOST="news.example.org", HTTP_X_FORWARDED_PROTO="https")


def asked(client, use):
    return client.post(reverse("admin:passkey_options"), {"use": use}).json()


def passkey_of(user, **fields):
    """Made on the way in, as the browser would."""
    key = Authenticator(**{"host": "news.example.org", "number": user.get_username().encode()} | fields)
    client = make_client()
    give_password(client, user)
    answer = key.make(asked(client, "make"))
    client.post(reverse("admin:add_passkey"), {"name": "Key", "passkey": answer})
    return key, client


def show_alone(client, answer):
    client.post(reverse("admin:login"), {"passkey": answer})
    return is_in(client)


def test_a_passkey_opens_after_the_password_and_alone():
    user = make_user(group="Editor")
    key, client = passkey_of(user)
    assert is_in(client)
    second, alone = make_client(), make_client()
    give_password(second, user)
    second.post(reverse("admin:second_step"), {"passkey": key.show(asked(second, "second_step"))})
    assert is_in(second)
    assert show_alone(alone, key.show(asked(alone, "sign_in")))


@pytest.mark.parametrize(
    "shown",
    [
        lambda key, options: key.show(options, is_verified=False),
        lambda key, options: key.show({"publicKey": {"challenge": "AAAAAAAAAAAAAAAAAAAAAA"}}),
        lambda key, options: Authenticator(host="news.example.org", number=key.number).show(options),
        lambda key, options: lying(key, origin="https://evil.example").show(options),
        lambda key, options: lying(key, origin="http://news.example.org").show(options),
        lambda key, options: lying(key, host="evil.example").show(options),
        lambda key, options: key.make(options),
        lambda key, options: key.show(options)[:-9] + '"x"}}',
    ],
)
def test_alone_nothing_opens_but_the_right_passkey_held_by_its_owner(shown):
    user = make_user(group="Editor")
    key, _ = passkey_of(user)
    key.number = user.get_username().encode()
    client = make_client()
    assert not show_alone(client, shown(key, asked(client, "sign_in")))


def lying(key, **fields):
    for name, value in fields.items():
        setattr(key, name, value)
    return key


def test_what_was_shown_once_is_shown_in_vain_again():
    key, _ = passkey_of(make_user(group="Editor"))
    client = make_client()
    answer = key.show(asked(client, "sign_in"))
    assert show_alone(client, answer)
    thief = make_client()
    asked(thief, "sign_in")
    assert not show_alone(thief, answer)
    client.post(reverse("admin:logout"))
    assert not show_alone(client, answer)


def test_a_copy_of_a_passkey_is_noticed_by_its_count():
    key, _ = passkey_of(make_user(group="Editor"))
    for counter, opens in ((5, True), (5, False), (4, False), (6, True)):
        client = make_client()
        assert show_alone(client, key.show(asked(client, "sign_in"), counter=counter)) is opens
    assert AuditEntry.objects.filter(deed="passkey_copied").count() == 2


def test_a_passkey_is_no_second_step_for_another_account():
    one, other = make_user(group="Editor"), make_user(group="Editor")
    key, _ = passkey_of(one)
    passkey_of(other)
    thief = make_client()
    give_password(thief, other)
    thief.post(reverse("admin:second_step"), {"passkey": key.show(asked(thief, "second_step"))})
    assert not is_in(thief)
    thief.post(reverse("admin:second_step"), {"passkey": key.show(asked(thief, "sign_in"))})
    assert not is_in(thief)


def test_who_may_not_sign_in_any_more_does_not_with_a_passkey_either():
    user = make_user(group="Editor")
    key, _ = passkey_of(user)
    user.is_active = False
    user.save()
    client = make_client()
    assert not show_alone(client, key.show(asked(client, "sign_in")))


def test_a_passkey_of_one_account_is_not_made_anothers():
    one, other = make_user(group="Editor"), make_user(group="Editor")
    passkey_of(one, number=b"same")
    passkey_of(other, number=b"same")
    assert not SecondStep.objects.filter(user=other).exists()


def test_options_for_making_one_are_for_nobody_but_who_may():
    user = make_user(group="Editor")
    passkey_of(user)
    thief = make_client()
    give_password(thief, user)
    for client, use in (
        (thief, "make"),
        (make_client(), "make"),
        (make_client(), "second_step"),
        (thief, "prove"),
    ):
        assert client.post(reverse("admin:passkey_options"), {"use": use}).status_code == 403
