"""Log lines: one each, naming the request or job, and nobody's address or secret."""

import json
import logging
import sys

import pytest
from django.utils.log import AdminEmailHandler

from informed_comment.watching import at_hand
from informed_comment.watching.logs import JsonLine, PlainLine, SaidOnceAMinute, WithoutRobots
from informed_comment.watching.scrubbing import scrubbed
from tests.factories import make_user

CANARY = "canary-7f3a"


def record(message, *args, exc_info=None, **fields):
    made = logging.LogRecord("posts", logging.WARNING, __file__, 1, message, args, exc_info)
    made.__dict__.update(fields)
    return made


def line(message, *args, **fields):
    return json.loads(JsonLine().format(record(message, *args, **fields)))


@pytest.fixture
def asked(rf):
    request = rf.post("/newsletter/confirm/abc.def/?q=x")
    request.id = "0f3a9c5e7b1d2468"
    at_hand.request.set(request)
    yield request
    at_hand.request.set(None)


def test_a_line_for_programs_is_one_object_that_names_the_request(asked):
    text = JsonLine().format(record("It was refused:\n%s", "why\u2028not", status_code=403))
    assert text.isascii()
    assert len(text.splitlines()) == 1
    said = json.loads(text)
    assert said["time"].endswith("Z")
    assert (said["level"], said["logger"]) == ("warning", "posts")
    assert said["message"] == "It was refused:\nwhy\u2028not"
    assert (said["request_id"], said["method"], said["status"]) == (asked.id, "POST", 403)
    assert said["path"] == "/newsletter/confirm/…"
    assert "user" not in said


@pytest.mark.parametrize(("is_staff", "shown"), [(True, True), (False, False)])
@pytest.mark.django_db
def test_only_staff_are_named_and_by_number(asked, is_staff, shown):
    asked._cached_user = make_user(is_staff=is_staff)
    assert line("x").get("user") == (asked._cached_user.pk if shown else None)


def test_a_line_of_the_worker_names_the_job_and_who_asked_for_it():
    token = at_hand.job.set(at_hand.Job(12, "images.tasks.make_renditions", "0f3a9c5e7b1d2468"))
    try:
        said = line("x")
    finally:
        at_hand.job.reset(token)
    assert (said["job"], said["task"]) == (12, "images.tasks.make_renditions")
    assert said["request_id"] == "0f3a9c5e7b1d2468"


def test_an_error_is_one_field_with_its_trace():
    try:
        raise ValueError(f"Key (email)=({CANARY}@example.org) already exists.")
    except ValueError:
        said = line("It failed", exc_info=sys.exc_info())
    assert "test_logs.py" in said["exception"]
    assert CANARY not in said["exception"]


def test_a_line_for_people_is_one_line_too(asked):
    text = PlainLine().format(record("first\nsecond"))
    assert len(text.splitlines()) == 1
    assert asked.id in text


@pytest.mark.parametrize(
    "said",
    [
        f"to <{CANARY}@example.org>",
        f"to {CANARY}+tag@mail.example.org,",
        f"connecting to smtp+tls://user:{CANARY}@mail.example.org:587",
        f"redis://:{CANARY}@10.0.0.13/0",
        f"Not Found: /preview/{CANARY}/",
        f"Not Found: /newsletter/unsubscribe/{CANARY}:x/",
        f"GET /search/?q={CANARY}&x=1",
        f'{{"password": "{CANARY} with blanks", "x": 1}}',
        f"Authorization: Bearer {CANARY}",
        f"sessionid={CANARY}; path=/",
        f"SECRET_KEY='{CANARY}'",
        f"DETAIL:  Failing row contains (7, Jane,\n{CANARY}).",
        f"DETAIL:  Key (lower(name))=({CANARY}) already exists.",
    ],
)
def test_nothing_secret_stands_in_a_line(said):
    assert CANARY not in line("%s", said)["message"]


@pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8::7", "::ffff:203.0.113.9"])
def test_readers_are_in_no_line_and_our_own_machines_are(address):
    assert address not in scrubbed(f"from {address} to 10.0.0.13:5432 and ::1 at 12:30:45 by version 3.10")
    assert scrubbed("10.0.0.13:5432 ::1 12:30:45 3.10.2") == "10.0.0.13:5432 ::1 12:30:45 3.10.2"


@pytest.mark.parametrize("status", [404, 405, 410])
def test_what_robots_ask_for_is_no_warning(status):
    assert not WithoutRobots().filter(record("Not Found: %s", "/wp-login.php", status_code=status))
    assert WithoutRobots().filter(record("Forbidden: %s", "/admin/", status_code=403))


def test_what_is_said_every_second_stands_there_once_a_minute():
    said = SaidOnceAMinute()
    times = [0, 1, 30, 59, 60, 61, 121]
    assert [second for second in times if said.filter(record("no connection", created=second))] == [
        0,
        60,
        121,
    ]


@pytest.mark.django_db
def test_whatever_a_reader_sends_is_in_no_line(client, caplog):
    """Through many routes at once: what the whole site writes, at any level, as it would stand in the log."""
    secret, address = CANARY, f"{CANARY}@example.org"
    from_a_reader = {"REMOTE_ADDR": "203.0.113.9", "HTTP_COOKIE": f"sessionid={secret}"}
    caplog.set_level(logging.INFO)
    client.raise_request_exception = False
    for path in (
        f"/search/?q={secret}",
        f"/?p={secret}",
        f"/preview/{secret}/",
        f"/newsletter/confirm/{secret}/",
        f"/newsletter/preferences/{secret}/",
        f"/newsletter/unsubscribe/{secret}/",
        f"/admin/login/?next={secret}",
    ):
        client.get(path, **from_a_reader)
        client.post(path, {"email": address, "password": secret, "text": "x" * 300}, **from_a_reader)
    client.post("/newsletter/", {"email": address}, **from_a_reader)
    client.post("/admin/login/", {"username": address, "password": secret}, **from_a_reader)
    client.post("/read/", f'{{"path": "/{secret}"}}', content_type="application/json", **from_a_reader)
    client.post(
        "/newsletter/webhooks/postmark/", f'{{"Email": "{address}"}}', content_type="application/json"
    )
    client.get("/", headers={"Host": f"{secret}.example.org:bad"})
    written = [JsonLine().format(one) for one in caplog.records]
    assert written
    for text in written:
        assert secret not in text, text
        assert "203.0.113.9" not in text, text


def test_an_error_is_written_and_mailed_to_nobody():
    """Django's own handler mails each one, while somebody waits, and ends the page of the error where no mail goes out."""
    names = ["", "django", "django.request", "django.security", "django.server", "procrastinate"]
    handlers = [handler for name in names for handler in logging.getLogger(name).handlers]
    assert not [one for one in handlers if isinstance(one, AdminEmailHandler)]
