"""Each request has an id, which whoever asked can name and whatever it leads to carries."""

import pytest
from django.core.signals import request_finished
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from informed_comment import jobs
from informed_comment.views import server_error
from informed_comment.watching import at_hand
from tests.factories import make_post, make_user

pytestmark = pytest.mark.django_db
GIVEN = "0f3a9c5e7b1d2468"


def id_of(client, **headers):
    return client.get("/admin/login/", headers=headers)["X-Request-ID"]


def test_every_request_has_an_id_of_its_own(client):
    first, second = id_of(client), id_of(client)
    assert first != second
    assert len(first) == 16


def test_the_id_that_our_proxy_gives_is_kept(client, settings):
    settings.TRUSTED_PROXIES = 1
    assert id_of(client, **{"X-Request-ID": GIVEN}) == GIVEN


@pytest.mark.parametrize("said", ["short", "x" * 37, "a b c d e f g h", 'id"},{"level', "ümlaut-ümlaut", ""])
def test_an_id_that_is_none_is_not_taken_from_a_proxy(client, settings, said):
    settings.TRUSTED_PROXIES = 1
    assert id_of(client, **{"X-Request-ID": said}) != said


def test_nobody_but_a_trusted_proxy_gives_an_id(client, settings):
    settings.TRUSTED_PROXIES = 0
    assert id_of(client, **{"X-Request-ID": GIVEN}) != GIVEN


def test_what_caches_may_keep_names_no_request(client):
    post = make_post(status="published")
    assert post.pk
    for path in ("/", post.get_absolute_url(), "/feed/", "/no-such-page/"):
        answer = client.get(path)
        assert "public" in answer["Cache-Control"]
        assert "X-Request-ID" not in answer, path


def test_what_is_for_one_asker_names_the_request(client):
    assert "X-Request-ID" in client.post("/newsletter/", {"email": "nobody"})
    client.force_login(make_user(is_staff=True, is_superuser=True))
    assert "X-Request-ID" in client.get("/admin/")
    assert "X-Request-ID" in client.get("/admin/no-such-screen/")


@pytest.mark.parametrize(("error", "status"), [("", 500), ("the database", 503)])
def test_the_page_of_an_error_says_which_request_it_was(rf, error, status):
    from django.db import OperationalError

    request = rf.get("/")
    request.id = GIVEN
    try:
        raise OperationalError(error) if error else ZeroDivisionError
    except (OperationalError, ZeroDivisionError):
        answer = server_error(request)
    assert answer.status_code == status
    assert f"name this request: <code>{GIVEN}</code>" in answer.content.decode()


def test_after_a_request_nothing_is_at_hand(client):
    id_of(client)
    assert at_hand.request_id() == ""


@pytest.mark.usefixtures("work")
@pytest.mark.django_db(transaction=True)
def test_a_job_and_what_it_asks_for_carry_the_id_of_the_request(rf, work):
    seen = []

    @app.task(name="tests.notes_who_asked")
    def notes_who_asked(is_first):
        seen.append((at_hand.request_id(), at_hand.job.get().task))
        if is_first:
            jobs.defer("tests.notes_who_asked", is_first=False)

    request = rf.get("/")
    request.id = GIVEN
    at_hand.request.set(request)
    jobs.defer("tests.notes_who_asked", is_first=True)
    request_finished.send(sender=None)
    assert ProcrastinateJob.objects.get().args == {"is_first": True, jobs.ASKED_BY: GIVEN}
    work()
    del app.tasks["tests.notes_who_asked"]
    assert seen == [(GIVEN, "tests.notes_who_asked")] * 2
