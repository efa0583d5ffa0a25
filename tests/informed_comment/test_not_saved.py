"""What the newsroom is told while the database is away: what it sent is given back."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, OperationalError, connection
from psycopg.errors import DiskFull, ReadOnlySqlTransaction

from informed_comment import waiting_room
from informed_comment.views import server_error


def answer(request, error=None):
    try:
        raise error or OperationalError("the server closed the connection")
    except Exception:
        return server_error(request)


def hidden(page):
    return re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text)


def test_a_form_is_given_back_as_it_was_sent(rf):
    data = {"name": "War & <peace>", "tags": ["a", "b"], "csrfmiddlewaretoken": "t"}
    page = answer(rf.post("/admin/posts/category/add/?_popup=1", data))
    assert page.status_code == 503
    assert page["Cache-Control"] == "no-store"
    assert "Nothing of it is lost" in page.text
    assert 'action="/admin/posts/category/add/?_popup=1"' in page.text
    assert hidden(page) == [
        ("name", "War &amp; &lt;peace&gt;"), ("tags", "a"), ("tags", "b"), ("csrfmiddlewaretoken", "t")
    ]  # fmt: skip


def test_files_have_to_be_chosen_again_and_that_is_said(rf):
    page = answer(
        rf.post("/admin/images/image/add/", {"title": "T", "file": SimpleUploadedFile("a.jpg", b"x")})
    )
    assert "choose them again" in page.text
    assert hidden(page) == [("title", "T")]


@pytest.mark.parametrize("data", [{"username": "u", "password": "secret"}, {"new_password1": "secret"}])
def test_no_password_stands_in_a_page(rf, data):
    page = answer(rf.post("/admin/login/", data))
    assert "secret" not in page.text
    assert "Go back to the form" in page.text


def test_what_only_reads_is_told_to_try_again(rf):
    page = answer(rf.get("/admin/posts/post/?q=x"))
    assert "Everything that was saved is safe" in page.text
    assert 'href="/admin/posts/post/?q=x"' in page.text


@pytest.mark.django_db(transaction=True)
def test_a_server_that_has_become_a_replica_is_taken_for_away_and_left(rf):
    connection.ensure_connection()
    session, error = connection.connection, InternalError()
    error.__cause__ = ReadOnlySqlTransaction()
    assert answer(rf.post("/admin/posts/category/add/"), error).status_code == 503
    assert session.closed
    connection.close()


def test_a_full_disk_is_named_with_its_cure(rf):
    error = OperationalError()
    error.__cause__ = DiskFull()
    page = answer(rf.post("/admin/posts/category/add/", {"name": "Rivers"}), error)
    assert "room has to be made on the disk of PostgreSQL" in page.text
    assert hidden(page) == [("name", "Rivers")]


def test_a_database_that_takes_nothing_is_called_so_with_its_cure(rf, caplog, monkeypatch):
    monkeypatch.setattr(waiting_room, "told_at", {})
    error = InternalError()
    error.__cause__ = ReadOnlySqlTransaction()
    for _ in range(2):
        page = answer(rf.post("/admin/posts/category/add/", {"name": "Rivers"}), error)
    assert "<h1>The database takes nothing just now</h1>" in page.text
    assert "tell whoever runs the site" in page.text
    assert hidden(page) == [("name", "Rivers")]
    assert [line for line in caplog.messages if "read-only" in line] == [
        "The database is read-only, so nothing can be saved: has another server taken over (DATABASE_URL)?"
    ]


def test_a_mistake_of_ours_is_500(rf):
    assert answer(rf.post("/admin/posts/category/add/"), ValueError()).status_code == 500


def test_readers_are_told_in_the_sites_look(rf):
    page = answer(rf.get("/a-page/"))
    assert page.status_code == 503
    assert "This page cannot be shown just now" in page.text
