"""What a process has done, counted in memory at next to no cost, and laid down beside the counts of the others.

To add one to a number is one instruction of Python's between two looks at who runs next, so no lock is needed. Each process
writes its counts to a file of its own in VAR_DIR/run/counts, at most once a second and while it is at work anyway; whoever is
asked for the metrics adds up the files, and those of processes that are gone into one (metrics.py).
"""

import json
import os
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

import psutil
from django.conf import settings

EVERY = 1.0  # seconds
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)  # seconds; the last bucket has the rest
OF_READERS = ("posts", "pages", "newsletter")


def folder():
    return Path(settings.VAR_DIR) / "run" / "counts"


class Counts:
    """`door`: status → answers given out before Django. `answers`: (kind, status) → number. `seconds`: kind → how long they
    took, by BOUNDS, and in all. `jobs`: (task, outcome) → number. `measures` are functions for what is so at this moment.
    """

    def __init__(self):
        self.begin()
        self.measures = {}

    def begin(self):
        """Anew, as a process that has been forked does."""
        self.door = defaultdict(int)
        self.answers, self.jobs = defaultdict(int), defaultdict(int)
        self.seconds = {}
        self.written_at, self.file = time.monotonic(), None

    def answered(self, kind, status, seconds):
        self.answers[kind, status] += 1
        known = self.seconds.get(kind)
        if known is None:
            known = self.seconds.setdefault(kind, [0] * (len(BOUNDS) + 1) + [0.0])
        place = next((place for place, bound in enumerate(BOUNDS) if seconds <= bound), len(BOUNDS))
        known[place] += 1
        known[-1] += seconds
        self.write_when_due()

    def did(self, task, outcome):
        self.jobs[task, outcome] += 1
        self.write_when_due()

    def write_when_due(self):
        if time.monotonic() - self.written_at >= EVERY:
            self.write()

    def write(self):
        """That the disk is full, or the folder gone, is another's to tell."""
        self.written_at = time.monotonic()
        with suppress(OSError):
            if self.file is None:
                folder().mkdir(parents=True, exist_ok=True)
                self.file = folder() / f"{os.getpid()}-{psutil.Process().create_time():.2f}.json"
            draft = self.file.with_suffix(".new")
            draft.write_text(json.dumps(self.told()))
            draft.replace(self.file)

    def told(self):
        return {
            "door": sorted(self.door.items()),
            "answers": [[*of, number] for of, number in sorted(self.answers.items())],
            "seconds": sorted(self.seconds.items()),
            "jobs": [[*of, number] for of, number in sorted(self.jobs.items())],
            "now": {name: measure() for name, measure in self.measures.items()},
        }


of_process = Counts()
os.register_at_fork(after_in_child=of_process.begin)


def kind_of(request):
    """What was asked for, as one of a bounded number of names: the views of readers by name, the newsroom as one."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        return "none"
    if match.namespaces and match.namespaces[0] in OF_READERS:
        return match.view_name
    return match.namespaces[0] if match.namespaces else match.url_name or "other"
