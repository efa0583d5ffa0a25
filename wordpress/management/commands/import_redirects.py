"""`manage.py import_redirects FILE… [--dry-run] [--list FILE.csv]`"""

import csv
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from wordpress.redirecting.deed import ONE, WORDS, take
from wordpress.redirecting.reading import LARGEST, CannotRead
from wordpress.verify import safe

MOST_TOLD = 200


class Command(BaseCommand):
    help = (
        "Takes redirects in: Redirection's export (CSV or JSON), Yoast's (CSV), two columns, or the Redirect lines of an "
        ".htaccess. What is here already stays; a file may be given twice."
    )

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--list", metavar="FILE.csv", type=Path, help="write what came of every line")

    def handle(self, *, files, dry_run, **options):
        found = []
        for path in files:
            try:
                with path.open("rb") as file:
                    plan = take(file.read(LARGEST + 1), is_dry_run=dry_run)
            except CannotRead as error:
                raise CommandError(f"{path}: {error}") from error
            except OSError as error:
                raise CommandError(
                    f"{path} cannot be read: {error.strerror}. Give the path of a file."
                ) from error
            found += [(path.name, one) for one in plan.outcomes]
        self.tell(found, dry_run)
        if place := options["list"]:
            with place.open("w", newline="", encoding="utf-8-sig") as out:
                rows = csv.writer(out)
                rows.writerow(["file", "line", "old address", "leads to", "what came of it", "why"])
                for name, one in found:
                    cells = (
                        one.path or one.entry.source,
                        one.target or one.entry.target,
                        WORDS[one.deed],
                        one.told,
                    )
                    rows.writerow([name, one.entry.line, *map(safe, cells)])

    def tell(self, found, is_dry_run):
        if is_dry_run:
            self.stdout.write("What would happen (nothing was written):")
        for deed, words in WORDS.items():
            if count := sum(one.deed == deed for _, one in found):
                self.stdout.write(f"  {count:>6}  {words}")
        told = [(name, one) for name, one in found if one.told]
        for name, one in told[:MOST_TOLD]:
            self.stdout.write(f"{name} line {one.entry.line}: {one.entry.source} {ONE[one.deed]}: {one.told}")
        if len(told) > MOST_TOLD:
            self.stdout.write(f"… and {len(told) - MOST_TOLD} more; --list FILE.csv names them all")
