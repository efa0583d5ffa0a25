"""`manage.py worker`: the background work of the site."""

import asyncio
import contextlib
import logging
import threading
import time

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection
from procrastinate import signals
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from informed_comment import left_behind, patient_queue, poolers, purging, trying_again
from informed_comment.watching import working

logger = logging.getLogger(__name__)
GRACE = 8  # seconds for running jobs to end after SIGTERM; platforms kill after ten
NEVER = 10**9  # seconds: who is gone is left_behind's to say
WAITS = 1  # seconds between two tries to reach the database


class Command(BaseCommand):
    help = "Does all background work until SIGTERM or SIGINT: any number of workers may run."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--concurrency", type=int, default=1, help="jobs at the same time (default: 1)")
        parser.add_argument("--once", action="store_true", help="stop when no job is waiting")

    def handle(self, *args, **options):
        if options["once"]:
            poolers.refuse(connection)
            asyncio.run(work(concurrency=options["concurrency"], once=True))
        else:
            wait_for_the_database()
            with left_behind.beside(), purging.beside():
                go_on(options["concurrency"])


def wait_for_the_database():
    """To end and be started anew would bring a worker that starts too early no sooner to its work."""
    is_news = True
    while True:
        try:
            return poolers.refuse(connection)
        except (OperationalError, InterfaceError) as error:
            if is_news:
                logger.error("The worker waits for the database: %s", " ".join(str(error).split()))
            is_news = False
            connection.close()
            time.sleep(WAITS)


def go_on(concurrency):
    """Works until told to stop. When the queue is lost the process ends with an error, to be started anew."""
    asked, why = threading.Event(), "The connection to the queue was lost."
    try:
        asyncio.run(work(concurrency=concurrency, once=False, asked=asked))
    except ConnectorException as error:
        why = f"The queue was lost: {' '.join(str(error.__cause__ or error).split())}"
    if not asked.is_set():
        patient_queue.end(why)


async def work(*, concurrency, once, asked=None):
    """Take jobs from every queue as they come (LISTEN/NOTIFY) and let running ones finish at the end."""
    trying_again.whatever_the_task()
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.job_manager = patient_queue.PatientQueue(worker.connector)
        async with worker.open_async():
            running = asyncio.ensure_future(
                worker.run_worker_async(
                    concurrency=concurrency,
                    wait=not once,
                    shutdown_graceful_timeout=GRACE,
                    worker_middleware=[working.names_jobs],
                    install_signal_handlers=asked is None,
                    update_heartbeat_interval=patient_queue.HEARTBEAT_EVERY,
                    stalled_worker_timeout=NEVER,
                )
            )
            if asked is None:
                await running
            else:
                with patient_queue.guarded(worker.job_manager), told_to_stop(running, asked):
                    await running


@contextlib.contextmanager
def told_to_stop(running, asked):
    """SIGTERM and SIGINT end the work in good order, and it is known that they did."""

    def stop():
        asked.set()
        running.cancel()

    with signals.on_stop(stop), contextlib.suppress(asyncio.CancelledError):
        yield
