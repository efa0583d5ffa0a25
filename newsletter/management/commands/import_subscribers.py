"""`manage.py import_subscribers FILE`: subscribers, or suppressed addresses, from the CSV of another program or of this one."""

import getpass
import hashlib
import sys
from pathlib import Path
from zoneinfo import available_timezones

from django.core.management.base import BaseCommand, CommandError

from newsletter.importing import course, layouts, receiving, telling
from newsletter.models import ImportBatch, Subscriber
from newsletter.spreadsheet import Export

PIECE = 1024 * 1024
MEANINGS = ("address", "state", "joined", "confirmed", "left", "network", "frequency")
State = ImportBatch.State


class Command(BaseCommand):
    help = (
        "Imports a CSV of subscribers. It can only lower consent: who left, bounced or complained is never made active. "
        "Killed in the middle, it goes on where it was when it is called again with the same file."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", metavar="FILE")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would become of each row, import nothing"
        )
        parser.add_argument("--undo", type=int, metavar="IMPORT", help="take away what this import made")
        parser.add_argument(
            "--confirmed-there",
            action="store_true",
            help="you declare that those who are active in the file confirmed it there; else they come in as pending",
        )
        parser.add_argument(
            "--frequency", choices=Subscriber.Frequency.values, default=Subscriber.Frequency.DAILY
        )
        parser.add_argument("--zone", default="UTC", help="of times that name none (default: UTC)")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="MEANING=NAME",
            help=f"of a file of no known layout, what is in a column: {', '.join(MEANINGS)}; repeatable",
        )
        parser.add_argument(
            "--report", metavar="FILE", help="write the rows that were not taken here, as CSV"
        )

    def handle(self, *args, **options):
        try:
            batch = self.undone(options["undo"]) if options["undo"] else self.imported(options)
        except (receiving.CannotRead, course.CannotGoOn) as reason:
            raise CommandError(str(reason)) from reason
        if options["report"]:
            self.report(batch, options["report"])

    # Importing

    def imported(self, options):
        if not options["file"]:
            raise CommandError("Name the file to import, or an import to undo.")
        if options["zone"] not in available_timezones():
            raise CommandError(f"There is no time zone {options['zone']}. Name one like America/New_York.")
        path = Path(options["file"])
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        batch = self.begun(path, options) or self.look(path, options)
        self.finish(batch.pk)
        batch.refresh_from_db()
        if batch.state == State.REFUSED:
            raise CommandError(batch.problem)
        if batch.state == State.READ and not options["dry_run"]:
            course.begin(batch, by=getpass.getuser())
            self.finish(batch.pk)
            batch.refresh_from_db()
        self.tell(batch)
        return batch

    def begun(self, path, options):
        """An import of just this file that a command or a worker has left in the middle."""
        if options["dry_run"]:
            return None
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        batch = ImportBatch.objects.filter(sha256=digest, state__in=[State.READING, State.RUNNING]).first()
        if batch:
            self.stderr.write(f"Going on with import {batch.pk} of the same file.")
        return batch

    def look(self, path, options):
        with path.open("rb") as file:
            batch = receiving.receive(iter(lambda: file.read(PIECE), b""), name=path.name)
        try:
            columns = self.columns(batch, options["column"])
            return course.look(
                batch,
                columns=columns,
                frequency=options["frequency"],
                is_declared=options["confirmed_there"],
                zone=options["zone"],
            )
        except (course.CannotGoOn, CommandError):
            batch.delete()
            raise

    def columns(self, batch, said):
        """{meaning: number of the column}; None when the layout is known and nothing else was said."""
        if not said:
            if not batch.layout:
                named = ", ".join(f"“{name}”" for name in batch.head)
                raise CommandError(
                    f"This file's layout is not known. Its columns are {named}. "
                    "Say what is in them: --column 'address=NAME' and so on."
                )
            return None
        found = layouts.guessed(batch.head)
        for one in said:
            meaning, _, name = one.partition("=")
            if meaning not in MEANINGS or name not in batch.head:
                raise CommandError(
                    f"--column {one}: write one of {', '.join(MEANINGS)}, and a name of the first row."
                )
            found[meaning] = batch.head.index(name)
        return found

    # Undoing, and the work

    def undone(self, number):
        batch = ImportBatch.objects.filter(pk=number).first()
        if batch is None:
            raise CommandError(f"There is no import {number}.")
        if batch.state != State.UNDOING:
            course.undo(batch, by=getpass.getuser())
        self.finish(batch.pk)
        batch.refresh_from_db()
        for what, one in batch.undone.items():
            self.stdout.write(f"{one['count']:>9,}  {what}")
        return batch

    def finish(self, number):
        while course.work(number, seconds=1):
            self.show(number)

    def show(self, number):
        if sys.stderr.isatty():
            done, total = telling.progress(ImportBatch.objects.get(pk=number))
            self.stderr.write(
                f"\r{done:,} of {total:,} rows" if total else f"\r{done:,} rows read", ending=""
            )

    def tell(self, batch):
        deed = "imported" if batch.state == State.DONE else "read; nothing was imported"
        self.stdout.write(
            f"Import {batch.pk}, {layouts.BY_NAME[batch.layout].label}: {batch.lines:,} rows {deed}."
        )
        told = telling.told_of(batch)
        for line in telling.lines(batch):
            self.stdout.write(f"{line.count:>9,}  {line.label}")
            for number, email, why in () if line.is_taken else line.samples:
                self.stdout.write(f"           line {number}: {why or email}")
        if remarks := telling.remarks(told):
            self.stdout.write(f"{remarks:>9,}  of these were taken but for something; see --report.")

    def report(self, batch, path):
        export = Export(telling.reported(batch))
        with Path(path).open("wb") as file:
            file.writelines(export)
        self.stderr.write(f"{export.rows} rows written to {path}.")
