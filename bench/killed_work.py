"""`python -m bench killed_work [KILLS] [WHICH] [SEED]`: each task a worker knows, killed with SIGKILL at random moments, and done again.

Six kills of each unless told, in one to three tries of a job; WHICH narrows it to tasks with that in their names. One site has something to
do for every task. A copy of it is worked on by nobody's disturbing, twice, and then by workers that are killed and whose job the next takes
up as it does in life. What stands in the tables and files afterwards has to be what the undisturbed left, and what differs between those
two (moments, random keys) counts for nothing. Mail to subscribers goes out once; mail of our own may come again, under its Message-ID.
Ends with exit code 1 where one is wrong.
"""

import asyncio
import contextlib
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

SITE, COPY = "bench_killed_site", "bench_killed_copy"
IN_A_ROW = (1, 1, 2, 3)
TOO_LONG = 900  # seconds for one worker


def main(kills=6, which="", seed=7):
    from bench.__main__ import set_up

    set_up()
    from django.conf import settings
    from django.db import connection

    from bench.killed_site import fill
    from bench.killed_tasks import kinds

    connection.settings_dict["TEST"]["NAME"] = SITE
    main_name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    wrong = []
    with tempfile.TemporaryDirectory(prefix="killed-", ignore_cleanup_errors=True) as folder:
        runs = Runs(Path(folder), main_name, random.Random(seed))
        for name, value in runs.settings().items():
            setattr(settings, name, value)
        state = fill()
        connection.close()
        for task, kind in kinds(state).items():
            if which in task:
                wrong += runs.tried(task, kind, kills)
    with runs.on(main_name), connection.cursor() as cursor:
        for name in (SITE, COPY):
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    print(f"{len(wrong)} of the tasks wrong: {', '.join(wrong) or 'none'}")
    return 1 if wrong else 0


class Runs:
    def __init__(self, folder, main_name, chance):
        self.folder, self.main_name, self.chance = folder, main_name, chance
        self.untouched = None
        self.made, self.media, self.mail = folder / "made", folder / "media", folder / "mail"

    def settings(self):
        """The site's files are made in one folder, of which each run has a copy."""
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return {
            "MEDIA_ROOT": self.made,
            "MAILERS": {"default": {"BACKEND": backend, "OPTIONS": {"file_path": str(self.mail)}}},
            "HOLD_SECONDS": 0,
            "SIGN_UPS_BURST": 10_000,
            "ADMINS": ["operator@example.org"],
            "CHECK_OUTGOING_LINKS": True,
            "NEWSLETTER_CONNECTIONS": 2,
        }

    @contextlib.contextmanager
    def on(self, name):
        from django.db import connection

        connection.close()
        connection.settings_dict["NAME"] = name
        yield
        connection.close()

    def anew(self):
        """The copy as the site was filled: tables, files, no mail."""
        from django.conf import settings
        from django.db import connection

        with self.on(self.main_name), connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {COPY} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {COPY} TEMPLATE {SITE}")
        for place in (self.media, self.mail):
            shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.made, self.media)
        settings.MEDIA_ROOT = self.media

    def tried(self, task, kind, kills):
        begun = time.monotonic()
        calm = [self.run(task, kind, 0)[0] for _ in range(2)]
        done, late, failed = 0, 0, [] if self.has_done_something(calm[0]) else ["it had nothing to do"]
        while done + late < 2 * kills and done < kills:
            in_a_row = min(self.chance.choice(IN_A_ROW), kills - done)
            found, died = self.run(task, kind, in_a_row)
            done, late = done + died, late + in_a_row - died
            failed += kind.differing(*calm, found)
        told = f"FAIL {failed[:3]}" if failed else "ok"
        print(
            f"{task:<44}{done:>3} kills, {late} too late, {time.monotonic() - begun:>4.0f} s  {told}",
            flush=True,
        )
        return [task] if failed else []

    def has_done_something(self, found):
        from bench.killed_state import everything

        if self.untouched is None:
            self.anew()
            with self.on(COPY):
                self.untouched = everything(self.media, self.mail)
        return any(found[part] != self.untouched[part] for part in self.untouched)

    def run(self, task, kind, kills):
        """(what is there at the end, how many workers died)."""
        from django.db import connection

        from bench.killed_state import everything
        from informed_comment import jobs, left_behind

        self.anew()
        died = 0
        with kind.around(), self.on(COPY):
            jobs.defer(task, **kind.arguments())
            for left in range(kills, -1, -1):
                connection.close()
                died += self.worked(self.chance.uniform(0, kind.seconds) if left else None, kind)
                with connection.cursor() as cursor:
                    cursor.execute("DELETE FROM procrastinate_workers")
                left_behind.take_up()
            return everything(self.media, self.mail), died

    def worked(self, dies_after, kind):
        """Whether the worker died: so many seconds after it began its first job. One that lives says how long its jobs took."""
        ours, theirs = os.pipe()
        child = os.fork()
        if not child:
            os.close(ours)
            work_and_end(theirs, dies_after)
        os.close(theirs)
        said = b""
        while piece := os.read(ours, 100):
            said += piece
        os.close(ours)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code not in (0, -signal.SIGKILL) or (code and dies_after is None):
            raise RuntimeError(f"a worker ended with {code}")
        if not code and said:
            kind.seconds = float(said)
        return code != 0


def work_and_end(pipe, dies_after):
    from procrastinate.contrib.django import app

    from informed_comment.management.commands import worker

    app.periodic_registry.periodic_tasks.clear()
    begun = []

    async def watched(proceed, context, _worker):
        if not begun and dies_after is not None:
            threading.Timer(dies_after, os.kill, (os.getpid(), signal.SIGKILL)).start()
        begun.append(time.monotonic())
        try:
            return await proceed()
        finally:
            begun.append(time.monotonic())

    worker.MANNERS["worker_middleware"].append(watched)
    signal.alarm(TOO_LONG)
    try:
        asyncio.run(worker.work(concurrency=1, once=True))
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        os._exit(1)
    if begun:
        os.write(pipe, f"{max(begun) - begun[0]:.6f}".encode())
    os._exit(0)
