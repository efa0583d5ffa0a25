"""`manage.py verify_backup FILE`: is a backup whole? Asks no database."""

import getpass
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from informed_comment.backups import restoring
from informed_comment.backups.telling import Progress
from informed_comment.backups.trouble import Trouble


class Command(BaseCommand):
    help = "Reads a backup from end to end and compares every checksum in it. Changes nothing."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--key", type=Path, help="the file of the secret key of age, where the backup is encrypted"
        )

    def handle(self, *args, **options):
        with Progress(self.stderr) as progress:
            try:
                found = restoring.looked_at(
                    options["file"], restoring.keys(options["key"], getpass.getpass), say=progress
                )
            except Trouble as trouble:
                raise CommandError(str(trouble)) from trouble
        head = found.head
        self.stdout.write(
            f"{options['file']} is whole: {found.rows:,} rows in {len(found.tables)} tables and {found.files:,} files of "
            f"{head['site']}, {head['moment']}."
        )
