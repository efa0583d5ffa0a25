"""`manage.py worker`: the background work of the site."""

import asyncio
import contextlib

from django.core.management.base import BaseCommand
from django.db import connection
from procrastinate.contrib.django import app

from informed_comment import poolers, purging
from informed_comment.watching import working

GRACE = 8  # seconds for running jobs to end after SIGTERM; platforms kill after ten


class Command(BaseCommand):
    help = "Does all background work until SIGTERM or SIGINT: any number of workers may run."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--concurrency", type=int, default=1, help="jobs at the same time (default: 1)")
        parser.add_argument("--once", action="store_true", help="stop when no job is waiting")

    def handle(self, *args, **options):
        poolers.refuse(connection)
        with contextlib.nullcontext() if options["once"] else purging.beside():
            asyncio.run(work(concurrency=options["concurrency"], once=options["once"]))


async def work(*, concurrency, once):
    """Take jobs from every queue as they come (LISTEN/NOTIFY) and let running ones finish at the end."""
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        async with worker.open_async():
            await worker.run_worker_async(
                concurrency=concurrency,
                wait=not once,
                shutdown_graceful_timeout=GRACE,
                worker_middleware=[working.names_jobs],
            )
