"""`manage.py prepare`: everything between an empty database and a site that can be served."""

import os
import signal
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands
from django.core.management.base import BaseCommand
from procrastinate.contrib.django.utils import connector_params

from informed_comment import half_restored
from informed_comment.poolers import FOUND


class Command(BaseCommand):
    help = "Applies migrations, fills an empty site with the demo publication, makes the first user."
    requires_system_checks = ()  # some ask the database

    def handle(self, *args, **options):
        if os.getpgrp() == os.getpid():
            signal.signal(signal.SIGTERM, end_group)
        with only_one():
            if half := half_restored.said():
                raise CommandError(half)
            self.check()
            self.prepare()

    def prepare(self):
        call_command("migrate", interactive=False, verbosity=0)
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0)
        if "create_demo" in get_commands():
            call_command("create_demo")
        call_command("create_first_user")


def end_group(_number, _frame):
    """Told to stop, take along the processes that draw the demo's pictures: left alone they would wait for ever."""
    os.killpg(0, signal.SIGKILL)


@contextmanager
def only_one():
    """Wait while another process prepares the same database.

    Asks without the pool, which would try for half a minute to reach a database that is not there.
    """
    try:
        guard = psycopg.connect(**connector_params() | {"connect_timeout": 5, "autocommit": True})
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise CommandError(
            f"the database does not answer; start it, or mend DATABASE_URL. {reason}"
        ) from error
    with guard:
        if guard.execute("SELECT pg_backend_pid()").fetchone()[0] != guard.info.backend_pid:
            raise CommandError(FOUND)
        guard.execute("SELECT pg_advisory_lock(hashtext('informed_comment prepare'))")
        yield
