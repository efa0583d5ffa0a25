"""Whatever changes what an account may do is in the audit log, whoever did it and however."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.urls import reverse

from informed_comment.models import AuditEntry, StaffSession
from informed_comment.signing_in import steps, totp
from tests.factories import make_user
from tests.informed_comment.signing_in.people import browser, give_password, is_in

pytestmark = pytest.mark.django_db


def said(deed="rights_changed"):
    return list(AuditEntry.objects.filter(deed=deed).order_by("id").values_list("said", flat=True))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda user: user.groups.add(Group.objects.get(name="Editor")), "ada was given the group Editor."),
        (lambda user: user.groups.set([]), "ada lost the group Author."),
        (lambda user: user.groups.clear(), "ada lost the group Author."),
        (lambda user: Group.objects.get(name="Editor").user_set.add(user), "ada was given the group Editor."),
        (lambda user: Group.objects.get(name="Author").user_set.clear(), "ada lost the group Author."),
        (
            lambda user: user.user_permissions.add(Permission.objects.get(codename="view_auditentry")),
            "ada was given view_auditentry.",
        ),
        (
            lambda user: Group.objects.get(name="Author").permissions.add(
                Permission.objects.get(codename="view_auditentry")
            ),
            "The group Author was given view_auditentry.",
        ),
        (lambda user: save(user, is_superuser=True), "ada may do everything."),
        (lambda user: save(user, is_active=False), "ada may not sign in any more."),
        (lambda user: save(user, is_staff=False), "ada does not belong to the staff any more."),
    ],
)
def test_each_way_of_giving_and_taking_rights_is_told(change, sentence):
    user = make_user(username="ada", group="Author")
    change(user)
    assert said()[-1] == sentence


def save(user, **fields):
    for name, value in fields.items():
        setattr(user, name, value)
    user.save()


def test_saving_what_gives_no_rights_is_not_told(django_assert_num_queries):
    user = make_user(username="ada")
    before = AuditEntry.objects.count()
    user.first_name = "Ada"
    user.save()
    with django_assert_num_queries(1):
        user.save(update_fields=["last_login"])
    assert AuditEntry.objects.count() == before


def test_in_the_newsroom_it_is_known_who_did_it(client, admin_user):
    user = make_user(username="ada", group="Author")
    client.force_login(admin_user)
    editor = Group.objects.get(name="Editor")
    fields = {"username": "ada", "is_active": "on", "is_staff": "on", "groups": [editor.pk]}
    answer = client.post(
        reverse("admin:auth_user_change", args=[user.pk]),
        fields | {"date_joined_0": "2026-01-01", "date_joined_1": "10:00", "date_joined": "2026-01-01T10:00"},
    )
    assert answer.status_code == 302, answer.context["errors"]
    entries = AuditEntry.objects.filter(deed="rights_changed", about="ada").order_by("-id")[:2]
    assert {entry.said for entry in entries} >= {"ada was given the group Editor."}
    assert {entry.name for entry in entries} == {"admin"}


@pytest.mark.django_db(transaction=True)
def test_accounts_are_deleted_by_others_and_by_their_owners(client):
    chief, ada = make_user(username="chief", is_superuser=True), make_user(username="ada")
    client.force_login(chief)
    for user in (ada, chief):
        client.post(reverse("admin:auth_user_delete", args=[user.pk]), {"post": "yes"})
    told = AuditEntry.objects.filter(deed="account_deleted").order_by("id")
    assert [entry.said for entry in told] == [
        "The account ada was deleted.",
        "The account chief was deleted by its owner.",
    ]


def test_a_new_password_ends_the_sessions_everywhere_but_here():
    user = make_user(group="Editor", username="ada")
    here, there = browser(), browser()
    give_password(here, user)
    give_password(there, user)
    new = "a wholly new password"
    fields = {"old_password": "a long enough password", "new_password1": new, "new_password2": new}
    assert here.post(reverse("admin:password_change"), fields).status_code == 302
    assert is_in(here)
    assert not is_in(there)
    assert said("password_changed") == ["The password of ada was changed."]
    assert StaffSession.objects.filter(user=user).count() == 1


def test_an_operators_commands_say_what_they_did_and_are_written_down(capsys, settings):
    user = make_user(group="Editor", username="ada")
    client = browser()
    give_password(client, user)
    steps.add_app(user, name="My phone", secret=totp.new_secret(), counter=0)
    call_command("end_sessions", "ada")
    assert not is_in(client)
    call_command("make_sign_in_link", "ada")
    call_command("take_second_steps", "ada")
    out = capsys.readouterr().out
    assert "Took the second step away from ada, who is signed out everywhere." in out
    assert "the password alone signs in" in out
    assert "Ended 1 sessions of ada." in out
    assert f"{settings.SITE_URL}/admin/login/link/" in out
    deeds = list(AuditEntry.objects.order_by("id").values_list("deed", "name"))[-3:]
    assert deeds == [("sessions_ended", ""), ("sign_in_link_made", ""), ("second_steps_taken_away", "")]
    call_command("take_second_steps", "ada")
    assert capsys.readouterr().out == "ada has no second step. Nothing was changed.\n"
    assert AuditEntry.objects.filter(deed="second_steps_taken_away").count() == 1
    key = out.split("/admin/login/link/")[1].split("/")[0]
    assert not AuditEntry.objects.filter(said__contains=key).exists()
