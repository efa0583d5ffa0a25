"""A real Chromium for the tests marked `browser`: `page` opens addresses of pytest-django's `live_server`."""

import os
import shutil
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connection
from playwright.sync_api import sync_playwright

from tests.factories import make_user

FLAGS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",  # no other machine; a route would cost a step for each request
]
HOW_TO_GET_IT = "no Chromium: apt-get install chromium-headless-shell, or set CHROMIUM=/path/to/chrome"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Browser tests come last: once Playwright runs its event loop, no test after it can have one of its own."""
    items.sort(key=lambda item: "browser" in item.fixturenames)


def chromium_of(playwright):
    """The browser to drive: the one named, Debian's (without its own windows, it is twice as quick), Chrome, or Playwright's."""
    names = (
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    )
    candidates = [os.environ.get("CHROMIUM"), *map(shutil.which, names), playwright.chromium.executable_path]
    return next((path for path in candidates if path and Path(path).exists()), None)


@pytest.fixture(scope="session")
def files_that_stay():
    """The browser need not ask again for a script or style of ours within a test, as on the real site."""
    serve = StaticFilesHandler.serve

    def to_be_kept(self, request):
        response = serve(self, request)
        response["Cache-Control"] = "max-age=3600"
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", to_be_kept)
        yield


@pytest.fixture(scope="session")
def browser(files_that_stay):
    """One Chromium for all tests of this process. Playwright keeps an event loop, which Django must not mind."""
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        executable = chromium_of(playwright)
        if executable is None:
            (pytest.fail if os.environ.get("REQUIRE_BROWSER") == "1" else pytest.skip)(HOW_TO_GET_IT)
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
        browser = playwright.chromium.launch(executable_path=executable, args=flags)
        yield browser
        browser.close()


def let_requests_end():
    """A page that is closed may have sent something at last; the tables cannot be emptied while it is being answered."""
    quiet = 0
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
            quiet = 0 if cursor.fetchone()[0] else quiet + 1
        if quiet == 2:
            return
        time.sleep(0.05)


@pytest.fixture
def new_page(browser, live_server):
    """Makes pages, each in a session of its own: `new_page(viewport={"width": 390, "height": 844})`.

    An error in a page's script fails the test, and so does any request to another site, which gets no answer here; a test
    that clicks on a player names its host in `new_page.visits`.
    """
    contexts, errors, foreign = [], [], []

    def note(request):
        parts = urlsplit(request.url)
        is_ours = parts.netloc == urlsplit(live_server.url).netloc or parts.scheme not in ("http", "https")
        if not is_ours and parts.hostname not in make.visits:
            foreign.append(request.url)

    def make(**options):
        context = browser.new_context(base_url=live_server.url, **options)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(error))  # Playwright wants a function
        page.on("requestfailed", note)
        contexts.append(context)
        return page

    make.visits = set()
    yield make
    for context in contexts:
        context.close()
    let_requests_end()
    assert not errors, f"errors in the page's scripts: {errors}"
    assert not foreign, f"requests to other sites: {foreign}"


@pytest.fixture
def page(new_page):
    """A page on a desk: 1440 by 900."""
    return new_page(viewport={"width": 1440, "height": 900})


@pytest.fixture
def desk(page):
    """A page signed in as an editor, which notes every breach of the content policy."""
    make_user(group="Editor", username="chief")
    page.breaches = []
    page.expose_function("breach", lambda breach: page.breaches.append(breach))
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation', (e) => breach(`${e.violatedDirective} ${e.sample} ${e.sourceFile}`))"
    )
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/admin/login/")
    page.fill("#id_username", "chief")
    page.fill("#id_password", "a long enough password")
    page.click("input[type=submit]")
    page.wait_for_url("**/admin/")
    return page
