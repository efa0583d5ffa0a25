"""`python -m bench publishing [POSTS] [DEEDS]`: what readers see after a publish while the page is under load, at 100,000
posts and 20 deeds unless told.

wrk asks for the homepage through the shipped proxy without a pause; beside it readers ask through the proxy and the site
itself, and note when they asked and what they were shown. A post is published every two seconds. Late is who asked more
than a second after the commit and was shown the page without the post. One late or failed request ends it with exit code 1.
"""

import http.client
import re
import subprocess
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

PAUSE, ALLOWED = 2.0, 1.0  # seconds
SHOWN = re.compile(rb"Told at no (\d+)")


class Seen(NamedTuple):
    asked_at: float
    number: int  # of the newest post shown; -1 for a failure


class Reader(threading.Thread):
    """Asks for the homepage again and again."""

    def __init__(self, address, stopped):
        super().__init__(daemon=True)
        self.host, self.stopped, self.seen = address.partition("//")[2], stopped, []

    def run(self):
        line = http.client.HTTPConnection(self.host, timeout=30)
        while not self.stopped.is_set():
            asked_at = time.monotonic()
            try:
                line.request("GET", "/")
                answer = line.getresponse()
                body = answer.read()
                numbers = [int(number) for number in SHOWN.findall(body)]
                self.seen.append(Seen(asked_at, max(numbers, default=0) if answer.status == 200 else -1))
            except (OSError, http.client.HTTPException):
                self.seen.append(Seen(asked_at, -1))
                line.close()
            time.sleep(0.005)


def main(posts=100_000, deeds=20):
    from bench.pages import Report
    from bench.sites import Site

    report = Report()
    measure(report, Site(posts), deeds)
    report.end()


def measure(report, site, deeds):
    from bench.load import standing

    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        Path(folder).chmod(0o755)
        own, proxied = standing(stack, Path(folder), site)
        stopped = threading.Event()
        readers = {"through the proxy": Reader(proxied, stopped), "our own server": Reader(own, stopped)}
        seconds = int(deeds * PAUSE + 10)
        load = subprocess.Popen(
            ["wrk", "-t1", "-c8", f"-d{seconds}s", f"{proxied}/"], stdout=subprocess.PIPE, text=True
        )
        for reader in readers.values():
            reader.start()
        with site.connected():
            committed = publish(deeds)
        stopped.set()
        told = load.communicate()[0]
        for reader in readers.values():
            reader.join(30)
    refused = int((re.search(r"Non-2xx or 3xx responses: (\d+)", told) or [0, 0])[1])
    report.head(f"{'after a publish':<34}{'asked':>8}{'failed':>8}{'late':>6}{'the longest, s':>16}")
    for name, reader in readers.items():
        tell(report, name, reader.seen, committed)
    asked = int(re.search(r"(\d+) requests in", told)[1])
    report.line("the load through the proxy", f"{asked:>8,}{refused:>8}", {"failed": (refused, 0)})


def tell(report, name, seen, committed):
    failed = sum(one.number < 0 for one in seen)
    waits = [
        one.asked_at - committed[number]
        for one in seen
        if one.number >= 0
        for number in committed
        if number > one.number and one.asked_at > committed[number]
    ]
    late = sum(wait > ALLOWED for wait in waits)
    cells = f"{len(seen):>8,}{failed:>8}{late:>6}{max(waits, default=0):>16.2f}"
    report.line(name, cells, {"failed": (failed, 0), "late": (late, 0)})


def publish(deeds):
    """{number: when it was committed} of posts published one after the other, which are gone again at the end."""
    from posts import publishing
    from posts.models import Post

    committed, made = {}, []
    time.sleep(2)
    for number in range(1, deeds + 1):
        post = Post.objects.create(title=f"Told at no {number}", body="<p>Just now.</p>")
        publishing.publish(post)
        committed[number] = time.monotonic()
        made.append(post.pk)
        time.sleep(PAUSE)
    for pk in made:
        Post.objects.filter(pk=pk).delete()
    return committed
