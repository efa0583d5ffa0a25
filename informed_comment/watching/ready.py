"""Whether this process can serve readers, asked in a way that ends however the database behaves.

A database that hangs answers nobody, and whoever asks it hangs too. So one thread asks, never two, and whoever wants to
know waits for it PATIENCE seconds at most. While it hangs, the others are told so at once.
"""

import logging
import threading
import time

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections

from informed_comment import half_restored, replica, workers
from informed_comment.watching import keeping_watch, migrations, of_database, queue

PATIENCE = 1.5  # seconds
FRESH = 1.0  # seconds that an answer is good for
AWAY = {"database": "does not answer: look at PostgreSQL, and at DATABASE_URL"}
HANGS = {"database": "hangs: look at PostgreSQL, its disk and its memory"}
logger = logging.getLogger(__name__)


class Asked:
    """One question to the database at a time, for all who want to know."""

    def __init__(self, ask):
        self.ask = ask
        self.lock = threading.Lock()
        self.found, self.found_at = None, float("-inf")
        self.since = None  # when the question under way began
        self.is_answered = threading.Event()

    def answer(self):
        """What was found a moment ago or is found now; None while the database hangs."""
        now = time.monotonic()
        with self.lock:
            if now - self.found_at < FRESH:
                return self.found
            if self.since is None:
                self.since = now
                self.is_answered.clear()
                threading.Thread(target=self.run, name="ready", daemon=True).start()
            left = self.since + PATIENCE - now
        if left > 0 and self.is_answered.wait(left):
            return self.found
        return None

    def run(self):
        try:
            self.found = self.ask()
            self.found_at = time.monotonic()
        finally:
            with self.lock:
                self.since = None
            self.is_answered.set()
            for alias in list(connections.settings):
                connections[alias].close()


def parts():
    """Each part with what it says, as far as the database tells."""
    try:
        said = {"database": "ok", "migrations": migrations_say()}
        if said["migrations"] != "ok":  # what follows may ask for tables that are not there yet
            return said
        if half := half_restored.said():
            return said | {"restore": half}
        said["writes"] = of_database.writes.says()
        said["worker"], said["queue"] = worker_says(), queue_says()
        if replica_said := replica.says():
            said["replica"] = replica_said.partition(":")[0]
        said["lights"] = keeping_watch.summary()
    except (DatabaseError, InterfaceError) as error:
        logger.warning(
            "The database cannot be asked whether the site is ready: %s", " ".join(str(error).split())
        )
        connections[DEFAULT_DB_ALIAS].close()
        why = of_database.why_away()
        return {"database": why} if why else AWAY
    return said


def migrations_say():
    missing = migrations.missing()
    return "ok" if not missing else f"{len(missing)} not applied: run manage.py migrate"


def worker_says():
    """The newest heartbeat of any worker."""
    age = workers.heartbeat_age()
    if age is None:
        return {"status": "no worker has reported: start manage.py worker"}
    status = "silent: start manage.py worker" if age > workers.SILENT else "ok"
    return {"status": status, "heartbeat_age_seconds": round(age, 1)}


def queue_says():
    """Jobs that should have begun, and how long the oldest has waited; jobs that were given up."""
    tasks = queue.by_task()
    return {
        "waiting": sum(task.due for task in tasks),
        "oldest_age_seconds": round(max((task.age for task in tasks), default=0.0), 1),
        "failed": sum(task.failed for task in tasks),
    }


asked = Asked(parts)


def said():
    """(whether readers can be served, each part with what it says)."""
    found = asked.answer()
    found = HANGS if found is None else found
    able = found["database"] == "ok" and found["migrations"] == "ok" and "restore" not in found
    return able, {"status": "ok" if able else "unable", **found}
