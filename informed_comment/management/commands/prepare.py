"""`manage.py prepare`: everything between an empty database and a site that can be served."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Applies migrations, fills an empty site with the demo publication, makes the first user."

    def handle(self, *args, **options):
        call_command("migrate", interactive=False, verbosity=0)
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0)
        call_command("create_demo")
        call_command("create_first_user")
