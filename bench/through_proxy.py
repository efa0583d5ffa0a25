"""`python -m bench through_proxy [SECONDS] [ROUNDS]`: the shipped nginx.conf against nginx's own file, and a publish under load.

Two web processes stand behind the proxy. Each page is asked for by turns as the proxy keeps it and as a file with the same
bytes and headers, in the same nginx with the same log: once as nginx is usually set (sendfile, each file opened anew), and
once as the shipped file sets it for pages, which makes a file quicker, too. Compared are the answers a second (the median of
the ratios of neighbours), and the processor time that one costs nginx and the client together, which is the ratio of the rates
on a machine that does nothing else. Then a post is changed again and again while readers ask for it and for the front page.
"""

import http.client
import re
import resource
import shutil
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psutil

from bench.database import Database
from bench.proxied import proxy
from bench.served import free_port, served_site

LEAST = 0.9
ROUNDS = 7
CONNECTIONS = 32
SECONDS = 20
READERS = 8
PUBLISHED_EVERY = 0.83  # seconds: at every place within a second by and by
LATE = 1.0
OWN = {
    "content-length",
    "content-type",
    "date",
    "server",
    "connection",
    "etag",
    "last-modified",
    "accept-ranges",
}
FILES = """
    location /as-usual/ {{ sendfile on; open_file_cache off; {file} }}
    location /tuned/ {{ {file} }}
    location / {{"""
FILE = 'alias {folder}/; types {{ }} default_type "text/html; charset=utf-8"; gzip off; {headers}'
SIDES = {"file": "/as-usual/page", "tuned": "/tuned/page"}


def main(seconds=SECONDS, rounds=ROUNDS):
    if not shutil.which("wrk"):
        raise SystemExit("wrk is not installed, and nothing can be measured without it.")
    Database()
    pages = made_posts()
    with tempfile.TemporaryDirectory(prefix="through-proxy-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with two_sites(folder) as settings:
            is_quick = compared(folder, settings, pages, rounds)
            is_seen = published_under_load(folder, settings, pages["post"], seconds)
    return 0 if is_quick and is_seen else 1


def made_posts():
    from bench.__main__ import set_up

    set_up()
    from django.core.management import call_command
    from django.db import connection

    from bench.content import make
    from posts.models import Post

    call_command("migrate", interactive=False, verbosity=0)
    make(300)
    newest = Post.objects.published().order_by("-published_at").first().permalink
    connection.close()
    return {"home": "/", "post": newest}


@contextmanager
def two_sites(folder):
    """What to tell the proxy of two web processes."""
    port = free_port()
    told = {"SITE_URL": f"http://127.0.0.1:{port}", "TRUSTED_PROXIES": "1", "log": folder / "site.log"}
    told |= {"EDITION_LOOK_SECONDS": "0.25"}  # as usual; other benches look each time
    first = served_site(folder, prepared_by=[("collectstatic", "--noinput", "-v0")], **told)
    with first as one, served_site(folder, **told) as two:
        servers = [address.partition("//")[2] for address in (one, two)]
        yield {"servers": servers, "port": port, "files": folder}


# As quick as a file


def compared(folder, settings, pages, rounds):
    files = folder / "as-file"
    files.mkdir()
    kinds = {
        f"{name}, {packed or 'plain'}": (path, {"Accept-Encoding": packed})
        for name, path in pages.items()
        for packed in ("br", "gzip", "")
    }
    print(f"{'':<22} {'a second':>20} {'÷ file':>15} {'÷ file, tuned':>15}")
    print(
        f"{'page':<12} {'bytes':>9} {'kept':>10} {'file':>9} {'rate':>7} {'cost':>7} {'rate':>7} {'cost':>7}"
    )
    is_quick = True
    for kind, (path, asked) in kinds.items():
        with proxy_with_file(folder, files, settings, path, asked) as port:
            is_quick &= report(kind, port, path, asked, rounds)
            if kind.startswith("post, br"):
                is_quick &= report("its 304", port, path, asked, rounds, is_known=True)
    return is_quick


@contextmanager
def proxy_with_file(folder, files, settings, path, asked):
    """The port of the shipped proxy that has the page as a file, too, at the places of SIDES."""
    for server in settings["servers"]:  # so that each has it finished
        headers, body = told(int(server.rpartition(":")[2]), path, asked, settings["port"])
    (files / "page").write_bytes(body)
    lines = " ".join(
        f"add_header {name} {quoted(value)};"
        for name, value in headers
        if name.lower() not in OWN and not name.lower().startswith("x-accel")
    )
    added = FILES.format(file=FILE.format(folder=files, headers=lines))
    change = lambda text: text.replace("\n    location / {", added, 1)  # noqa: E731
    with proxy(folder / "nginx", **settings, changed=change):
        yield settings["port"]


def quoted(value):
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def told(port, path, asked, host):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers=asked | {"Host": f"127.0.0.1:{host}"})
    response = connection.getresponse()
    return response.getheaders(), response.read()


def report(kind, port, path, asked, rounds, *, is_known=False):
    sides = {"kept": path} | SIDES
    sent, size = {}, 0
    for side, address in sides.items():
        headers, body = told(port, address, asked, port)
        size = len(body)
        sent[side] = asked | (
            {"If-None-Match": {n.lower(): v for n, v in headers}["etag"]} if is_known else {}
        )
    rates, costs = ({side: [] for side in sides} for _ in range(2))
    for place in range(rounds):
        for side in list(sides)[:: 1 if place % 2 else -1]:
            rate, cost = driven(port, sides[side], sent[side])
            rates[side].append(rate)
            costs[side].append(cost)
    ratios = []
    for side in SIDES:
        ratios.append(median(kept / file for kept, file in zip(rates["kept"], rates[side], strict=True)))
        ratios.append(median(costs[side]) / median(costs["kept"]))
    print(
        f"{kind:<12} {0 if is_known else size:>9,} {median(rates['kept']):>10,.0f} {median(rates['file']):>9,.0f} "
        + " ".join(f"{ratio:>7.2f}" for ratio in ratios),
        flush=True,
    )
    return max(ratios[:2]) >= LEAST


def driven(port, path, headers):
    """(answers a second, seconds of processor time of nginx and wrk for one)."""
    workers = [child for child in nginx(port).children() if "worker" in " ".join(child.cmdline())]
    before = sum(sum(worker.cpu_times()[:2]) for worker in workers)
    named = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", "1", *named, f"http://127.0.0.1:{port}{path}"]
    of_children = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    after = sum(sum(worker.cpu_times()[:2]) for worker in workers)
    of_wrk = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - of_children
    if re.search("Non-2xx or 3xx|Socket errors", said):
        raise SystemExit(f"{path} was not always answered:\n{said}")
    answers = int(re.search(r"(\d+) requests in", said)[1])
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    return rate, (after - before + of_wrk) / answers


def nginx(port):
    """The process of this one's that keeps others at work at this port."""
    (found,) = [
        process for process in psutil.Process().children() if process.name() == "nginx" and process.children()
    ]
    return found


# A publish under load


def published_under_load(folder, settings, path, seconds):
    """Whether nobody was failed, and nobody saw the old text later than a second after a commit."""
    with proxy(folder / "nginx", **settings):
        watch = Watch(settings["port"], [path, "/"])
        watch.publish(path)
        time.sleep(LATE)
        load = [
            "wrk",
            "-t",
            "1",
            "-c",
            "64",
            "-d",
            str(seconds),
            "--timeout",
            "10s",
            "-H",
            "Accept-Encoding: br",
        ]
        crowd = subprocess.Popen(
            [*load, f"http://127.0.0.1:{settings['port']}{path}"], stdout=subprocess.PIPE, text=True
        )
        readers = [threading.Thread(target=watch.read, args=(n,)) for n in range(READERS)]
        for reader in readers:
            reader.start()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(PUBLISHED_EVERY)
            watch.publish(path)
        watch.is_over = True
        for reader in readers:
            reader.join()
        said = crowd.communicate()[0]
    failed_in_crowd = re.findall(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.+)", said)
    rate = re.search(r"Requests/sec:\s+(.*)", said)[1]
    print(f"published {len(watch.published) - 1} times in {seconds} s under {rate} requests a second")
    print(
        f"{watch.answers:,} pages looked at: {watch.failed} failed, {watch.late} with the old text later than {LATE} s, "
        f"the oldest {max(watch.ages, default=0):.3f} s after the commit; the crowd's failures: {failed_in_crowd or 0}"
    )
    return not (watch.failed or watch.late or failed_in_crowd)


class Watch:
    """Readers who note how long after a commit they were still shown the text before it."""

    def __init__(self, port, paths):
        self.port, self.paths = port, paths
        self.published = []
        self.answers = self.failed = self.late = 0
        self.ages = []
        self.is_over = False
        self.lock = threading.Lock()

    def publish(self, path):
        from posts.models import Post

        Post.objects.filter(permalink=path).update(title=f"Edition number {len(self.published)} of this text")
        self.published.append(time.monotonic())

    def read(self, number):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        path = self.paths[number % len(self.paths)]
        while not self.is_over:
            asked_at = time.monotonic()
            try:
                connection.request("GET", path, headers={"Accept-Encoding": "gzip;q=0"})
                response = connection.getresponse()
                text = response.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                response = text = None
            with self.lock:
                self.note(asked_at, response, text)

    def note(self, asked_at, response, text):
        self.answers += 1
        shown = (
            response is not None and response.status == 200 and re.search(rb"Edition number (\d+) of", text)
        )
        if not shown:
            self.failed += 1
            return
        after = int(shown[1]) + 1
        if after < len(self.published) and asked_at > self.published[after]:
            self.ages.append(asked_at - self.published[after])
            self.late += self.ages[-1] > LATE
