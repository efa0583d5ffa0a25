"""`manage.py restore FILE`: a backup into an empty site."""

import getpass
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from informed_comment.backups import restoring
from informed_comment.backups.telling import Progress
from informed_comment.backups.trouble import Trouble


class Command(BaseCommand):
    help = (
        "Brings a backup into an empty site: looks at all of it first, then restores everything or nothing."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--key", type=Path, help="the file of the secret key of age, where the backup is encrypted"
        )
        parser.add_argument(
            "--lost-newsletter-key",
            action="store_true",
            help="restore although NEWSLETTER_KEY is another one: suppressed addresses are then not known any more",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="look at the whole file and change nothing"
        )

    def handle(self, *args, **options):
        with Progress(self.stderr) as progress:
            try:
                keys = restoring.keys(options["key"], getpass.getpass)
                if options["dry_run"]:
                    found = restoring.looked_at(options["file"], keys, say=progress)
                    told = f"The backup is whole: {found.rows:,} rows and {found.files:,} files. Nothing was changed."
                else:
                    done = restoring.restore(
                        options["file"], keys, is_key_lost=options["lost_newsletter_key"], say=progress
                    )
                    told = summary(done)
            except Trouble as trouble:
                raise CommandError(str(trouble)) from trouble
        self.stdout.write(told)


def summary(done):
    said = [
        f"Restored: {done.rows:,} rows in {done.tables} tables, each compared with the backup, and {done.files:,} files.",
        "Everybody has to sign in again, and no page is served that was finished before.",
        *done.said,
    ]
    if done.there_already:
        said.append(f"{done.there_already:,} of the files were there already.")
    return "\n".join(said)
