"""Nothing typed is lost, on the server's side: texts are kept to the letter, and told apart."""

import json
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from posts import autosaving
from posts.models import Autosave, Post, Presence, Revision
from tests.factories import make_post, make_user
from tests.posts.keeping import KEEP, keep, sha, typed
from tests.posts.test_admin_post import change, form

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief():
    return make_user(group="Editor", username="chief", first_name="Nadia", last_name="Own")


@pytest.fixture
def editor(client, chief):
    client.force_login(chief)
    client.user = chief
    return client


# Keeping


@pytest.mark.parametrize("text", ["Plain.", "عربي, 日本語, 🦆 and \\ \" ' %s", "x\ny\r\nz\t"])
def test_a_text_is_kept_to_the_letter_and_answered_with_the_hash_of_what_is_stored(editor, text):
    post = make_post()
    sent = typed(post, body=text)
    said = keep(editor, post, sent).json()
    assert said["sha"] == sha(sent)
    row = Autosave.objects.get()
    assert (row.pk, row.number, row.text, row.user) == (said["row"], 1, sent, editor.user)
    assert row.typed_at.year == 2023
    post.refresh_from_db()
    assert post.version == 1
    assert not Revision.objects.exists()


def test_one_window_writes_over_its_own_text(editor):
    post = make_post()
    first = keep(editor, post, typed(post, body="One.")).json()
    second = keep(editor, post, typed(post, body="Two."), row=first["row"], number=1).json()
    assert (second["row"], second["number"]) == (first["row"], 2)
    assert "Two." in Autosave.objects.get().text


@pytest.mark.parametrize("seen", [{}, {"row": 0, "number": 1}, {"number": 2}, {"row": 10**17, "number": 2}])
def test_a_second_window_is_told_and_destroys_nothing(editor, seen):
    post = make_post()
    first = keep(editor, post, typed(post, body="First window.")).json()
    keep(editor, post, typed(post, body="First again."), row=first["row"], number=1)
    answer = keep(editor, post, typed(post, body="Second window."), **seen)
    assert answer.status_code == 409
    said = answer.json()
    assert (said["problem"], said["row"], said["number"]) == ("elsewhere", first["row"], 2)
    assert "another window of yours" in said["sentence"]
    assert said["sha"] == sha(Autosave.objects.get().text)
    assert "First again." in Autosave.objects.get().text
    assert keep(editor, post, typed(post, body="Over."), row=said["row"], number=2).status_code == 200


def test_a_window_whose_text_was_saved_elsewhere_begins_a_row_of_its_own(editor):
    post = make_post()
    first = keep(editor, post).json()
    Autosave.objects.all().delete()
    again = keep(editor, post, row=first["row"], number=first["number"]).json()
    assert again["row"] != first["row"]
    assert again["number"] == 1


def test_posts_never_saved_go_by_the_key_of_their_form(editor):
    one, other = uuid4(), uuid4()
    said = keep(editor, None, typed(body="One."), key=one).json()
    keep(editor, None, typed(body="Other."), key=other)
    keep(editor, None, typed(body="One, longer."), key=one, row=said["row"], number=1)
    assert Autosave.objects.filter(post=None).count() == 2
    assert "One, longer." in Autosave.objects.get(key=one).text


def test_each_user_has_a_text_of_their_own(editor):
    post = make_post()
    keep(editor, post, typed(post, body="Mine."))
    zoe = Client()
    zoe.force_login(make_user(group="Editor"))
    assert keep(zoe, post, typed(post, body="Theirs.")).status_code == 200
    assert Autosave.objects.filter(post=post).count() == 2


def test_five_megabytes_are_kept_and_more_than_the_server_takes_is_said(editor, settings):
    post = make_post()
    text = typed(post, body='<p class="x">"Ten bytes"</p>' * 180_000)
    assert len(text) > 5 * 1024 * 1024
    assert keep(editor, post, text).json()["sha"] == sha(text)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024
    answer = keep(editor, post, text)
    assert answer.status_code == 413
    assert "larger than 1.0\xa0KB" in answer.json()["sentence"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        '{"body": "no list"}',
        '{"body": [1]}',
        '{"body": [["x"]]}',
        b'{"body": ["\x00"]}',
        b"\x00",
        b'{"body": ["\xff"]}',
        "[" * 100_000,
        '{"a":' * 100_000,
    ],
)
def test_what_is_no_form_is_refused(editor, text):
    answer = keep(editor, make_post(), text)
    assert answer.status_code == 400
    assert answer.json()["sentence"]
    assert not Autosave.objects.exists()


@pytest.mark.parametrize(
    "query",
    [
        {"key": "x"},
        {"key": ""},
        {"post": "x"},
        {"post": "-1"},
        {"post": 10**17},
        {"post": "9" * 30},
        {"post": "²"},
    ],
)
def test_what_the_address_forges_is_refused(editor, query):
    said = "&".join(f"{name}={value}" for name, value in ({"key": uuid4()} | query).items())
    answer = editor.post(f"{KEEP}?{said}", typed(body="x"), content_type="application/json")
    assert answer.status_code in (400, 404)
    assert answer.json()["sentence"]
    assert not Autosave.objects.exists()


@pytest.mark.parametrize(
    "query",
    [{"typed_at": "9" * 18}, {"typed_at": "x"}, {"number": 2**40}, {"base_version": "9" * 12}, {"row": "²"}],
)
def test_odd_numbers_lose_no_text(editor, query):
    assert keep(editor, make_post(), **query).status_code == 200


def test_a_clock_that_runs_ahead_is_put_right(editor):
    keep(editor, make_post(), typed_at=32_503_680_000_000)
    assert Autosave.objects.get().typed_at <= timezone.now()


def test_nobody_keeps_without_being_signed_in_as_who_they_say_or_without_leave(client, editor):
    post = make_post(status="draft", published_at=None)
    assert keep(editor, post, user=editor.user.pk).status_code == 200
    other = keep(editor, post, user=editor.user.pk + 1)
    assert (other.status_code, other.json()["problem"], other.json()["name"]) == (
        409,
        "somebody_else",
        "Nadia Own",
    )
    assert keep(Client(), post).json() == {
        "problem": "signed_out",
        "sentence": "You have been signed out. Sign in again; your text is kept in this browser.",
    }
    assert keep(Client(), post).status_code == 401
    author = Client()
    writer = make_user(group="Author")
    author.force_login(writer)
    assert keep(author, post).status_code == 404
    own = make_post(status="draft", published_at=None, created_by=writer)
    assert keep(author, own).status_code == 200
    Post.objects.filter(pk=own.pk).update(
        status="published", published_at=timezone.now(), permalink=f"/2026/01/{own.slug}.html"
    )
    answer = keep(author, own)
    assert answer.status_code == 403
    assert "kept in this browser" in answer.json()["sentence"]
    reader = Client()
    reader.force_login(make_user(group=None, is_staff=False))
    assert keep(reader, own).status_code == 401
    staff = Client()
    staff.force_login(make_user())
    assert keep(staff, None).status_code == 403


def test_a_forged_token_is_refused(chief):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(chief)
    assert keep(strict, make_post()).status_code == 403
    token = strict.get("/admin/session/").json()["csrf"]
    answer = strict.post(
        f"{KEEP}?post={make_post().pk}&key={uuid4()}",
        typed(),
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert answer.status_code == 200


def test_a_database_that_refuses_is_one_sentence_and_nothing_is_half_saved(editor):
    post = make_post()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END$$;"
            "CREATE TRIGGER full_disk BEFORE INSERT ON posts_autosave FOR EACH ROW EXECUTE FUNCTION full_disk()"
        )
        cursor.execute("SAVEPOINT before")
    answer = keep(editor, post)
    assert answer.status_code == 503
    assert "It is tried again" in answer.json()["sentence"]
    with connection.cursor() as cursor:
        cursor.execute("ROLLBACK TO before")
    assert not Autosave.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_windows_at_once_one_is_kept_and_all_others_are_told():
    user, post = make_user(), make_post()
    outcomes = []

    def window(n):
        try:
            autosaving.keep(
                json.dumps({"body": [str(n)]}), by=user, post=post, key=uuid4(), typed_at=timezone.now()
            )
            outcomes.append("kept")
        except autosaving.NewerElsewhere:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=window, args=[n]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kept"] + ["told"] * 7
    assert Autosave.objects.get().number == 1


# What the answer says of the post and of others


def test_the_answer_says_who_saved_the_post_meanwhile(editor):
    post = make_post(status="draft", published_at=None)
    assert keep(editor, post).json()["version"] == 1
    zoe = Client()
    zoe.force_login(make_user(group="Editor", first_name="Zoe", last_name="Else"))
    zoe.post(change(post), form(post, body="<p>Theirs.</p>"))
    said = keep(editor, post, row=Autosave.objects.get(user=editor.user).pk, number=1).json()
    assert (said["version"], said["saved_by"], said["saved_by_you"]) == (2, "Zoe Else", False)


def test_others_are_seen_for_a_while_and_typing_shows(editor):
    post, address = make_post(), "/admin/posts/post/presence/"
    zoe = Client()
    other = make_user(group="Editor", first_name="Zoe", last_name="Else")
    zoe.force_login(other)
    assert zoe.post(f"{address}?post={post.pk}").json()["others"] == []
    assert editor.post(f"{address}?post={post.pk}").json()["others"] == [
        {"name": "Zoe Else", "is_typing": False}
    ]
    keep(zoe, post)
    assert editor.post(f"{address}?post={post.pk}").json()["others"] == [
        {"name": "Zoe Else", "is_typing": True}
    ]
    Presence.objects.filter(user=other).update(seen_at=timezone.now() - timedelta(seconds=46))
    assert editor.post(f"{address}?post={post.pk}").json()["others"] == []
    editor.post(f"{address}?post={post.pk}&leaving=")
    assert not Presence.objects.filter(user=editor.user).exists()
    assert editor.post(f"{address}?post=").json() == {}
    assert Client().post(f"{address}?post={post.pk}").status_code == 401


def test_the_session_is_told_to_whoever_asks(client, chief):
    said = client.get("/admin/session/").json()
    assert (said["signed_in"], said["user"]) == (False, None)
    client.force_login(chief)
    said = client.get("/admin/session/").json()
    assert (said["signed_in"], said["user"], said["name"]) == (True, str(chief.pk), "Nadia Own")
    assert said["csrf"]
    assert client.get("/admin/signed-in/").headers["X-Frame-Options"] == "SAMEORIGIN"
    assert Client().get("/admin/login/").headers["X-Frame-Options"] == "SAMEORIGIN"
