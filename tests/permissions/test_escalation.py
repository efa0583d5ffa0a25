"""Nobody makes more of themselves, or of others, than they may do themselves; and nobody takes over who may do more."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from tests.factories import make_user

pytestmark = pytest.mark.django_db
User = get_user_model()


@pytest.fixture
def administrator(client):
    user = make_user(group="Administrator", email="adele@example.org")
    client.force_login(user)
    return user


def form_of(client, user):
    """What the browser would send back of somebody's form, with what it does not show left out."""
    answer = client.get(reverse("admin:auth_user_change", args=[user.pk]))
    if answer.status_code != 200 or "adminform" not in (answer.context or {}):
        return None
    form = answer.context["adminform"].form
    values = {"date_joined_0": "2026-01-01", "date_joined_1": "12:00:00"}
    for name in form.fields:
        if name in ("date_joined", "last_login", "password"):
            continue
        value = form[name].value()
        if name == "groups":
            value = [getattr(group, "pk", group) for group in value or []]
        if value not in (None, False, ""):
            values[name] = "on" if value is True else value
    return values


def save(client, user, **changes):
    values = (form_of(client, user) or {"username": user.username}) | changes
    return client.post(reverse("admin:auth_user_change", args=[user.pk]), values)


def test_an_administrator_makes_nobody_a_superuser(client, administrator):
    everything = [permission.pk for permission in Permission.objects.all()]
    assert save(client, administrator, is_superuser="on", user_permissions=everything).status_code == 302
    administrator.refresh_from_db()
    assert not administrator.is_superuser
    assert not administrator.user_permissions.exists()


def test_an_administrator_changes_no_group(client, administrator):
    author = Group.objects.get(name="Author")
    before = set(author.permissions.all())
    everything = [permission.pk for permission in Permission.objects.all()]
    address = reverse("admin:auth_group_change", args=[author.pk])
    assert client.post(address, {"name": "Author", "permissions": everything}).status_code == 403
    assert (
        client.post(reverse("admin:auth_group_add"), {"name": "All", "permissions": everything}).status_code
        == 403
    )
    assert (
        client.post(reverse("admin:auth_group_delete", args=[author.pk]), {"post": "yes"}).status_code == 403
    )
    assert set(author.permissions.all()) == before
    assert Group.objects.count() == 3


def test_an_administrator_hands_out_no_group_that_may_do_more(client, administrator):
    beyond = Group.objects.create(name="Operators")
    beyond.permissions.set(Permission.objects.all())
    editor = make_user(group="Editor")
    save(client, editor, groups=[beyond.pk])
    save(client, administrator, groups=[beyond.pk])
    assert [group.name for group in editor.groups.all()] == ["Editor"]
    assert [group.name for group in administrator.groups.all()] == ["Administrator"]


@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize("kind", ["superuser", "with more"])
def test_nobody_takes_over_an_account_that_may_do_more(client, administrator, kind, is_active):
    chief = make_user(is_superuser=kind == "superuser", is_active=is_active, email="chief@example.org")
    if kind == "with more":
        chief.user_permissions.set(Permission.objects.all())
    before = chief.password
    save(client, chief, email="adele@example.org", is_active="on", username="taken")
    new = {"password1": "quite another password", "password2": "quite another password"}
    client.post(reverse("admin:auth_user_password_change", args=[chief.pk]), new)
    client.post(reverse("admin:auth_user_delete", args=[chief.pk]), {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [chief.pk], "post": "yes"}
    client.post(reverse("admin:auth_user_changelist"), chosen)
    for way in ("end_sessions", "take_second_steps"):
        assert client.post(reverse(f"admin:auth_user_{way}", args=[chief.pk])).status_code == 403
    chief = User.objects.get(pk=chief.pk)
    assert (chief.email, chief.password, chief.is_active) == ("chief@example.org", before, is_active)


def test_an_administrator_still_sees_to_authors_and_editors(client, administrator):
    editor = make_user(group="Editor")
    author = Group.objects.get(name="Author")
    assert save(client, editor, groups=[author.pk], first_name="Edda").status_code == 302
    editor.refresh_from_db()
    assert (editor.first_name, editor.groups.get()) == ("Edda", author)


@pytest.mark.parametrize("group", ["Author", "Editor"])
def test_others_reach_no_account_but_their_own(client, group):
    client.force_login(make_user(group=group))
    other = make_user(group="Author")
    for name in ("change", "delete", "history", "password_change"):
        assert client.get(reverse(f"admin:auth_user_{name}", args=[other.pk])).status_code == 403
    assert client.get(reverse("admin:auth_user_changelist")).status_code == 403


def test_a_login_without_a_group_may_look_at_nothing(client):
    client.force_login(make_user())
    answer = client.get("/admin/")
    assert answer.status_code == 200
    assert answer.context["app_list"] == []
    assert [panel for panel in answer.context["panels"] if panel.items or panel.figure] == []
