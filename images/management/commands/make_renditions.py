"""`manage.py make_renditions`: the sizes of every picture that has none, without waiting for the worker."""

from django.core.management.base import BaseCommand

from images import renditions


class Command(BaseCommand):
    help = "Makes the sizes of every picture that has none yet. May run beside workers and be stopped at any time."

    def handle(self, *args, **options):
        due = list(renditions.missing())
        made, failed = 0, 0
        for place, image in enumerate(due, start=1):
            try:
                made += renditions.make(image)
            except renditions.CannotMake as error:
                failed += 1
                self.stderr.write(str(error))
            if self.stdout.isatty():
                self.stdout.write(f"\r{place} of {len(due)}", ending="")
                self.stdout.flush()
        if due and self.stdout.isatty():
            self.stdout.write("")
        self.stdout.write(f"Made the sizes of {made} pictures; {failed} could not be read.")
