"""The promise itself: somebody types while the server is killed and started again and again; then the tab dies.

TYPING_SECONDS=60 tries it for a whole minute.
"""

import os
import random
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Error

from tests.factories import make_post, make_user
from tests.posts.test_admin_post import ADD, change

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]
SEED = 20261128
SECONDS = int(os.environ.get("TYPING_SECONDS", "20"))
LAST = 4  # seconds, at the end of which the tab dies and in which the server is away
LETTERS = "abcdefghijklmnopqrstuvwxyzéüşعدабв漢字"


class Server:
    """A server process of its own on the tests' database, to be killed without warning."""

    def __init__(self, port):
        self.port, self.process, self.kills = port, None, 0
        name = connection.settings_dict["NAME"]
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        self.environment = os.environ | {
            "DATABASE_URL": database,
            "DJANGO_SETTINGS_MODULE": "informed_comment.settings",
            "DEBUG": "1",
        }

    def start(self):
        command = [
            sys.executable,
            "manage.py",
            "runserver",
            f"127.0.0.1:{self.port}",
            "--noreload",
            "--skip-checks",
        ]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.kills += 1
        self.process = None

    def wait(self):
        for _ in range(600):
            with (
                suppress(urllib.error.URLError, ConnectionError),
                urllib.request.urlopen(f"{self.url}/livez"),
            ):
                return
            time.sleep(0.1)
        pytest.fail("the server did not start")

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def server(transactional_db):
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    server = Server(port)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def session(browser, server, client):
    """A browser in which an editor is signed in at the server."""
    client.force_login(make_user(group="Editor"))
    context = browser.new_context(base_url=server.url)
    cookie = client.cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": server.url}])
    yield context
    context.close()


def moments(chance, seconds):
    """When the server is killed (True) and started again (False), in order."""
    found, at = [], chance.uniform(2, 5)
    while at < seconds - LAST - 6:
        back = at + chance.uniform(0.2, 4)
        found += [(at, True), (back, False)]
        at = back + chance.uniform(3, 9)
    return [*found, (seconds - LAST, True)]


def type_on(page, server, chance, seconds):
    """Types words and paragraphs, at a person's pace, for so long; what was typed, paragraph by paragraph."""
    typed, plan, began = [""], moments(chance, seconds), time.monotonic()
    while (now := time.monotonic() - began) < seconds:
        while plan and plan[0][0] <= now:
            server.kill() if plan.pop(0)[1] else server.start()
        for _ in range(chance.randint(1, 9)):
            letter = chance.choice(LETTERS)
            page.keyboard.type(letter, delay=chance.uniform(5, 60))
            typed[-1] += letter
        if chance.random() < 0.06:
            page.keyboard.press("Enter")
            typed.append("")
        else:
            page.keyboard.type(" ")
            typed[-1] += " "
    page.keyboard.type("end")
    typed[-1] += "end"
    return typed


def crash(page):
    """The tab's process dies where it stands; no event is told of it."""
    with suppress(Error):
        page.goto("chrome://crash", timeout=1000)


def brought_back(page):
    """The text of the form after the newest of what is offered was brought back."""
    page.locator("[data-bring-back], .kept__choice a").first.wait_for()
    newest = page.locator("[data-bring-back]")
    (newest if newest.count() else page.locator(".kept__choice a")).first.click()
    page.wait_for_url("**recover=*")
    return page.evaluate("id_body.value")


@pytest.mark.parametrize(("is_new", "seconds"), [(True, SECONDS), (False, 15)])
def test_not_one_typed_character_is_missing(session, server, is_new, seconds):
    chance = random.Random(SEED + is_new)
    post = make_post(status="draft", published_at=None, body="")
    address = ADD if is_new else change(post)
    server.wait()
    page = session.new_page()
    page.goto(address)
    page.click(".ProseMirror")
    typed = type_on(page, server, chance, seconds)
    crash(page)
    assert server.kills > 1 + (seconds > 30)
    server.start()
    server.wait()
    again = session.new_page()
    again.goto(address)
    expected = "".join(f"<p>{paragraph.rstrip()}</p>" for paragraph in typed)
    found = brought_back(again)
    assert found.replace(" </p>", "</p>") == expected
    again.click("button[value=save]")
    again.wait_for_selector(".messagelist .success")
    again.goto(reverse("admin:posts_post_add") if is_new else change(post))
    again.wait_for_load_state("networkidle")
    assert again.locator(".kept__offer").count() == 0
