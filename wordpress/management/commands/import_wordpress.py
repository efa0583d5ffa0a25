"""`manage.py import_wordpress FILE… [--uploads DIR] [--dry-run]`"""

import sys
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from wordpress.importer import import_files


class Command(BaseCommand):
    help = "Takes WordPress exports in (.xml, .xml.gz, .zip). May be stopped and run again: nothing comes in twice."

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument(
            "--uploads", metavar="DIR", type=Path, help="the old site's wp-content/uploads, copied here"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument(
            "--as",
            dest="types",
            metavar="TYPE=post|page",
            action="append",
            default=[],
            help="take a plugin's own type as posts or pages, for instance --as news_post=post",
        )

    def handle(self, *, files, uploads, dry_run, types, **options):
        for path in files:
            if not path.is_file():
                raise CommandError(f"{path} is not there. Give the path of an export.")
        if uploads and not uploads.is_dir():
            raise CommandError(f"{uploads} is not a folder. Give the folder that holds the years.")
        report = import_files(
            files,
            folder=uploads,
            is_dry_run=dry_run,
            types=dict(map(mapped, types)),
            progress=Progress() if sys.stderr.isatty() else None,
        )
        for line in report.lines():
            self.stdout.write(line)
        if not report.is_whole:
            raise CommandError("Not everything could be read or taken in; the report says what and where.")


def mapped(text):
    name, _, kind = text.partition("=")
    if not name or kind not in ("post", "page"):
        raise CommandError(f"--as {text} is not understood. Write for instance --as news_post=post.")
    return name, kind


class Progress:
    """One line on the terminal, written over and over."""

    def __init__(self):
        self.began = time.monotonic()

    def __call__(self, done, total):
        seconds = max(time.monotonic() - self.began, 0.001)
        rate = done / seconds
        left = (total - done) / rate if rate else 0
        line = f"\r{done} of {total}, {rate:.0f} a second, {left // 60:.0f} min {left % 60:02.0f} s left"
        sys.stderr.write(f"{line:<70}" + ("\n" if done == total else ""))
        sys.stderr.flush()
