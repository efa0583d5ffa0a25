"""Guessing is hopeless, and nobody locks anybody else out."""

import threading
import time
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from informed_comment import budgets
from informed_comment.models import AuditEntry, Spent, StaffSession
from informed_comment.signing_in import known_devices, lights, passkeys, steps, totp, tries
from informed_comment.watching.lights import State
from tests.factories import make_user
from tests.informed_comment.signing_in.people import (
    ELSEWHERE,
    HOME,
    OFFICE,
    browser,
    code_of,
    come_in,
    give_code,
    give_password,
    is_in,
    make_secured,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_the_middle_of_an_hour():
    """Budgets are of full hours and five minutes: no test straddles two."""
    with time_machine.travel(timezone.now().replace(minute=31, second=5), tick=True):
        yield


@pytest.fixture
def required(settings):
    settings.SECOND_STEP = "required"


def guess(user, address, times, **more):
    answers = [give_password(browser(address), user, f"guess {n}", **more) for n in range(times)]
    return [answer.status_code for answer in answers]


def test_guessing_from_a_network_is_paused_and_said():
    user = make_user(group="Editor")
    assert guess(user, ELSEWHERE, 5) == [200] * 5
    answer = give_password(browser("192.0.2.99"), user)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 300
    assert "too many tries" in answer.content.decode()


def test_while_paused_not_even_the_right_password_is_told():
    user = make_user(group="Editor")
    guess(user, ELSEWHERE, 5)
    right, wrong = give_password(browser(ELSEWHERE), user), give_password(browser(ELSEWHERE), user, "x")
    assert (right.status_code, wrong.status_code) == (429, 429)
    assert right.content.count(b"too many") == wrong.content.count(b"too many")


def test_the_pause_grows():
    user, waits = make_user(group="Editor"), []
    now = timezone.now().replace(hour=1, minute=0, second=1)
    with time_machine.travel(now, tick=False) as clock:
        for _ in range(60):
            answer = give_password(browser(ELSEWHERE), user, "guess")
            if answer.status_code == 429:
                waits.append(int(answer["Retry-After"]))
                clock.shift(waits[-1] + 1)
    assert waits[0] <= 300 < max(waits[:5]) <= 3600 < max(waits)


def test_whoever_hammers_from_elsewhere_does_not_keep_the_owner_out(required):
    user, secret, _ = make_secured()
    known = browser(HOME)
    come_in(known, user, secret)
    known.cookies.pop("sessionid")
    guess(user, ELSEWHERE, 20)
    guess(user, HOME, 20)  # from the very same network
    assert give_password(known, user).status_code == 302
    assert give_password(browser(OFFICE), user).status_code == 302


def test_the_owners_own_slips_do_not_add_up():
    user = make_user(group="Editor")
    for _ in range(4):
        guess(user, HOME, 3)
        assert give_password(browser(HOME), user).status_code == 302


def test_one_network_cannot_try_the_same_password_on_everybody(monkeypatch):
    monkeypatch.setattr(tries, "FROM_A_NETWORK", ((8, tries.HOUR),))
    codes = [give_password(browser(ELSEWHERE), f"name{n}", "Spring2026!").status_code for n in range(10)]
    assert codes[:8] == [200] * 8
    assert codes[8:] == [429] * 2


def test_hopping_within_a_network_of_ipv6_is_one_network():
    user = make_user(group="Editor")
    codes = [guess(user, f"2001:db8:77:{n:x}::{n:x}", 1)[0] for n in range(7)]
    assert codes == [200] * 5 + [429] * 2
    assert give_password(browser("2001:db8:78::1"), user).status_code == 302


def test_guessing_from_many_networks_slows_strangers_down_tells_the_operator_once_and_locks_nobody_out(
    required, monkeypatch
):
    monkeypatch.setattr(tries, "FLOOD_ON_AN_ACCOUNT", 15)
    monkeypatch.setattr(tries, "FLOOD", 40)
    user, secret, _ = make_secured()
    known = browser(HOME)
    come_in(known, user, secret)
    known.cookies.pop("sessionid")
    codes = [guess(user, f"{n + 19}.2.3.4", 1)[0] for n in range(1, 21)]
    assert codes == [200] * 20
    assert guess(user, "60.64.7.1", 4) == [200, 200, 429, 429]
    assert AuditEntry.objects.filter(deed="sign_in_flood", about=user.get_username()).count() == 1
    assert AuditEntry.objects.filter(deed="sign_in_refused").count() == tries.WRITTEN_DOWN
    assert lights.lights()[2].state is State.WATCH
    assert give_password(known, user).status_code == 302
    assert give_password(browser(OFFICE), user).status_code == 302


def test_forged_old_and_foreign_device_cookies_are_none(required):
    user, _secret, _ = make_secured()
    other, other_secret, _ = make_secured()
    known = browser(HOME)
    come_in(known, other, other_secret)
    foreign = known.cookies[known_devices.COOKIE].value
    for value in ("x", "", foreign, foreign[:-2], "a" * 5000):
        thief = browser(ELSEWHERE)
        thief.cookies[known_devices.COOKIE] = value
        give_password(thief, user, "guess")
    thief = browser(ELSEWHERE)
    thief.cookies[known_devices.COOKIE] = foreign
    assert give_password(thief, user).status_code == 429
    assert known_devices.account_key(user.get_username()) not in foreign


def test_codes_are_not_guessed_from_however_many_networks(required, monkeypatch):
    user, secret, codes = make_secured()
    right = code_of(secret)
    wrong = next(
        f"{n:06}" for n in range(100) if f"{n:06}" not in {code_of(secret, steps_on=s) for s in (-1, 0, 1)}
    )
    monkeypatch.setattr(tries, "CODES_OF_STRANGERS", 10)
    for n in range(10):
        client = browser(f"{n + 20}.9.3.1")
        give_password(client, user)
        assert give_code(client, wrong).status_code == 200
    client = browser("61.10.0.1")
    give_password(client, user)
    refused = give_code(client, right)
    assert refused.status_code == 429
    assert "a recovery code may open at once" in refused.content.decode()
    assert AuditEntry.objects.filter(deed="codes_guessed", about=user.get_username()).count() == 1
    give_code(client, codes[0])
    assert is_in(client)  # the owner's recovery codes still open
    user.set_password("another long password")
    user.save()
    fresh = browser("62.11.0.1")
    give_password(fresh, user, "another long password")
    give_code(fresh, code_of(secret, steps_on=1))
    assert is_in(fresh)  # and a new password begins anew


def test_the_owners_browser_gives_codes_while_somebody_with_the_password_guesses_them(required):
    user, secret, _ = make_secured()
    known = browser(HOME)
    come_in(known, user, secret, steps_on=-1)
    known.cookies.pop("sessionid")
    for n in range(12):
        thief = browser(f"{n + 20}.9.3.1")
        give_password(thief, user)
        give_code(thief, "no code")
    give_password(known, user)
    give_code(known, code_of(secret))
    assert is_in(known)


def tried(user, address, *, device=None, is_right=False):
    """A code given there: whether it was looked at, or put off."""
    request = RequestFactory().post("/", REMOTE_ADDR=address)
    if device:
        request.COOKIES[known_devices.COOKIE] = device
    try:
        with tries.of_code(request, user, is_recovery=False):
            if not is_right:
                raise ValidationError("wrong")
    except ValidationError:
        return True
    except budgets.TooMany:
        return False
    return True


def test_whoever_knows_the_password_keeps_the_owner_out_from_no_network_and_no_browser_of_theirs(required):
    user, secret, _ = make_secured()
    known, another = browser(HOME), make_user(group="Editor")
    come_in(known, user, secret)
    device = known.cookies[known_devices.COOKIE].value
    looked_at = [tried(user, f"{n + 100}.9.3.1") for _ in range(5) for n in range(50)]
    assert sum(looked_at) == tries.CODES_OF_STRANGERS - 1  # the owner was a stranger once
    assert not tried(user, OFFICE, is_right=True)  # a strange network in a strange browser
    assert tried(user, HOME, is_right=True)
    assert tried(user, ELSEWHERE, device=device, is_right=True)
    assert tried(another, OFFICE, is_right=True)


def test_codes_tried_in_a_day_are_too_few_to_hit_whatever_is_stolen(required, monkeypatch):
    monkeypatch.setattr(known_devices, "networks_of", lambda user: [f"{n}.0.0.0/24" for n in range(20, 40)])
    user, _, _ = make_secured()
    with time_machine.travel(timezone.now().replace(hour=0, minute=1), tick=False) as clock:
        looked_at = 0
        for _ in range(3):
            looked_at += sum(tried(user, f"{n}.0.0.1") for _ in range(6) for n in range(20, 75))
            clock.shift(3700)
    assert looked_at == tries.CODES_OF_STRANGERS + tries.CODES_OF_KNOWN
    assert looked_at * (2 * totp.LATE + 1) / 10**totp.DIGITS < 1 / 1000


def test_with_two_apps_twice_as_many_codes_are_right_and_half_as_many_may_be_tried(required, monkeypatch):
    monkeypatch.setattr(tries, "CODES_OF_STRANGERS", 8)
    user, _, _ = make_secured()
    steps.add_app(user, name="Tablet", secret=totp.new_secret(), counter=0)
    assert sum(tried(user, f"{n + 20}.9.3.1") for n in range(8)) == 4


def test_a_sign_in_with_the_password_alone_makes_no_network_known():
    user, secret, _ = make_secured()
    elsewhere = make_user(group="Editor")
    come_in(browser(HOME), user, secret)
    give_password(browser(HOME), elsewhere)
    assert known_devices.networks_of(user) == ["198.51.100.0/24"]
    assert known_devices.networks_of(elsewhere) == []


@pytest.mark.django_db(transaction=True)
def test_many_at_once_do_not_get_more_tries(settings):
    user, codes = make_user(group=None, is_superuser=True), []

    def run():
        codes.append(give_password(browser(ELSEWHERE), user, "guess").status_code)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200] * 5 + [429] * 11


def test_an_unknown_name_takes_as_long_and_leaves_as_much(settings):
    settings.SIGN_IN_ANSWERS_AFTER = 0.3
    user = make_user(group="Editor")
    for name in (user.get_username(), "zacharias"):
        began = time.monotonic()
        assert give_password(browser(), name, "guess").status_code == 200
        assert 0.3 <= time.monotonic() - began < 1
    entry = AuditEntry.objects.latest("id")
    assert (entry.deed, entry.about) == ("sign_in_refused", "")
    assert "zacharias" not in entry.said
    assert not Spent.objects.filter(name__contains="zacharias").exists()


@pytest.mark.parametrize("name", ["\x00", "a" * 5000, "' OR 1=1 --", "\ud800", "\n", "İ"])
def test_whatever_is_given_for_a_name_is_refused_in_peace(name):
    sent = urlencode({"username": name.encode(errors="surrogatepass"), "password": "x"})
    answer = browser().post("/admin/login/", sent, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", "1", "[" * 9000, '{"rawId": "\\u0000"}', "x" * 30000]
)
def test_whatever_is_shown_for_a_passkey_is_refused_in_peace(answer):
    client = browser()
    client.post("/admin/login/passkey/", {"use": "sign_in"})
    page = client.post("/admin/login/", {"passkey": answer})
    assert page.status_code == 200
    assert passkeys.WRONG in page.content.decode()


def test_sessions_that_somebody_asks_a_passkey_for_are_few_and_short_lived(monkeypatch):
    monkeypatch.setattr(tries, "FROM_A_NETWORK", ((4, tries.HOUR),))
    codes = [
        browser(ELSEWHERE).post("/admin/login/passkey/", {"use": "sign_in"}).status_code for _ in range(5)
    ]
    assert codes == [200] * 4 + [429]
    assert StaffSession.objects.filter(expire_date__gt=timezone.now() + timedelta(hours=1)).count() == 0
