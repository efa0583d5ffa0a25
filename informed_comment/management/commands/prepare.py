"""`manage.py prepare`: everything between an empty database and a site that can be served."""

import os
import signal

import psycopg
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands
from django.core.management.base import BaseCommand
from procrastinate.contrib.django.utils import connector_params


class Command(BaseCommand):
    help = "Applies migrations, fills an empty site with the demo publication, makes the first user."
    requires_system_checks = ()  # some ask the database

    def handle(self, *args, **options):
        if os.getpgrp() == os.getpid():
            signal.signal(signal.SIGTERM, end_group)
        check_database()
        self.check()
        call_command("migrate", interactive=False, verbosity=0)
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0)
        if "create_demo" in get_commands():
            call_command("create_demo")
        call_command("create_first_user")


def end_group(_number, _frame):
    """Told to stop, take along the processes that draw the demo's pictures: left alone they would wait for ever."""
    os.killpg(0, signal.SIGKILL)


def check_database():
    """Ask the database for an answer, without the pool, which would try for half a minute."""
    try:
        psycopg.connect(**connector_params() | {"connect_timeout": 5}).close()
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise CommandError(
            f"the database does not answer; start it, or mend DATABASE_URL. {reason}"
        ) from error
