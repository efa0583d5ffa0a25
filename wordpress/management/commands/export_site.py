"""`manage.py export_site DIR [--with-subscribers]`"""

import getpass
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from informed_comment import audit
from wordpress.leaving.site.going import export_site
from wordpress.leaving.site.manifest import DumpError


class Command(BaseCommand):
    help = "Writes the whole publication to DIR: lines of JSON, the media, and a manifest with checksums."

    def add_arguments(self, parser):
        parser.add_argument("dir", metavar="DIR", type=Path, help="a folder that is not there yet")
        parser.add_argument(
            "--with-subscribers",
            action="store_true",
            help="also the subscribers, their consent, and the addresses never to be mailed",
        )

    def handle(self, *, dir, with_subscribers, **options):
        progress = {"progress": Progress()} if sys.stderr.isatty() else {}
        try:
            gone = export_site(dir, with_subscribers=with_subscribers, **progress)
        except DumpError as error:
            raise CommandError(str(error)) from error
        audit.record(
            "site_exported",
            "The whole publication was taken out by a command.",
            about="Everything",
            with_subscribers=with_subscribers,
            rows=sum(gone.rows.values()),
            who=getpass.getuser(),
        )
        for name, count in gone.rows.items():
            self.stdout.write(f"  {count:>8}  {name.replace('_', ' ')}")
        self.stdout.write(f"  {gone.files:>8}  files")
        for name in gone.missing:
            self.stderr.write(f"{name} is not in the media folder; what is said of it went out without it.")
        if gone.under_way and with_subscribers:
            self.stderr.write(
                f"{gone.under_way} mailings are going out just now. Who is to get them is not part of an export: let them "
                "end, and export again."
            )
        self.stdout.write(f"Written to {dir}. Accounts and passwords are not in it.")


class Progress:
    """One line on the terminal, written over and over."""

    def __call__(self, what, done):
        sys.stderr.write(f"\r{f'{what}: {done}':<60}")
        sys.stderr.flush()
