"""The way in: password, second step, and nothing before both."""

import pytest
from django.contrib.auth.hashers import make_password
from django.urls import reverse

from informed_comment.models import AuditEntry, RecoveryCode, SecondStep, StaffSession
from informed_comment.signing_in import links, sessions, totp
from tests.factories import make_user
from tests.informed_comment.signing_in.people import (
    PASSWORD,
    browser,
    code_of,
    come_in,
    give_code,
    give_password,
    is_in,
    make_secured,
)

pytestmark = pytest.mark.django_db
ARGON2 = [
    "informed_comment.signing_in.hashing.StaffHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]


@pytest.fixture
def required(settings):
    settings.SECOND_STEP = "required"


def deeds():
    return list(AuditEntry.objects.order_by("id").values_list("deed", flat=True))


def test_password_and_code_lead_in_and_where_one_wanted_to_go(required):
    user, secret, _ = make_secured()
    client = browser()
    answer = give_password(client, user, next="/admin/signed-in/")
    assert answer.url == reverse("admin:second_step")
    assert not is_in(client)
    assert give_code(client, code_of(secret)).url == "/admin/signed-in/"
    assert is_in(client)
    assert deeds()[-1] == "signed_in"
    assert "code of an app" in AuditEntry.objects.latest("id").said


def test_the_password_alone_opens_no_address_of_the_newsroom(required):
    user, _, _ = make_secured(group=None, is_superuser=True)
    client = browser()
    give_password(client, user)
    for address in (
        "/admin/",
        "/admin/find/hits/?q=a",
        "/admin/account/",
        "/admin/posts/post/",
        "/admin/jsi18n/",
    ):
        assert client.get(address).status_code == 302, address
    for name in ("set_up", "add_app", "add_passkey", "recovery_codes"):
        assert client.get(reverse(f"admin:{name}")).url.startswith("/admin/login/"), name


def test_who_has_no_second_step_sets_one_up_before_anything_else(required):
    user = make_user(group="Editor")
    client = browser()
    assert give_password(client, user, next="/admin/find/").url == reverse("admin:set_up")
    assert client.get("/admin/").status_code == 302
    page = client.get(reverse("admin:add_app"))
    assert b"data:image/svg+xml;base64," in page.content
    secret = page.context["secret"].replace(" ", "")
    wrong = client.post(reverse("admin:add_app"), {"name": "My phone", "code": "000000"})
    assert b"does not fit" in wrong.content or code_of(secret) == "000000"
    client.post(reverse("admin:add_app"), {"name": "My phone", "code": code_of(secret)})
    assert is_in(client)
    codes = client.get(reverse("admin:recovery_codes")).context["codes"]
    assert len(codes) == 10
    assert codes[0] in client.get(reverse("admin:recovery_codes") + "?file").content.decode()
    assert client.post(reverse("admin:recovery_codes"), {"kept": "1"}).url == "/admin/find/"
    assert client.get(reverse("admin:recovery_codes")).url == reverse("admin:account")
    assert secret not in SecondStep.objects.get(user=user).secret


def test_a_session_from_before_it_was_required_is_nobodys(settings, client):
    client.force_login(make_user(group="Editor"))
    assert client.get("/admin/").status_code == 200
    settings.SECOND_STEP = "required"
    assert client.get("/admin/").status_code == 302
    assert not is_in(client)


def test_where_it_is_offered_the_password_is_enough_and_the_first_page_invites():
    user, client = make_user(group="Editor"), browser()
    assert give_password(client, user).url == "/admin/"
    assert b"Set up a second step" in client.get("/admin/").content


def test_a_code_is_taken_once(required):
    user, secret, _ = make_secured()
    code = code_of(secret)
    first, second = browser(), browser()
    give_password(first, user)
    give_password(second, user)
    give_code(first, code)
    give_code(second, code)
    assert is_in(first)
    assert not is_in(second)
    assert b"each is taken once" in give_code(second, code).content


@pytest.mark.parametrize(("steps_on", "is_right"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(steps_on, is_right):
    secret, now = totp.new_secret(), 1_800_000_000
    code = totp.totp(secret).generate(now + 30 * steps_on).decode()
    assert (totp.step_of(secret, code, now=now) is not None) is is_right


@pytest.mark.parametrize("code", ["", "12345", "1234567", "١٢٣٤٥٦", "12345a", "-12345", "\x00" * 6])
def test_what_is_no_code_is_none(code):
    assert totp.step_of(totp.new_secret(), code) is None


def test_a_recovery_code_opens_once_however_it_is_typed(required):
    user, _, codes = make_secured()
    first, second = browser(), browser()
    give_password(first, user)
    give_code(first, f"  {codes[3].upper().replace('-', ' ')} ")
    assert is_in(first)
    give_password(second, user)
    give_code(second, codes[3])
    assert not is_in(second)
    assert RecoveryCode.objects.filter(user=user, used_at=None).count() == 9
    assert "recovery_code_used" in deeds()


def test_nobody_elses_codes_open(required):
    user, _, _ = make_secured()
    _, secret, codes = make_secured()
    client = browser()
    give_password(client, user)
    give_code(client, code_of(secret))
    give_code(client, codes[0])
    assert not is_in(client)


def test_a_password_changed_in_between_ends_the_way_in(required):
    user, secret, _ = make_secured()
    client = browser()
    give_password(client, user)
    user.set_password("another long password")
    user.save()
    give_code(client, code_of(secret))
    assert not is_in(client)


@pytest.mark.parametrize("fields", [{"is_active": False}, {"is_staff": False}])
def test_who_may_not_sign_in_is_told_what_everybody_is_told(fields):
    client = browser()
    unknown = give_password(client, "nobody of this name").context["form"].errors
    assert give_password(client, make_user(**fields)).context["form"].errors == unknown
    assert give_password(client, make_user(), "wrong").context["form"].errors == unknown


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)", "\x00"]
)
def test_nobody_is_led_to_another_site(target):
    client = browser()
    assert give_password(client, make_user(group="Editor"), next=target).url == "/admin/"
    assert client.get(reverse("admin:login"), {"next": target}).url == "/admin/"


def test_a_session_planted_before_signing_in_is_worth_nothing(required):
    user, secret, _ = make_secured()
    client = browser()
    give_password(client, user)
    planted = client.cookies["sessionid"].value
    give_code(client, code_of(secret))
    thief = browser()
    thief.cookies["sessionid"] = planted
    assert client.cookies["sessionid"].value != planted
    assert not is_in(thief)


def test_the_table_of_sessions_opens_none():
    client = browser()
    give_password(client, make_user(group="Editor"))
    thief = browser()
    thief.cookies["sessionid"] = StaffSession.objects.get().session_key
    assert not is_in(thief)
    assert sessions.stored(client.cookies["sessionid"].value) == StaffSession.objects.get().session_key


def test_signing_in_needs_a_token_of_ours():
    client = browser(enforce_csrf_checks=True)
    assert give_password(client, make_user(group="Editor")).status_code == 403
    assert client.post(reverse("admin:passkey_options"), {"use": "sign_in"}).status_code == 403


def test_an_old_hash_goes_on_working_and_is_made_anew(settings):
    settings.PASSWORD_HASHERS = ARGON2
    user = make_user(group="Editor")
    user.password = make_password(PASSWORD, hasher="pbkdf2_sha256")
    user.save()
    AuditEntry.objects.filter(deed="password_changed").exists()
    before = deeds().count("password_changed")
    client = browser()
    assert give_password(client, user).status_code == 302
    user.refresh_from_db()
    assert user.password.startswith("argon2$argon2id$")
    assert is_in(client)
    assert deeds().count("password_changed") == before


def test_an_operators_link_opens_once_and_leads_to_a_new_password(required):
    user, secret, _ = make_secured()
    address = reverse("admin:sign_in_link", args=[links.make(user)])
    client = browser()
    assert user.get_username() in client.get(address).content.decode()
    assert client.post(address).url == reverse("admin:second_step")
    assert not is_in(client)
    assert give_code(client, code_of(secret)).url == reverse("admin:new_password")
    new = "a wholly new password"
    client.post(reverse("admin:new_password"), {"new_password1": new, "new_password2": new})
    user.refresh_from_db()
    assert user.check_password(new)
    assert is_in(client)
    assert client.get(reverse("admin:new_password")).url == reverse("admin:password_change")
    assert client.post(address).status_code == 404
    assert browser().get(reverse("admin:sign_in_link", args=["x" * 32])).status_code == 404


def test_signing_out_ends_the_session_and_is_written_down():
    user, client = make_user(group="Editor"), browser()
    give_password(client, user)
    client.post(reverse("admin:logout"))
    assert not is_in(client)
    assert not StaffSession.objects.filter(user=user).exists()
    assert deeds()[-2:] == ["signed_in", "signed_out"]


def test_readers_get_no_cookie_and_the_known_device_is_told_to_no_page_of_theirs(required):
    user, secret, _ = make_secured()
    client = browser()
    come_in(client, user, secret)
    assert client.cookies["known_device"]["path"] == "/admin/"
    assert client.cookies["known_device"]["httponly"]
    assert not browser().get("/").cookies
    assert "cookie" not in browser().get("/").get("Vary", "").lower()
