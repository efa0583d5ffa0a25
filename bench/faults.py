"""`python -m bench faults [MINUTES] [SEED]`: readers, editors and people who sign up at a site whose parts are killed at random.

Ten minutes unless told. A fault begins every few seconds: PostgreSQL killed with SIGKILL, one of its sessions killed, stopped at
once, started anew, or paused; Valkey killed or paused; a web server killed, ended or begun anew; a worker killed; a mail server
that is slow or gone. After each it is timed until an uncached page, a save and /readyz are well again, beside what each takes at rest.
At the end everything that was acknowledged is looked for. Readers' errors, losses, mails sent twice and recoveries of more than 5 s
beyond that end it with exit code 1.
"""

import itertools
import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

MAILED, POSTS, DRAFTS = 4000, 1500, 400
RECOVERED, EVERY = 5.0, (4, 9)  # seconds
SETTLES = 150  # seconds for the mailing and the queue to come to their end
SETTINGS = {
    "SIGN_UPS_PER_NETWORK": "1000000", "SIGN_UPS_PER_HOUR": "1000000", "SIGN_UPS_BURST": "1000000",
    "SIGN_UPS_PER_DOMAIN": "1000000", "SEARCHES_PER_NETWORK": "1000000", "MISSES_PER_NETWORK": "1000000",
    "HOLD_SECONDS": "0", "CHECK_OUTGOING_LINKS": "0", "PUBLISH_CHECKS": '{"alt": "off"}',
}  # fmt: skip


def main(minutes=10, seed=9):
    from bench.fault_site import FaultSite

    made = SimpleNamespace()
    pace = MAILED / (float(minutes) * 60 * 0.8)
    site = FaultSite(lambda site: prepare(made), port=8117, NEWSLETTER_PER_SECOND=f"{pace:.2f}", **SETTINGS)
    from bench.fault_checks import Checks
    from bench.fault_mail import Sink
    from bench.fault_people import Deeds

    sink = Sink(site.mail_port)
    deeds = Deeds(Path(site.folder, "acknowledged.jsonl"))
    with site:
        print(
            f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, seed {seed}, {minutes} minutes",
            flush=True,
        )
        run = Run(site, sink, deeds, made, float(minutes), random.Random(seed))
        run.go()
        checks = Checks(run)
        checks.settle(SETTLES)
        return checks.told()


def prepare(made):
    """Rows of a made publication, drafts, subscribers, a mailing that goes out, and an editor who is signed in."""
    from bench.__main__ import set_up

    set_up()
    from django.db import connection
    from django.test import Client

    from bench import content, mailing
    from posts.models import Post
    from tests.factories import make_picture, make_user

    content.make(POSTS)
    made.unread = list(Post.objects.published().order_by("pk").values_list("permalink", flat=True))
    Post.objects.bulk_create(Post(title=f"Draft {n}", body="<p>Text.</p>") for n in range(DRAFTS))
    made.drafts = list(
        Post.objects.filter(title__startswith="Draft ").order_by("pk").values_list("pk", flat=True)
    )
    mailing.fill(MAILED)
    made.mailing = mailing.queued("faults").pk
    client = Client()
    client.force_login(make_user(group="Editor", is_superuser=True))
    session = client.session
    session["second_step"] = "totp"  # as after a sign-in that showed one
    session.save()
    made.cookie = client.cookies["sessionid"].value
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")  # else going through the log again would take as long as making all this
    made.picture = lambda n: make_picture(600 + n % 500, 400 + n // 500)


class Run:
    """The people, and the faults that come upon them."""

    def __init__(self, site, sink, deeds, made, minutes, chance):
        self.site, self.sink, self.deeds, self.made, self.chance = site, sink, deeds, made, chance
        self.port, self.address, self.seconds = site.port, site.address, minutes * 60
        self.is_over, self.begun = threading.Event(), time.monotonic()
        self.recoveries, self.unread = [], iter(made.unread[200:])
        self.wrong_sums = []
        self.people()

    def now(self):
        return round(time.monotonic() - self.begun, 1)

    def people(self):
        from bench.fault_people import Editor, Reader, Subscriber

        made, count = self.made, itertools.count
        kept = itertools.cycle(["/", "/feed/", "/archives/", "/feed/json/", *made.unread[:30]])
        words = (f"/search/?q=water+{n}" for n in count())
        gone = (f"/no-such-{n}/" for n in count())
        pause = max(
            0.15, 1.25 * self.seconds / len(made.unread[200:])
        )  # so that they last to the end, with some left for probes
        deep = itertools.cycle(f"/category/section-{s}/page/{p}/" for p in range(2, 9) for s in range(1, 5))
        self.readers = [
            Reader(self, "pages asked for again", kept),
            Reader(self, "pages asked for again, the others", itertools.cycle(["/", *made.unread[5:25]])),
            Reader(self, "posts nobody asked for yet", self.unread, pause=pause),
            Reader(self, "searches nobody asked for yet", words, pause=0.15),
            Reader(self, "lists", deep, pause=0.1),
            Reader(self, "pages that are not there", gone, right=404, pause=0.15),
            Reader(self, "beacons", itertools.repeat("/read/"), right=204, pause=0.1, body=lambda: "post=3"),
        ]
        third = len(made.drafts) // 3
        self.editors = [
            Editor(self, made.cookie, self.deeds, made.drafts[n * third : (n + 1) * third], made.picture)
            for n in (0, 1)
        ]
        self.editors[1].number = 300_000
        self.probers = [
            Editor(self, made.cookie, self.deeds, made.drafts[2 * third :], made.picture) for _ in range(3)
        ]
        self.signer = Subscriber(self, self.deeds, self.sink)

    def go(self):
        for person in (*self.readers, *self.editors, self.signer):
            person.start()
        watch = threading.Thread(target=self.watch_the_ledger, daemon=True)
        watch.start()
        time.sleep(5)
        self.at_rest = {what: self.until(well, time.monotonic()) for what, well in self.probes().items()}
        print(
            "at rest, s: " + "  ".join(f"{what} {seconds:.1f}" for what, seconds in self.at_rest.items()),
            flush=True,
        )
        while self.now() < self.seconds - 15:
            self.trouble()
            time.sleep(self.chance.uniform(*EVERY))
        time.sleep(5)
        self.is_over.set()
        for person in (*self.readers, *self.editors, self.signer):
            person.join(40)

    def watch_the_ledger(self):
        import psycopg

        audience = f"SELECT audience, (SELECT count(*) FROM newsletter_delivery WHERE mailing_id = m.id) FROM newsletter_mailing m WHERE id = {self.made.mailing}"
        while not self.is_over.wait(0.5):
            try:
                ((wanted, found),) = self.site.database.ask(audience)
                if wanted != found:
                    self.wrong_sums.append((self.now(), wanted, found))
            except psycopg.Error:
                pass

    def trouble(self):
        from bench.fault_kinds import KINDS

        name, deed = self.chance.choice(KINDS)
        at, begun = self.now(), time.monotonic()
        deed(self)
        lasted, ended = time.monotonic() - begun, time.monotonic()
        with ThreadPoolExecutor(3) as at_once:
            waits = {what: at_once.submit(self.until, well, ended) for what, well in self.probes().items()}
        took = {what: wait.result() for what, wait in waits.items()}
        self.recoveries.append((name, took))
        cells = "  ".join(f"{what} {seconds:.1f}" for what, seconds in took.items())
        print(f"{at:>7.1f} s  {name:<34} lasted {lasted:>4.1f} s; well again after, s: {cells}", flush=True)

    def probes(self):
        page, save, ready = self.probers
        return {
            "page": lambda: page.ask(f"/search/?q=probe+{time.monotonic_ns()}")[0] == 200,
            "save": lambda: save.save(f"probe-{time.monotonic_ns()}"),
            "readyz": lambda: ready.ask("/readyz")[0] == 200,
        }

    @staticmethod
    def until(well, since):
        while not well():
            if time.monotonic() - since > 60:
                return 60.0
            time.sleep(0.05)
        return time.monotonic() - since
