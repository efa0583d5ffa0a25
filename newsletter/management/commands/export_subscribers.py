"""`manage.py export_subscribers > FILE`: subscribers as CSV."""

from django.core.management.base import BaseCommand

from newsletter.models import Subscriber
from newsletter.spreadsheet import Export


class Command(BaseCommand):
    help = "Writes subscribers as CSV to standard output, and the number of rows to standard error."

    def add_arguments(self, parser):
        states = Subscriber.State.values
        parser.add_argument("--status", action="append", choices=states, help="only these states; repeatable")
        parser.add_argument(
            "--raw", action="store_true", help="for machines: no apostrophe before what looks like a formula"
        )

    def handle(self, *args, **options):
        subscribers = Subscriber.objects.all()
        if options["status"]:
            subscribers = subscribers.filter(state__in=options["status"])
        export = Export(subscribers, is_raw=options["raw"])
        for piece in export:
            self.stdout.write(piece.decode(), ending="")
        self.stdout.flush()
        self.stderr.write(f"{export.rows} subscribers exported.")
