"""The newsroom's screen of a person's data."""

import io
import zipfile

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from informed_comment.models import AuditEntry
from newsletter.models import Subscriber
from tests.factories import make_comment, make_post, make_subscriber, make_user

pytestmark = pytest.mark.django_db
SCREEN = "admin:informed_comment_erasure_changelist"


@pytest.fixture(autouse=True)
def erasures_beside_the_database(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"


@pytest.fixture
def administrator(client):
    user = make_user(group="Administrator")
    client.force_login(user)
    return user


def test_the_screen_says_what_goes_and_what_stays_before_anything_is_done(client, administrator):
    make_subscriber(email="ada@example.org")
    page = client.post(reverse(SCREEN), {"who": "ADA@example.org", "deed": "look"}).content.decode()
    assert "The row goes" in page
    assert "What stays" in page
    assert Subscriber.objects.exists()


def test_it_is_erased_when_it_is_typed_twice_and_not_before(client, administrator):
    make_subscriber(email="ada@example.org")
    make_comment(make_post(), name="Ada")
    slip = {"who": "ada@example.org", "again": "ada@example.com", "deed": "erase"}
    assert "Type the same address" in client.post(reverse(SCREEN), slip).content.decode()
    assert Subscriber.objects.exists()
    page = client.post(reverse(SCREEN), slip | {"again": "Ada@example.org"}, follow=True)
    assert "The subscriber was erased" in page.content.decode()
    assert not Subscriber.objects.exists()
    assert AuditEntry.objects.get(deed="person_erased").by == administrator


def test_it_comes_as_a_zip_that_no_cache_keeps(client, administrator):
    make_subscriber(email="ada@example.org")
    answer = client.post(reverse(SCREEN), {"who": "ada@example.org", "deed": "export"})
    assert "no-store" in answer["Cache-Control"]
    assert set(zipfile.ZipFile(io.BytesIO(answer.content)).namelist()) == {"data.json", "read-me.html"}


def test_nobody_is_asked_for_without_words(client, administrator):
    assert (
        "Type an e-mail address"
        in client.post(reverse(SCREEN), {"who": " ", "deed": "erase"}).content.decode()
    )


@pytest.mark.parametrize("lacks", ["export_person", "erase_person"])
def test_taking_out_and_erasing_are_rights_of_their_own(client, lacks):
    user = make_user()
    permissions = {"export_person", "erase_person"} - {lacks}
    user.user_permissions.set(make_permission(name) for name in permissions)
    client.force_login(user)
    make_subscriber(email="ada@example.org")
    deed = {"who": "ada@example.org", "again": "ada@example.org", "deed": lacks.removesuffix("_person")}
    assert client.post(reverse(SCREEN), deed).status_code == 403
    assert Subscriber.objects.exists()
    assert client.get(reverse(SCREEN)).status_code == 200


@pytest.mark.parametrize("group", ["Author", "Editor", None])
def test_others_do_not_see_it(client, group):
    client.force_login(make_user(group=group))
    assert client.get(reverse(SCREEN)).status_code == 403


def make_permission(name):
    return Permission.objects.get(codename=name)
