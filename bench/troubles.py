"""`python -m bench troubles [SECONDS] [NAME…]`: full, slow and wrong: what a site goes through, one trouble after the other.

Each lasts half a minute unless told, while readers, editors and people who sign up are there and a mailing goes out: full disks (of
PostgreSQL, of VAR_DIR), a full or silent Valkey, no connection left, a mail server that drips, hangs or hangs up, clocks that step, a
database that hangs or is read-only. Of each it is told what readers met, what the editor read, what /readyz and the status page said,
what the log says, and how long a page, a save and /readyz took to be well again. At the end everything that was acknowledged is looked for.
Needs to be root, for small file systems; clocks need a C compiler. Readers' errors that no missing
database explains, losses, mails sent twice and recoveries of more than 5 s end it with exit code 1.
"""

import os
import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from bench.faults import RECOVERED, SETTINGS, Run, prepare

SETTLES = 120  # seconds for the mailing and the queue to come to their end
REST = 6  # seconds between two troubles


def main(seconds=30, *names):
    if not isinstance(seconds, int):
        seconds, names = 30, (seconds, *names)
    from bench.trouble_kinds import KINDS
    from bench.trouble_mail import Sink
    from bench.trouble_site import TroubleSite

    chosen = {name: kind for name, kind in KINDS.items() if not names or name in names}
    if unknown := set(names) - set(KINDS):
        return f"There is no trouble of the name {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}."
    made = SimpleNamespace()
    pace = 4000 / (len(chosen) * (seconds + 20) + 60)
    has_clocks = any(name.startswith("clock") for name in chosen)
    settings = SETTINGS | {"NEWSLETTER_PER_SECOND": f"{pace:.2f}"}
    site = TroubleSite(lambda site: prepare(made), port=8147, has_clocks=has_clocks, **settings)
    from bench.fault_people import Deeds

    with site:
        sink = Sink(site.mail_port)
        print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, {seconds} s each", flush=True)
        run = Troubled(site, sink, Deeds(Path(site.folder, "acknowledged.jsonl")), made, seconds, chosen)
        run.go()
        return run.told()


class Troubled(Run):
    """The people of the faults, with an editor who remembers what was said to them."""

    def __init__(self, site, sink, deeds, made, seconds, chosen):
        self.lasts, self.chosen, self.rows, self.problems = seconds, chosen, [], []
        super().__init__(
            site, sink, deeds, made, len(chosen) * (seconds + REST + 6) / 60 + 1, random.Random(9)
        )

    def people(self):
        super().people()
        from bench.trouble_people import Listening

        made = self.made
        self.editors = [Listening(self, made.cookie, self.deeds, made.drafts[:250], made.picture)]
        self.watcher = Listening(self, made.cookie, self.deeds, made.drafts[-2:], made.picture)
        self.cached = self.readers[:2]

    def go(self):
        everybody = (*self.readers, *self.editors, self.signer)
        for person in everybody:
            person.start()
        time.sleep(8)
        self.at_rest = {what: self.until(well, time.monotonic()) for what, well in self.probes().items()}
        print(
            "at rest, s: " + "  ".join(f"{what} {took:.1f}" for what, took in self.at_rest.items()),
            flush=True,
        )
        for name, kind in self.chosen.items():
            self.undergo(name, kind)
            time.sleep(REST)
        self.is_over.set()
        for person in everybody:
            person.join(40)

    def scheduled(self, **ahead):
        """The address of a post that comes out so much later."""
        from tests.factories import make_post

        return make_post(authors=0, published_at=datetime.now(UTC) + timedelta(**ahead)).get_absolute_url()

    def undergo(self, name, kind):
        before = {reader: (reader.asked, len(reader.wrong)) for reader in self.readers}
        self.site.mark_logs()
        for listener in (*self.editors, self.watcher):
            listener.read.clear()
        seen = {}
        looks = threading.Thread(target=self.look, args=(seen, self.lasts * 0.7), daemon=True)
        with kind.trouble(self):
            looks.start()
            time.sleep(self.lasts)
        ended = time.monotonic()
        with ThreadPoolExecutor(3) as at_once:
            waits = {what: at_once.submit(self.until, well, ended) for what, well in self.probes().items()}
        took = {what: wait.result() for what, wait in waits.items()}
        looks.join(30)
        wrong = {
            reader: reader.wrong[before[reader][1] :]
            for reader in self.readers
            if reader.wrong[before[reader][1] :]
        }
        self.tell(name, kind, took, wrong, before, seen)

    def look(self, seen, after):
        """What whoever watches is told while it lasts."""
        time.sleep(after)
        seen["readyz"] = self.watcher.ready()
        seen["status"] = self.watcher.status()

    def tell(self, name, kind, took, wrong, before, seen):
        bad = [one for reader, ones in wrong.items() for one in ones if not kind.excuses(self, reader, one)]
        late = {what: took[what] for what in took if took[what] > RECOVERED + self.at_rest[what]}
        asked = sum(reader.asked - before[reader][0] for reader in self.readers)
        self.rows.append((name, bad, late))
        print(f"\n== {name}: {kind.__doc__ or ''}")
        print(f"readers   {asked:,} asked, {sum(map(len, wrong.values()))} not as usual, {len(bad)} errors")
        for reader, ones in wrong.items():
            print(
                f"          {len(ones)} of {reader.name_}: {sorted({one[2] for one in ones})}, as {ones[0]}"
            )
        print(
            "recovery  " + "  ".join(f"{what} {seconds:.1f} s" for what, seconds in took.items()), late or ""
        )
        for said, times in self.editors[0].read.most_common(6):
            print(f"editor    {times} × {said}")
        print(f"readyz    {seen.get('readyz')}")
        for line in seen.get("status", ()):
            print(f"status    {line}")
        for said, times in self.site.said_since().most_common(9):
            print(f"log       {times} × {said}")
        sys.stdout.flush()

    def told(self):
        from bench.fault_checks import Checks

        checks = Checks(self)
        checks.settle(SETTLES)
        print()
        for name, bad, late in self.rows:
            checks.line(name, f"{len(bad)} errors", not bad and not late, f"{bad[:3]} {late or ''}")
        checks.line(
            "what was scheduled came in time",
            f"{len(self.problems)} did not",
            not self.problems,
            str(self.problems),
        )
        checks.texts()
        checks.people()
        checks.mail()
        checks.jobs()
        own = self.sink.own_mails_twice()
        checks.line("letters of our own that came twice", str(len(own)), not own, str(own[:3]))
        print(f"load {os.getloadavg()[0]:.1f}")
        return 1 if checks.failures else 0
