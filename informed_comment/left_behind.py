"""Jobs that a worker left in the middle, because it was killed or lost the database: another takes them up.

A job that is being done belongs to a worker by the queue's own table, and whoever waits for its lock waits for that job. So a
worker that is gone must be noticed. It is gone when its heartbeat has stood still for GONE seconds by our own clock, whatever the
clocks on the walls say; one that lives and is not heard of has ended itself before that (patient_queue.py). So no job is done by two.
"""

import contextlib
import logging
import threading
import time

from django.db import DatabaseError, IntegrityError, InterfaceError, connection, transaction

from informed_comment import clocks

logger = logging.getLogger(__name__)
LOOKS_EVERY = 2.0  # seconds
GONE = 20.0
MOST_TIMES = 12  # a job that ends its worker each time is given up
TOLD = "SELECT pg_notify('procrastinate_any_queue_v1', json_build_object('type', 'job_inserted', 'job_id', %s)::text)"


class Watch:
    """What one worker has seen of the others' heartbeats."""

    def __init__(self):
        self.seen = {}  # worker → (its last heartbeat, when that was first seen by our clock)

    def look(self):
        """Takes up what those left who are gone; how many jobs that were."""
        self.forget_the_gone(time.monotonic())
        return take_up()

    def forget_the_gone(self, now):
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, last_heartbeat FROM procrastinate_workers")
            self.seen = {worker: self.since(worker, beat, now) for worker, beat in cursor.fetchall()}
            for worker, (beat, since) in self.seen.items():
                if now - since >= GONE:
                    cursor.execute(
                        "DELETE FROM procrastinate_workers WHERE id = %s AND last_heartbeat = %s",
                        [worker, beat],
                    )

    def since(self, worker, beat, now):
        known = self.seen.get(worker)
        return known if known and known[0] == beat else (beat, now)


@transaction.atomic
def take_up():
    """Puts jobs that are being done by nobody back into the queue; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, task_name, attempts FROM procrastinate_jobs WHERE status = 'doing' AND worker_id IS NULL "
            "FOR UPDATE SKIP LOCKED"
        )
        left = cursor.fetchall()
        for job, task, attempts in left:
            if attempts >= MOST_TIMES:
                logger.error("Job %s (%s) ended its worker %s times and is given up.", job, task, attempts)
                cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [job])
            else:
                logger.warning("Job %s (%s) was left in the middle and is done again.", job, task)
                put_back(cursor, job)
    return len(left)


def put_back(cursor, job):
    """Where one with the same queueing lock waits already, that one does it."""
    try:
        with transaction.atomic():
            cursor.execute("SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", [job])
            cursor.execute(TOLD, [job])
    except IntegrityError:
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'aborted', false)", [job])


@contextlib.contextmanager
def beside():
    """Looks every few seconds in a thread of the worker's, for as long as it runs."""
    is_over = threading.Event()

    def keep_looking():
        watch = Watch()
        while not is_over.wait(LOOKS_EVERY):
            try:
                clocks.ask(connection)
                watch.look()
            except (DatabaseError, InterfaceError) as error:
                logger.warning("Jobs left behind cannot be looked for: %s", " ".join(str(error).split()))
                connection.close()
        connection.close()

    thread = threading.Thread(target=keep_looking, name="left behind", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(LOOKS_EVERY)
