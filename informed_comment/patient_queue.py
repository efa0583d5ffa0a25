"""The queue as a worker sees it, when the database fails between two words of theirs.

procrastinate writes once what became of a job. Were that lost, the job would be "being done" for as long as its worker lives, and
everything that shares its lock would wait. So it is said until it is heard; and a worker that is not heard of ends by itself.
"""

import asyncio
import contextlib
import logging
import os
import threading
import time

from django.utils import timezone
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from informed_comment import clocks

logger = logging.getLogger(__name__)
HEARTBEAT_EVERY = 3.0  # seconds
ENDS = (
    12.0  # seconds without a heartbeat that arrived; others take the worker for gone later (left_behind.GONE)
)
AGAIN_AFTER = 0.5  # seconds
CODE = 75  # the exit code: try again
SAID_ALREADY = "P0001"  # raised by the queue's own functions: the job is no longer being done


class PatientQueue(JobManager):
    def __init__(self, connector):
        super().__init__(connector)
        self.heard_at = {}  # worker → when its last heartbeat arrived, by a clock that never jumps

    async def register_worker(self):
        worker = await super().register_worker()
        self.heard_at[worker] = time.monotonic()
        return worker

    async def update_heartbeat(self, worker_id):
        begun = time.monotonic()
        await until_heard(super().update_heartbeat, worker_id)
        self.heard_at[worker_id] = begun

    async def unregister_worker(self, worker_id):
        await super().unregister_worker(worker_id)
        del self.heard_at[worker_id]

    async def finish_job(self, job, status, delete_job):
        await until_heard(super().finish_job, job, status, delete_job)

    async def retry_job(self, job, **how):
        """By the clock that the queue goes by. Where one with the same queueing lock waits already, that one does it."""
        how["retry_at"] = (how.get("retry_at") or timezone.now()) + (clocks.theirs() - timezone.now())
        try:
            await until_heard(super().retry_job, job, **how)
        except UniqueViolation:
            await self.finish_job(job, Status.ABORTED, delete_job=False)


async def until_heard(say, *arguments, **how):
    """The guard below ends the process should that be never."""
    while True:
        try:
            return await say(*arguments, **how)
        except UniqueViolation:
            raise
        except ConnectorException as error:
            if getattr(error.__cause__, "sqlstate", None) == SAID_ALREADY:
                return None
            await asyncio.sleep(AGAIN_AFTER)


@contextlib.contextmanager
def guarded(queue):
    """Ends the process at once when its heartbeat no longer arrives: whatever it is doing, another will do."""
    is_over = threading.Event()

    def watch():
        while not is_over.wait(1):
            if time.monotonic() - min(queue.heard_at.values(), default=time.monotonic()) > ENDS:
                end(f"The queue has not heard of this worker for {ENDS:.0f} seconds.")

    threading.Thread(target=watch, name="guard", daemon=True).start()
    try:
        yield
    finally:
        is_over.set()


def end(why):
    """A job that hangs would hold up an end in good order."""
    logger.error("%s The worker ends, to be started anew.", why)
    logging.shutdown()
    os._exit(CODE)
