"""`manage.py backup FILE`: the whole site, database and files, in one file that has been read again."""

import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from informed_comment import audit
from informed_comment.backups import making, nightly
from informed_comment.backups.packing import recipients_of
from informed_comment.backups.telling import Progress, size_of, summary
from informed_comment.backups.trouble import Trouble


class Command(BaseCommand):
    help = "Makes a backup of the whole site, database and files, and reads it again to prove it."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument(
            "file", nargs="?", type=Path, help="where to; - is the standard output, and is not read again"
        )
        parser.add_argument(
            "--recipient",
            action="append",
            help="a public key of age to encrypt it for (default: BACKUP_AGE_RECIPIENTS); may be given again",
        )
        parser.add_argument(
            "--not-encrypted", action="store_true", help="for once, whatever the settings say"
        )
        parser.add_argument(
            "--nightly",
            action="store_true",
            help="what the worker makes each night, now: where, how many and for whom the settings say",
        )

    def handle(self, *args, **options):
        with ends_tidily(), Progress(self.stderr) as progress:
            try:
                told = self.made(options, progress)
            except Trouble as trouble:
                raise CommandError(str(trouble)) from trouble
        (self.stderr if options["file"] == Path("-") else self.stdout).write(told)

    def made(self, options, progress):
        if options["nightly"]:
            os.nice(10)
            run = nightly.run(say=progress)
            return (
                f"{run.name}, {size_of(run.size)}, in {run.where}; read again and found right."
                if run
                else nightly.BUSY
            )
        if options["file"] is None:
            raise CommandError("Name the file to write, or --nightly.")
        recipients = (
            () if options["not_encrypted"] else options["recipient"] or settings.BACKUP_AGE_RECIPIENTS
        )
        recipients = recipients_of(
            recipients, setting="--recipient" if options["recipient"] else "BACKUP_AGE_RECIPIENTS"
        )
        if options["file"] == Path("-"):
            made = making.write(sys.stdout.buffer, recipients=recipients, say=progress)
            return f"{summary(made)} It was not read again."
        path = options["file"].absolute()
        made = making.make(path, recipients=recipients, say=progress)
        audit.record(
            "backup_made",
            f"A backup was made by command: {path.name}.",
            about=path.name,
            size=made.size,
            rows=made.rows,
        )
        return f"{path}: {summary(made)} Read again and found right."


@contextmanager
def ends_tidily():
    """Told to stop, it takes away what it has written, as after any other failure."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
