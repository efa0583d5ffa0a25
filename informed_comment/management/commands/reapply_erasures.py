"""`manage.py reapply_erasures [FILE…]`: after a restore, erases again whoever was erased since the backup was made."""

from django.core.management.base import BaseCommand

from informed_comment import erasures


class Command(BaseCommand):
    help = "Erases again whoever stands in the list of erasures: of the database, of ERASURES_FILE and of further files."

    def add_arguments(self, parser):
        parser.add_argument(
            "files", nargs="*", metavar="FILE", help="lists of other machines or later backups"
        )

    def handle(self, *args, files, **options):
        number = erasures.reapply(*files)
        self.stdout.write(f"Erased again: {number} of {len(erasures.kept(*files))} in the list.")
