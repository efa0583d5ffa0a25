"""`manage.py import_site DIR [--without-subscribers]`"""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from wordpress.leaving.site.coming import import_site
from wordpress.leaving.site.manifest import DumpError
from wordpress.management.commands.export_site import Progress


class Command(BaseCommand):
    help = "Puts what export_site wrote into an empty site: all of it as it was, or nothing."

    def add_arguments(self, parser):
        parser.add_argument("dir", metavar="DIR", type=Path)
        parser.add_argument(
            "--without-subscribers",
            action="store_true",
            help="leave out the subscribers of an export that has them",
        )

    def handle(self, *, dir, without_subscribers, **options):
        progress = {"progress": Progress()} if sys.stderr.isatty() else {}
        try:
            rows = import_site(dir, without_subscribers=without_subscribers, **progress)
        except DumpError as error:
            raise CommandError(str(error)) from error
        for name, count in rows.items():
            self.stdout.write(f"  {count:>8}  {name.replace('_', ' ')}")
        self.stdout.write(
            "Restored. The worker makes the sizes of the pictures and sends what is due: do not let two sites send at "
            "once. Accounts are made anew, and authors are linked to them in the newsroom."
        )
