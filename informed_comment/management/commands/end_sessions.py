"""`manage.py end_sessions NAME`: signs an account out everywhere."""

from django.core.management.base import BaseCommand

from informed_comment.management import accounts
from informed_comment.signing_in import sessions


class Command(BaseCommand):
    help = "Ends all sessions of an account."

    def add_arguments(self, parser):
        parser.add_argument("name", help="the user name")

    def handle(self, *args, name, **options):
        number = sessions.end(accounts.named(name), why="by command")
        self.stdout.write(f"Ended {number} sessions of {name}.")
