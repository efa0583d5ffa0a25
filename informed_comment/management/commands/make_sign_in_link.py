"""`manage.py make_sign_in_link NAME`: a way back in for somebody who lost the password. No mail is sent."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from informed_comment.management import accounts
from informed_comment.signing_in import links


class Command(BaseCommand):
    help = "Prints a link that signs the account in once, in place of its password, and asks for a new one. Good for a day."

    def add_arguments(self, parser):
        parser.add_argument("name", help="the user name")

    def handle(self, *args, name, **options):
        user = accounts.named(name)
        if not (user.is_active and user.is_staff):
            raise CommandError(f"{name} may not sign in: the account is switched off or not of the staff.")
        address = reverse("admin:sign_in_link", args=[links.make(user)])
        self.stdout.write(
            f"{settings.SITE_URL}{address}\nSigns in {name} once, within a day, and then asks for a new password. "
            "The second step is asked for as ever."
        )
