"""Errors told to a server that speaks Sentry's protocol: one of our own here, which keeps what it is sent."""

import gzip
import http.server
import json
import logging
import os
import subprocess
import sys
import threading

import pytest
import sentry_sdk

from informed_comment import caching
from informed_comment.watching import at_hand, sentry

CANARY = "canary-7f3a"


@pytest.fixture
def server(settings):
    """(what arrived: headers of envelopes and events, in order)."""
    arrived = []

    class Keeps(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            arrived.append(body.decode())
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keeps) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        settings.SENTRY_DSN = f"http://key@127.0.0.1:{httpd.server_port}/7"
        settings.SENTRY_ENVIRONMENT = "tests"
        sentry.begin()
        yield arrived
        sentry_sdk.get_client().close(timeout=2)
        sentry_sdk.get_global_scope().set_client(None)
        httpd.shutdown()


def events(arrived):
    sentry_sdk.flush(timeout=5)
    found = [json.loads(line) for body in arrived for line in body.splitlines() if line.startswith("{")]
    return [one for one in found if "event_id" in one and "platform" in one]


def test_an_error_is_told_with_its_request_and_nothing_about_people(server, rf):
    request = rf.post(
        f"/newsletter/confirm/{CANARY}/?q={CANARY}",
        {"email": f"{CANARY}@example.org"},
        headers={"Cookie": f"sessionid={CANARY}", "Authorization": CANARY},
        REMOTE_ADDR="203.0.113.9",
    )
    request.id = "0f3a9c5e7b1d2468"
    at_hand.request.set(request)
    try:
        secret = CANARY  # a value of a variable, which stays here
        raise ValueError(f"Key (email)=({secret}@example.org) already exists.")
    except ValueError:
        logging.getLogger("posts").exception("It failed for %s", f"{CANARY}@example.org")
    at_hand.request.set(None)
    (event,) = events(server)
    (error,) = event["exception"]["values"]
    assert error["type"] == "ValueError"
    assert (
        error["stacktrace"]["frames"][-1]["function"]
        == "test_an_error_is_told_with_its_request_and_nothing_about_people"
    )
    assert event["tags"] == {"request_id": request.id, "method": "POST", "path": "/newsletter/confirm/…"}
    assert (event["release"], event["environment"]) == (caching.release(), "tests")
    text = "".join(server)
    for line in text.splitlines():
        assert f"{CANARY}@" not in line
    assert "203.0.113.9" not in text
    assert "sessionid" not in text
    assert "vars" not in text
    assert "breadcrumbs" not in text


def test_a_job_that_failed_is_told_with_its_task(server):
    token = at_hand.job.set(at_hand.Job(12, "images.tasks.make_renditions", "0f3a9c5e7b1d2468"))
    logging.getLogger("procrastinate.worker").error("Job 12 ended with status: Error")
    at_hand.job.reset(token)
    (event,) = events(server)
    assert event["tags"] == {
        "request_id": "0f3a9c5e7b1d2468",
        "job": "12",
        "task": "images.tasks.make_renditions",
    }


def test_warnings_are_not_told(server):
    logging.getLogger("posts").warning("Well.")
    assert events(server) == []


def test_without_the_library_the_site_says_what_is_missing_and_does_not_start():
    code = """
import sys
sys.modules["sentry_sdk"] = None
import importlib.util
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "sentry_sdk" else real(name, *more)
from informed_comment import settings
"""
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": "postgresql:///none",
        "SECRET_KEY": "x" * 50,
        "SENTRY_DSN": "https://key@sentry.example/7",
    }
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode
    assert "informed-comment[sentry]" in done.stderr
