"""`manage.py export_subscribers [FILE]`: subscribers, or the hashes of suppressed addresses, as CSV."""

import contextlib
import getpass
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from informed_comment import audit
from newsletter.models import Subscriber, Suppression
from newsletter.spreadsheet import Export
from newsletter.spreadsheet_columns import COLUMNS_OF


class Command(BaseCommand):
    help = "Writes subscribers as CSV to FILE or standard output; rows and SHA-256 of the file to standard error."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", metavar="FILE")
        states = Subscriber.State.values
        parser.add_argument("--status", action="append", choices=states, help="only these states; repeatable")
        parser.add_argument("--columns", help=f"with commas between: {', '.join(COLUMNS_OF[Subscriber])}")
        parser.add_argument(
            "--raw", action="store_true", help="for machines: no apostrophe before what looks like a formula"
        )
        parser.add_argument(
            "--suppressions",
            action="store_true",
            help="the hashes of suppressed addresses instead, for a move with the same NEWSLETTER_KEY",
        )

    def handle(self, *args, **options):
        model = Suppression if options["suppressions"] else Subscriber
        if options["suppressions"] and options["status"]:
            raise CommandError("Suppressions have no status. Leave one of the two out.")
        selection = model.objects.all()
        if options["status"]:
            selection = selection.filter(state__in=options["status"])
        columns = [name.strip() for name in options["columns"].split(",")] if options["columns"] else None
        unknown = set(columns or ()) - set(COLUMNS_OF[model])
        if unknown:
            raise CommandError(
                f"There is no column {', '.join(sorted(unknown))}: use {', '.join(COLUMNS_OF[model])}."
            )
        name = str(model._meta.verbose_name_plural)
        export = Export(selection, columns=columns, is_raw=options["raw"])
        with self.target(options["file"]) as write:
            for piece in export:
                write(piece)
        audit.record(
            f"{model._meta.model_name}_exported",
            f"{name.capitalize()} were taken out by a command.",
            about=name,
            rows=export.rows,
            sha256=export.sha256,
            who=getpass.getuser(),
        )
        self.stderr.write(
            f"{export.rows} {model._meta.verbose_name_plural} exported, SHA-256 {export.sha256}."
        )

    @contextlib.contextmanager
    def target(self, path):
        """Where the bytes go. A file gets its name when it is whole."""
        if not path:
            yield lambda piece: self.stdout.write(piece.decode(), ending="")
            self.stdout.flush()
            return
        unfinished = Path(f"{path}.unfinished")
        try:
            with unfinished.open("wb") as file:
                yield file.write
            unfinished.rename(path)
        finally:
            unfinished.unlink(missing_ok=True)
