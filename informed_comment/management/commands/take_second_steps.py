"""`manage.py take_second_steps NAME`: for somebody who lost the phone or the key."""

from django.core.management.base import BaseCommand

from informed_comment.management import accounts
from informed_comment.signing_in import steps


class Command(BaseCommand):
    help = "Takes all second steps and recovery codes away from an account and ends its sessions; the next sign-in asks for new ones."

    def add_arguments(self, parser):
        parser.add_argument("name", help="the user name")

    def handle(self, *args, name, **options):
        number = steps.take_away(accounts.named(name))
        if not number:
            self.stdout.write(f"{name} has no second step. Nothing was changed.")
            return
        were = "the second step" if number == 1 else f"all {number} second steps"
        self.stdout.write(
            f"Took {were} away from {name}, who is signed out everywhere. {steps.after_taking()}"
        )
