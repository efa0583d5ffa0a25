"""`python -m bench sanitiser [MADE]`: hostile HTML through every door, and the pages that come of it opened in Chromium without a
policy, so that the sanitiser alone stands between the text and the reader.

The corpora of shared/data/html (where they lie beside this checkout), mutations of our own, and MADE ones (300 unless told) from a
grammar with a fixed seed go in by shell (save, bulk, update), editor, paste, and imports from WordPress (comments, too), Ghost,
Substack and Markdown. A page trips the wire when a script runs, a dialog opens, another origin is asked, a frame goes
elsewhere, or the document holds what could run or go by a name of ours. Asked: none; and that raw input trips it.
"""

import logging
import os
import sys
import tempfile
import time
from collections import defaultdict

NAME = "bench_sanitiser"
MADE = 300


def main(made=MADE):
    from django.db import connection

    from bench import hostile

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    logging.getLogger("asyncio").setLevel(
        logging.CRITICAL
    )  # a page that is closed leaves questions unanswered
    logging.getLogger("django.request").setLevel(logging.ERROR)
    connection.settings_dict["TEST"]["NAME"] = NAME
    texts = hostile.everything(made)
    print(f"{len(texts):,} texts, {made:,} of them made", flush=True)
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        with tempfile.TemporaryDirectory() as folder:
            tripped = run(texts, folder)
    finally:
        with connection.cursor() as cursor:  # what a page that was closed has left open
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        connection.close()
        connection.creation.destroy_test_db(NAME, verbosity=0)
    return int(bool(tripped))


def run(texts, folder):
    """Whether a page tripped the wire, or the wire is none."""
    from django.conf import settings
    from playwright.sync_api import sync_playwright

    from bench import hostile_doors, hostile_pages
    from tests.browser.conftest import FLAGS, chromium_of

    settings.MEDIA_ROOT = folder
    settings.CHECK_OUTGOING_LINKS = False
    settings.SECURE_CSP = {}
    with sync_playwright() as playwright:
        flags = [*FLAGS, "--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=chromium_of(playwright), args=flags)
        site = hostile_pages.Site(browser)
        raw = site.opened_alone(texts)
        print(f"{'raw, as they are':<34} {len(raw):>6,} trip the wire", flush=True)
        wrong, stored = [], defaultdict(set)
        for door, deed in hostile_doors.doors(site, folder).items():
            begun = time.perf_counter()
            came = deed(texts)
            for text in came:
                stored[text].add(door)
            print(f"{door:<34} {len(came):>6,} stored  {time.perf_counter() - begun:>5.0f} s", flush=True)
        print(f"{len(stored):,} different texts are stored", flush=True)
        for kind, count, found in site.everything_shown(list(stored)):
            print(f"{kind:<34} {count:>6,} opened  {len(found)} trip the wire", flush=True)
            wrong += found
        browser.close()
    for what in wrong[:20]:
        print(f"  {what!r:.400}")
    if len(raw) < 50:
        sys.exit("The wire does not see what runs.")
    return wrong
