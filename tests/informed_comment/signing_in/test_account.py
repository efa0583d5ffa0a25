"""One's own account, what administrators do for others', and the log they read."""

import time

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import InternalError, connection, transaction
from django.urls import reverse

from informed_comment import trying_again
from informed_comment.models import AuditEntry, SecondStep, StaffSession
from informed_comment.signing_in import lights, sealing, steps
from informed_comment.signing_in.sessions import SessionStore
from informed_comment.watching.lights import State
from tests.factories import make_user
from tests.informed_comment.signing_in.people import (
    ELSEWHERE,
    PASSWORD,
    browser,
    come_in,
    give_password,
    is_in,
    make_secured,
)

pytestmark = pytest.mark.django_db
ACCOUNT = "/admin/account/"


def age_proof(client):
    session = client.session
    session["proved_at"] = int(time.time()) - 3600
    session.save()


def test_my_account_shows_my_sessions_and_ends_one_or_all_others():
    user, other = make_user(group="Editor"), make_user(group="Editor")
    here, phone, office = browser(), browser(ELSEWHERE), browser("203.0.113.9")
    for client in (here, phone, office):
        give_password(client, user)
    give_password(stranger := browser(), other)
    page = here.get(ACCOUNT).content.decode()
    assert page.count("Firefox on Linux") == 3 + 2  # and beside each button that ends one
    assert "192.0.2.0/24" in page
    assert page.count("this one") == 2
    key = StaffSession.objects.get(network="192.0.2.0/24").session_key
    stranger.post(reverse("admin:end_sessions"), {"session": key})
    assert is_in(phone)
    here.post(reverse("admin:end_sessions"), {"session": key})
    assert not is_in(phone)
    assert is_in(office)
    here.post(reverse("admin:end_sessions"))
    assert not is_in(office)
    assert is_in(here)
    assert is_in(stranger)


def test_a_second_step_is_taken_away_by_its_owner_alone_and_not_the_last_where_one_is_required(settings):
    settings.SECOND_STEP = "required"
    user, secret, _ = make_secured()
    other, other_secret, _ = make_secured()
    client, stranger = browser(), browser()
    come_in(client, user, secret)
    come_in(stranger, other, other_secret)
    step = SecondStep.objects.get(user=user)
    address = reverse("admin:remove_step", args=[step.pk])
    assert stranger.post(address).status_code == 404
    client.post(address)
    assert steps.has_one(user)
    steps.add_app(user, name="Tablet", secret="A" * 32, counter=0)
    client.post(address)
    assert [step.name for step in steps.of_account(user)] == ["Tablet"]
    assert AuditEntry.objects.latest("id").deed == "second_step_removed"


@pytest.mark.parametrize("name", ["add_app", "add_passkey", "password_change"])
def test_an_unattended_desk_is_not_enough_for_what_matters(name):
    user, client = make_user(group="Administrator"), browser()
    give_password(client, user)
    age_proof(client)
    asked = client.get(reverse(f"admin:{name}"))
    assert asked.url.startswith(reverse("admin:prove"))
    assert client.get(reverse("admin:auth_user_add")).url.startswith(reverse("admin:prove"))
    assert client.post(reverse("admin:auth_user_add"), {"username": "mallory"}).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert b"not your password" in client.post(asked.url, {"password": "wrong"}).content
    assert client.post(asked.url, {"password": PASSWORD}).url == reverse(f"admin:{name}")
    assert client.get(reverse(f"admin:{name}")).status_code == 200


def test_the_page_that_asks_again_is_no_place_for_guessing_and_leads_nowhere_else():
    user, client = make_user(group="Editor"), browser()
    give_password(client, user)
    age_proof(client)
    address = reverse("admin:prove") + "?next=https://evil.example/"
    codes = [client.post(address, {"password": "guess"}).status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]
    other = browser(ELSEWHERE)
    give_password(other, user)
    assert other.post(address, {"password": PASSWORD}).url == "/admin/"


def test_administrators_end_sessions_and_take_second_steps_away_but_never_a_superusers(settings):
    settings.SECOND_STEP = "required"
    administrator, secret, _ = make_secured(group="Administrator")
    lost, lost_secret, _ = make_secured(username="ada")
    above, _, _ = make_secured(group=None, is_superuser=True)
    client, hers = browser(), browser(ELSEWHERE)
    come_in(client, administrator, secret)
    come_in(hers, lost, lost_secret)
    client.post(reverse("admin:auth_user_end_sessions", args=[lost.pk]))
    assert not is_in(hers)
    client.post(reverse("admin:auth_user_take_second_steps", args=[lost.pk]))
    assert not steps.has_one(lost)
    assert AuditEntry.objects.filter(deed="second_steps_taken_away", about="ada").get().by == administrator
    assert give_password(browser(), lost).url == reverse("admin:set_up")
    for name in ("end_sessions", "take_second_steps"):
        assert client.post(reverse(f"admin:auth_user_{name}", args=[above.pk])).status_code == 403
    assert steps.has_one(above)


def test_an_editor_does_nothing_to_other_accounts_and_reads_no_log():
    user, client = make_user(), browser()
    give_password(client, make_user(group="Editor"))
    for name in ("end_sessions", "take_second_steps"):
        assert client.post(reverse(f"admin:auth_user_{name}", args=[user.pk])).status_code == 403
    assert client.get(reverse("admin:informed_comment_auditentry_changelist")).status_code == 403
    assert client.get(reverse("admin:informed_comment_auditentry_export")).status_code == 403


def test_the_log_is_read_filtered_searched_and_taken_out_and_never_written():
    client = browser()
    give_password(client, make_user(group="Administrator", username="grace"))
    give_password(browser(), make_user(group="Editor", username="=ada"))
    log = reverse("admin:informed_comment_auditentry_changelist")
    for query in ("", "?deed=signed_in", "?name=grace", "?q=signed", "?at__gte=2026-01-01+00:00:00Z"):
        assert b"grace signed in" in client.get(log + query).content, query
    assert b"grace signed in" not in client.get(log + "?name=%3Dada").content
    table = b"".join(client.get(reverse("admin:informed_comment_auditentry_export") + "?deed=signed_in"))
    assert b"'=ada signed in" in table
    assert b"account_made" not in table
    assert AuditEntry.objects.latest("id").deed == "audit_log_exported"
    entry = AuditEntry.objects.first()
    for name in ("change", "delete"):
        address = reverse(f"admin:informed_comment_auditentry_{name}", args=[entry.pk])
        assert client.post(address, {"post": "yes", "said": "Nothing."}).status_code == 403
    assert client.get(reverse("admin:informed_comment_auditentry_change", args=[entry.pk])).status_code == 200


def test_secrets_outlive_a_new_key_and_are_sealed_anew(settings):
    settings.SECOND_STEP = "required"
    user, secret, _ = make_secured()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, long enough to be one, and random"
    first = browser()
    come_in(first, user, secret)
    assert is_in(first)
    settings.SECRET_KEY_FALLBACKS = []
    assert sealing.opened(SecondStep.objects.get(user=user).secret) == secret
    with pytest.raises(sealing.Unreadable):
        sealing.opened("gAAAA")


def test_the_lights_say_who_has_no_second_step_and_which_superuser_is_idle(settings):
    settings.SECOND_STEP = "required"
    make_user(username="bare")
    make_user(username="gone", is_superuser=True, is_active=False)
    light = lights.lights()[0]
    assert light.state is State.WATCH
    assert "bare" in light.says
    idle = make_user(username="idle", is_superuser=True)
    assert lights.lights()[1].state is State.GOOD
    idle.last_login = "2020-01-01T00:00Z"
    idle.save()
    assert "idle" in lights.lights()[1].says


def test_a_session_ends_a_while_after_its_last_use_and_in_any_case_after_a_month(settings):
    settings.SESSION_MAX_DAYS = 30
    client = browser()
    give_password(client, make_user(group="Editor"))
    session = client.session
    session["began_at"] -= 29.99 * 86400
    session["seen_at"] -= 400
    session.save()
    assert is_in(client)
    row = StaffSession.objects.get()
    assert (row.expire_date - row.began_at).days <= 30
    client.get("/admin/")
    assert StaffSession.objects.get().seen_at > row.seen_at
    session = client.session
    session["began_at"] -= 86400
    session.save()
    assert not is_in(client)


@pytest.mark.django_db
def test_a_session_that_cannot_be_saved_for_the_databases_sake_was_not_deleted(client):
    client.force_login(make_user(group="Editor"))
    session = SessionStore(client.session.session_key)
    session.load()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
        session.note_use(1)
        session.save()  # that somebody is there can be said later
        session["proved_at"] = 1
        with pytest.raises(InternalError) as told:
            session.save()
        assert trying_again.is_read_only(told.value)
        transaction.set_rollback(True)
    StaffSession.objects.all().delete()
    with pytest.raises(UpdateError):
        session.save()
