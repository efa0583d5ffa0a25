"""What is left of everything that was acknowledged in the fault run."""

import os
import sys
import time
from collections import Counter


class Checks:
    def __init__(self, run):
        from django.db import connection

        connection.close()
        self.run, self.failures = run, 0

    def settle(self, seconds):
        """Waits for the mailing to be over and for the queue to be empty of what is due."""
        from newsletter.models import Delivery

        until = time.monotonic() + seconds
        left = Delivery.objects.filter(mailing_id=self.run.made.mailing, state__in=["pending", "sending"])
        due = (
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' OR (status = 'todo' "
            "AND queue_name IN ('mail', 'images') AND (scheduled_at IS NULL OR scheduled_at < now()))"
        )
        waits = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND task_name = 'newsletter.send_confirmation'"
        while time.monotonic() < until:
            if (
                not left.exists()
                and not self.run.site.database.ask(due)[0][0]
                and not self.run.site.database.ask(waits)[0][0]
            ):
                break
            time.sleep(1)

    def line(self, name, found, is_ok, why=""):
        self.failures += not is_ok
        print(f"{name:<52}{found:>26}  {'ok' if is_ok else 'FAIL'} {why}", flush=True)

    def told(self):
        print()
        self.readers()
        self.recoveries()
        self.texts()
        self.people()
        self.mail()
        self.jobs()
        print(f"load {os.getloadavg()[0]:.1f}")
        return 1 if self.failures else 0

    def readers(self):
        for reader in self.run.readers:
            found = f"{reader.asked:,} asked, {len(reader.wrong)} wrong"
            self.line(
                f"{reader.name_}",
                found,
                not reader.wrong,
                f"longest {reader.longest:.1f} s, {reader.slow} over 5 s",
            )
            for wrong in reader.wrong[:8]:
                print("      ", *wrong, file=sys.stderr)

    def recoveries(self):
        from bench.faults import RECOVERED

        for what in ("page", "save", "readyz"):
            longest = (
                max((took[what], name) for name, took in self.run.recoveries)
                if self.run.recoveries
                else (0, "")
            )
            found = f"{len(self.run.recoveries)} faults, at most {longest[0]:.1f} s"
            self.line(
                f"recovery: {what}",
                found,
                longest[0] < RECOVERED + self.run.at_rest[what],
                f"{longest[1]}; at rest {self.run.at_rest[what]:.1f} s",
            )

    def kept(self, kind, is_there):
        said = self.run.deeds.acknowledged[kind]
        lost = [what for what in said if not is_there(what)]
        self.line(
            f"{kind}: acknowledged and there",
            f"{len(said):,}, {len(lost)} lost",
            not lost,
            str(lost[:2]) if lost else "",
        )

    def texts(self):
        from django.core.files.storage import default_storage

        from images.models import Image
        from posts.models import Autosave, Post, Revision

        states = " ".join(
            str(state)
            for state in Revision.objects.filter(post__slug__startswith="a-post-").values_list(
                "state", flat=True
            )
        )
        states += " ".join(Post.objects.filter(slug__startswith="a-post-").values_list("body", flat=True))
        self.kept("save", lambda what: what["mark"] in states)
        public = set(Post.objects.published().values_list("pk", flat=True))
        self.kept("publish", lambda what: what["post"] in public)
        texts = dict(Autosave.objects.values_list("pk", "text"))
        self.kept("autosave", lambda what: what["mark"] in texts.get(what["row"], ""))
        files = dict(Image.objects.values_list("pk", "file"))
        self.kept(
            "upload", lambda what: what["image"] in files and default_storage.exists(files[what["image"]])
        )
        failed = sum((editor.failed for editor in self.run.editors), Counter())
        print(f"editors were refused, and told so: {dict(failed)} of {dict(self.run.deeds.tried)}")

    def people(self):
        from newsletter.models import Subscriber

        states = dict(Subscriber.objects.values_list("key", "state"))
        mailed = {to for to, _ in self.run.sink.links}
        self.kept("sign_up", lambda what: what["address"] in states)
        self.kept("confirm", lambda what: states.get(what["address"]) == "active")
        asked = [what["address"] for what in self.run.deeds.acknowledged["sign_up"]]
        waiting = [address for address in asked if address not in mailed]
        self.line(
            "sign-ups whose mail came",
            f"{len(asked) - len(waiting):,} of {len(asked):,}",
            not waiting,
            str(waiting[:2]) if waiting else "",
        )
        print(f"refused, and told so: {dict(self.run.signer.failed)}")

    def mail(self):
        from newsletter.models import Mailing

        taken = self.run.sink.taken
        mailing = Mailing.objects.get(pk=self.run.made.mailing)
        by_state = {}
        for state, address in mailing.deliveries.values_list("state", "subscriber__email"):
            by_state.setdefault(state, set()).add(address)
        counts = {state: len(found) for state, found in by_state.items()}
        sent, unknown = by_state.get("sent", set()), by_state.get("unknown", set())
        ours = {address: n for address, n in taken.items() if address.startswith("reader")}
        self.line(
            "deliveries",
            str(counts)[1:-1],
            sum(counts.values()) == mailing.audience,
            f"of {mailing.audience:,}",
        )
        twice = sum(n > 1 for n in ours.values())
        self.line("mails sent twice", str(twice), not twice)
        self.line("sent, and never taken by the mail server", str(len(sent - set(ours))), sent <= set(ours))
        stray = set(ours) - sent - unknown
        self.line("taken, and neither sent nor unknown", str(len(stray)), not stray)
        self.line(
            "looks at which the ledger did not add up", str(len(self.run.wrong_sums)), not self.run.wrong_sums
        )

    def jobs(self):
        from bench.faults import SETTLES

        ask = self.run.site.database.ask
        doing = ask(
            "SELECT task_name, count(*) FROM procrastinate_jobs j WHERE status = 'doing' AND NOT EXISTS (SELECT FROM procrastinate_workers w "
            "WHERE w.id = j.worker_id AND w.last_heartbeat > now() - interval '30 s') GROUP BY 1"
        )
        self.line(
            "jobs that nobody does and nobody takes up",
            str(len(doing)),
            not doing,
            str(doing) if doing else "",
        )
        failed = ask("SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed' GROUP BY 1")
        self.line(
            "jobs that failed for good",
            str(len(failed)),
            not failed,
            str(failed) if failed else f"after {SETTLES} s at most",
        )
