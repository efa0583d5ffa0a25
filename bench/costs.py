"""What requests cost a site that runs: milliseconds of the web process, of the database's, and by the clock.

Processor time is read from the kernel to the nanosecond, of every thread of the web process and of every server process
that is connected to the site's database on this machine; so what else the machine does counts little.
"""

import http.client
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psutil

from bench.served import web_processes


class Cost(NamedTuple):
    """ms a request; `slowest` by the clock."""

    web: float
    database: float
    clock: float
    slowest: float = 0

    @property
    def processor(self):
        return self.web + self.database


class Visitor:
    """Asks one site, over one connection."""

    def __init__(self, address, database):
        self.line = http.client.HTTPConnection(address.partition("//")[2], timeout=120)
        self.web, self.database = web_processes(address), database

    def get(self, path, *, status=200, **headers):
        self.line.request("GET", path, headers={"Accept-Encoding": "identity"} | headers)
        answer = self.line.getresponse()
        body = answer.read()
        if answer.status != status:
            raise AssertionError(f"{path} answered {answer.status}, not {status}: {body[:300]!r}")
        return answer, body

    def cost(self, paths, *, status=200):
        """The mean over the paths, each asked once."""
        taken = []
        web, database = spent(self.web), spent(backends(self.database))
        for path in paths:
            begun = time.perf_counter()
            self.get(path, status=status)
            taken.append((time.perf_counter() - begun) * 1000)
        web, database = spent(self.web) - web, spent(backends(self.database)) - database
        return Cost(web / len(paths), database / len(paths), median(taken), max(taken))


def spent(processes):
    """Milliseconds of processor time of the processes so far, of all their threads."""
    total = 0
    for process in processes:
        for task in Path(f"/proc/{process.pid}/task").iterdir():
            try:
                total += int((task / "schedstat").read_text().split()[0])
            except OSError:  # a thread that has ended
                continue
    return total / 1_000_000


def backends(database):
    """The server's processes connected to a database; their titles name it."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        title = " ".join(process.info["cmdline"] or [])
        if title.startswith("postgres: ") and f" {database} " in title:
            found.append(process)
    return found


def middle(costs):
    """The median of each part."""
    return Cost(*(median(part) for part in zip(*costs, strict=True)))
