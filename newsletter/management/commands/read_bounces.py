"""`manage.py read_bounces`: what came back, from the bounce mailbox or from a mail server's pipe."""

import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from newsletter import bounce_mailbox

LATER = 75  # sysexits' EX_TEMPFAIL: a mail server keeps the message and tries again


class Command(BaseCommand):
    help = "Notes mail that came back, and deletes it from the bounce mailbox (BOUNCE_MAILBOX_URL)."

    def add_arguments(self, parser):
        parser.add_argument("--stdin", action="store_true", help="one message on standard input")
        parser.add_argument("--maildir", metavar="DIR", help="another mailbox: a Maildir on this machine")

    def handle(self, *args, **options):
        if options["stdin"]:
            return self.read_one()
        url = f"maildir://{options['maildir']}" if options["maildir"] else settings.BOUNCE_MAILBOX_URL
        if not url:
            raise CommandError(
                "BOUNCE_MAILBOX_URL is not set. Name the mailbox, or give --stdin or --maildir DIR."
            )
        try:
            messages, noted = bounce_mailbox.empty(url)
        except bounce_mailbox.CannotRead as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{messages} messages read, {noted} reports noted.")

    def read_one(self):
        try:
            is_noted = bounce_mailbox.take(sys.stdin.buffer.read(bounce_mailbox.BYTES))
        except (OperationalError, InterfaceError) as error:
            self.stderr.write(str(error))
            sys.exit(LATER)
        self.stdout.write("Noted." if is_noted else "Nothing to note.")
