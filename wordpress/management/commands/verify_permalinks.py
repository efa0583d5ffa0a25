"""`manage.py verify_permalinks FILE…`"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from wordpress.reading.records import WxrError
from wordpress.verify import verify


class Command(BaseCommand):
    help = "Asks the site for every address of a WordPress export: each must lead to its post in one step at most."

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)

    def handle(self, *, files, **options):
        count = direct = 0
        faults = []
        try:
            for answer in verify(files):
                count += 1
                direct += not answer.steps
                if answer.fault:
                    faults.append(answer)
        except (WxrError, OSError) as error:
            raise CommandError(str(error)) from error
        for answer in faults:
            self.stdout.write(f"line {answer.line}: {answer.path} {answer.fault}")
        good = count - len(faults)
        self.stdout.write(
            f"{good} of {count} addresses lead where they led: {direct} directly, the others by a redirect."
        )
        if faults:
            raise CommandError(f"{len(faults)} addresses are lost.")
