"""`manage.py worker`: the background work of the site."""

import asyncio
import contextlib
import logging
import threading
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, connection
from procrastinate import PsycopgConnector, signals
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params

from informed_comment import (
    clocks,
    half_restored,
    left_behind,
    patient_queue,
    periodic_jobs,
    poolers,
    purging,
    trying_again,
)
from informed_comment.watching import working

logger = logging.getLogger(__name__)
GRACE = 8  # seconds for running jobs to end after SIGTERM; platforms kill after ten
NEVER = 10**9  # seconds: who is gone is left_behind's to say
WAITS = 1  # seconds between two tries to reach the database
MAIL = "mail"  # the queue of all that speaks with a mail server
MANNERS = {
    "shutdown_graceful_timeout": GRACE,
    "worker_middleware": [working.names_jobs],
    "update_heartbeat_interval": patient_queue.HEARTBEAT_EVERY,
    "stalled_worker_timeout": NEVER,
}


class Command(BaseCommand):
    help = "Does all background work until SIGTERM or SIGINT: any number of workers may run."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument(
            "--concurrency", type=int, default=1, help="jobs at the same time, beside mail (default: 1)"
        )
        parser.add_argument("--once", action="store_true", help="stop when no job is waiting")

    def handle(self, *args, **options):
        if options["once"]:
            poolers.refuse(connection)
            if half := half_restored.said():
                raise CommandError(half)
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
            poolers.refuse(connection)
            why = half_restored.said()
            if not why:
                return clocks.ask(connection)
        except (OperationalError, InterfaceError) as error:
            why = f"The worker waits for the database: {' '.join(str(error).split())}"
        if is_news:
            logger.error("%s", why)
        is_news = False
        connection.close()
        time.sleep(WAITS)


def go_on(concurrency):
    """Works until told to stop. When the queue is lost the process ends with an error, to be started anew."""
    asked = threading.Event()
    asyncio.run(keep_at_work(concurrency, asked))


async def keep_at_work(concurrency, asked):
    """Mail has places of its own: a mail server that lets us wait holds up no other work."""
    others = sorted({task.queue for task in app.tasks.values()} - {MAIL})
    places = {(MAIL,): settings.NEWSLETTER_CONNECTIONS + concurrency, tuple(others): concurrency}
    async with opened() as worker:
        running = [
            asyncio.ensure_future(
                worker.run_worker_async(
                    queues=list(queues), concurrency=many, install_signal_handlers=False, **MANNERS
                )
            )
            for queues, many in places.items()
        ]

        def stop():
            asked.set()
            for one in running:
                one.cancel()

        with patient_queue.guarded(worker.job_manager), signals.on_stop(stop):
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            if not asked.is_set():
                patient_queue.end(why(*done))
            await asyncio.gather(*running, return_exceptions=True)


def why(task, *_):
    """Why the work ended though nobody asked."""
    error = None if task.cancelled() else task.exception()
    if error is None:
        return "The connection to the queue was lost."
    return f"The queue was lost: {' '.join(str(error.__cause__ or error).split())}"


async def work(*, concurrency, once):
    """Take jobs from every queue as they come (LISTEN/NOTIFY) and let running ones finish at the end."""
    async with opened() as worker:
        await worker.run_worker_async(concurrency=concurrency, wait=not once, **MANNERS)


@contextlib.asynccontextmanager
async def opened():
    trying_again.whatever_the_task()
    periodic_jobs.keep_steady()
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=4, reconnect_timeout=1)
    with app.replace_connector(connector) as worker:
        worker.job_manager = patient_queue.PatientQueue(worker.connector)
        async with worker.open_async():
            yield worker
