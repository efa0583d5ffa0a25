"""`make look`: what the Nu HTML checker and Lighthouse say of every kind of page.

    python -m bench.look [http://127.0.0.1:8000]

Without an address it serves the demo publication as in production (granian, compressed files, DEBUG off) from a database
and a folder that are forgotten; that takes some minutes, most of them for pictures. Both tools come through `npx` and
stay in its own cache. An error of the checker, a score under 100 for accessibility, best practices or SEO, or a median
under 98 for performance ends it with exit code 1.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench.served import served_site
from bench.weight import weigh
from informed_comment import postgres

FIXED = {
    "home": "/",
    "home, page 2": "/page/2/",
    "archives": "/archives/",
    "on this day": "/on-this-day/",
    "authors": "/authors/",
    "corrections": "/corrections/",
    "popular": "/popular/?window=month",
    "search": "/search/?q=water",
    "search before words": "/search/",
    "search in vain": "/search/?q=zyzzyva",
    "newsletter": "/newsletter/",
    "newsletter, thanks": "/newsletter/thanks/",
    "newsletter, void link": "/newsletter/confirm/nonsense/",
    "not found": "/no-such-page/",
}
LED_TO = {
    "post": r"/\d{4}/\d\d/[^/]+\.html",
    "category": r"/category/[^\"]+/",
    "author": r"/author/[^\"]+/",
    "tag": r"/tag/[^\"]+/",
    "page": r"/about/",
}
SCORED = ("home", "post", "category", "search before words")  # engines are asked to leave out what was found
RUNS = 3  # of Lighthouse for a page: the machine's other work moves the performance score
LEAST = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
NO_NODE = "make look needs npx (Node 22 or newer), Java 17 or newer and Chromium: apt-get install npm default-jre-headless chromium"


def main(site=None):
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not (shutil.which("npx") and shutil.which("java") and browser):
        sys.exit(NO_NODE)
    if site:
        return audit(site.rstrip("/"), browser)
    with demo_site() as address:
        return audit(address, browser)


def audit(site, browser):
    pages = every_page(site)
    faults = check_html(site, pages)
    weigh(site, {name: pages[name] for name in SCORED}, browser)
    faults += [fault for name in SCORED for fault in score(name, site + pages[name], browser)]
    print("\n".join(["", *faults]) if faults else "\nNo fault.")
    return 1 if faults else 0


# The site


@contextmanager
def demo_site():
    """The address of the demo publication, prepared and served from a database and a folder that are forgotten."""
    postgres.ensure_running_for_tests()
    with tempfile.TemporaryDirectory(prefix="informed-comment-look-") as folder:
        print("Making the demo publication and its pictures …", file=sys.stderr)
        with served_site(folder, prepared_by=(["prepare"], ["worker", "--once"])) as address:
            yield address


def every_page(site):
    """Name → path of one page of each kind; those that depend on the content are found by their links."""
    pages = dict(FIXED)
    html = fetched(site + "/")
    for name, pattern in LED_TO.items():
        found = re.search(f'href="({pattern})"', html)
        if found is None:
            print(f"No {name} is linked from the pages looked at.", file=sys.stderr)
            continue
        pages[name] = found[1]
        if name == "post":
            html += fetched(site + found[1])
            pages["year"], pages["month"] = found[1][:6], found[1][:9]
    return pages


def fetched(address):
    """The text of a page, whatever its status."""
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.read().decode()


# The two tools


def check_html(site, pages):
    """Print what the Nu HTML checker warns of; return its errors."""
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (name, path) in enumerate(pages.items()):
            file = Path(folder, f"{number}.html")
            file.write_text(fetched(site + path))
            names[file.name] = name
        command = ["npx", "--yes", "vnu-jar", "--format", "json", "--stdout", "--exit-zero-always", *names]
        told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    messages = json.loads(told[told.index("{") :])["messages"]
    errors = [f"html: {line_of(message, names)}" for message in messages if message["type"] != "info"]
    warnings = Counter(message["message"] for message in messages if message["type"] == "info")
    print(f"Nu HTML checker: {len(pages)} pages, {len(errors)} errors")
    for message, count in warnings.most_common():
        print(f"  {count} times, a warning: {message}")
    return errors


def line_of(message, names):
    name = names.get(message.get("url", "").rsplit("/", 1)[-1], "?")
    return f"{name}: {message['message']} {message.get('extract', '').strip()[:90]!r}"


def score(name, address, browser):
    """Print the scores of a page; return those below what is wanted, with what Lighthouse holds against it."""
    runs = [lighthouse(address, browser) for _ in range(RUNS)]
    faults, scores = [], {}
    for category, least in LEAST.items():
        points = [round((run["categories"][category]["score"] or 0) * 100) for run in runs]
        scores[category] = median(points) if category == "performance" else min(points)
        if scores[category] < least:
            faults.append(
                f"{name}: {category} {scores[category]}, not {least}: {held_against(runs[-1], category)}"
            )
    shift = max(run["audits"]["cumulative-layout-shift"]["numericValue"] for run in runs)
    if shift > 0.001:
        faults.append(f"{name}: layout shift {shift:.4f}")
    print(f"Lighthouse {name:<20} {scores}, layout shift {shift:.4f}", flush=True)
    return faults


def lighthouse(address, browser):
    """One run's report; a busy machine makes a run fail now and then, so it is tried three times."""
    root = " --no-sandbox" if os.geteuid() == 0 else ""
    flags = f"--chrome-flags=--headless=new --disable-gpu{root}"
    command = [
        "npx",
        "--yes",
        "lighthouse",
        address,
        "--output=json",
        "--quiet",
        "--max-wait-for-load=90000",
        flags,
    ]
    environment = os.environ | {"CHROME_PATH": browser}
    for _ in range(3):
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if run.returncode == 0:
            return json.loads(run.stdout)
    sys.exit(f"Lighthouse failed three times on {address}: {run.stderr.strip().splitlines()[-1:]}")


def held_against(run, category):
    ids = [ref["id"] for ref in run["categories"][category]["auditRefs"] if ref["weight"]]
    return ", ".join(
        key for key in ids if run["audits"][key]["score"] is not None and run["audits"][key]["score"] < 0.9
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
