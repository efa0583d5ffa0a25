"""`manage.py import_popularity FILE [--dry-run]`"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from wordpress.popularity import bring
from wordpress.redirecting.reading import LARGEST, CannotRead

MOST_TOLD = 200


class Command(BaseCommand):
    help = (
        "Takes the totals of views in that an old site had counted (WordPress Popular Posts, Jetpack, or a table of "
        "addresses or post ids and views). They count for what is popular of all time. A file may be given twice."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")

    def handle(self, *, file, dry_run, **options):
        try:
            with file.open("rb") as opened:
                brought = bring(opened.read(LARGEST + 1), is_dry_run=dry_run)
        except CannotRead as error:
            raise CommandError(f"{file}: {error}") from error
        except OSError as error:
            raise CommandError(
                f"{file} cannot be read: {error.strerror}. Give the path of a file."
            ) from error
        if dry_run:
            self.stdout.write("What would happen (nothing was written):")
        counted = (("view", brought.totals.total()), ("post", len(brought.totals)), ("line", brought.lines))
        views, posts, lines = (f"{count:,} {word}{'s' * (count != 1)}" for word, count in counted)
        self.stdout.write(f"{views} of {posts}, from {lines}.")
        for line, what, why in brought.unknown[:MOST_TOLD]:
            self.stdout.write(f"line {line}: {what} {why}")
        if len(brought.unknown) > MOST_TOLD:
            self.stdout.write(f"… and {len(brought.unknown) - MOST_TOLD} more")
        if not brought.totals:
            raise CommandError(
                f"No line of {file} names a post that is here and its views, so nothing counts."
            )
