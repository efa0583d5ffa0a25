#!/usr/bin/env python
"""The developer's door: Django's commands, with the embedded PostgreSQL when DATABASE_URL is not set."""

import os
import sys

from informed_comment import postgres

WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "startapp",
}


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "informed_comment.settings")
    if postgres.is_wanted():
        try:
            provide_database(sys.argv[1:])
        except postgres.PostgresError as error:
            sys.exit(f"informed-comment: {error}")

    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        end_with(error, "")
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None):  # it answered, so it can be reached
            raise
        end_with(error, "the database does not answer; start it, or mend DATABASE_URL. ")


def end_with(error, cure):
    """One line for the operator, who can mend this; the whole story for whoever asks with --traceback."""
    if "--traceback" in sys.argv:
        raise error
    sys.exit(f"informed-comment: {cure}{' '.join(str(error).split())}")


def provide_database(arguments):
    """Start the embedded server for commands that ask it anything; the others only get its address."""
    if not arguments or arguments[0] in WITHOUT_DATABASE or {"-h", "--help", "--version"} & set(arguments):
        postgres.set_database_url()
    else:
        postgres.ensure_running()


if __name__ == "__main__":
    main()
