"""Proving a move: every address of an export, sitemap or log is asked for, and what answers is compared."""

import csv
import time
from collections import Counter
from itertools import batched

from informed_comment.spreadsheets import safe
from wordpress.proof.asking import OverHttp, Within
from wordpress.proof.given import addresses
from wordpress.proof.judging import FAULTS, NOTES, judged

BATCH = 64
SAMPLES = 8
COLUMNS = str.split("address file line hits status steps arrived fault note what")


def verify(files, *, site="", connections=4, has_files=False):
    """Yields an Answer for each address of the files; `site` is where the running site is, else it is asked within."""
    asking = OverHttp(site, connections=connections) if site else Within()
    try:
        for many in batched(addresses(files, has_files=has_files), BATCH, strict=False):
            yield from judged(asking, many)
    finally:
        asking.close()


class Report:
    """Counts what came of it as it comes, keeps samples, and writes every address into a list if there is one."""

    def __init__(self, list_file=None):
        self.began = time.monotonic()
        self.count = self.direct = self.hidden = 0
        self.kinds = Counter()
        self.samples = {}
        self.writer = csv.writer(list_file) if list_file else None
        if self.writer:
            self.writer.writerow(COLUMNS)

    def add(self, answer):
        wanted, page = answer.wanted, answer.page
        self.hidden += wanted.is_hidden
        if not wanted.is_hidden:
            self.count += 1
            self.direct += not page.steps and not answer.fault
        if kind := answer.fault or answer.note:
            self.kinds[kind] += 1
            samples = self.samples.setdefault(kind, [])
            if len(samples) < SAMPLES:
                samples.append(answer)
        if self.writer:
            row = (wanted.path, wanted.file, wanted.line, wanted.hits or "", page.status, page.steps)
            cells = (*row, page.arrived, answer.fault, answer.note, answer.told)
            self.writer.writerow([safe(cell) for cell in cells])

    @property
    def faults(self):
        return sum(count for kind, count in self.kinds.items() if kind in FAULTS)

    def lines(self):
        shown, lost = self.kinds["shown"], self.faults - self.kinds["shown"]
        if not self.count and not self.hidden:
            yield "The files hold no addresses that readers could have known."
            return
        good = self.count - lost
        yield (
            f"{good} of {self.count} addresses lead where they led: {self.direct} directly, the others by one redirect."
        )
        if self.hidden:
            yield f"{self.hidden - shown} of {self.hidden} addresses that readers must not see are closed to them."
        seconds = max(time.monotonic() - self.began, 0.001)
        yield f"{(self.count + self.hidden) / seconds:.0f} addresses a second."
        for kind, words in (FAULTS | NOTES).items():
            if count := self.kinds[kind]:
                yield f"{words} ({count}):"
                yield from (f"  {line_of(answer)}" for answer in self.samples[kind])
                if count > SAMPLES:
                    yield f"  … and {count - SAMPLES} more; --list FILE.csv names them all"


def line_of(answer):
    wanted = answer.wanted
    hits = f", asked for {wanted.hits} times" if wanted.hits else ""
    return f"{wanted.file} line {wanted.line}{hits}: {wanted.path} {answer.told}"
