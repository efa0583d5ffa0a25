"""`manage.py make_privacy_page`: begins the page that tells readers what is kept of them."""

from django.core.management.base import BaseCommand, CommandError

from pages import statement


class Command(BaseCommand):
    help = "Makes the page /privacy/, unpublished, for an editor to read over and publish."

    def handle(self, *args, **options):
        try:
            page = statement.make()
        except statement.AlreadyThere as error:
            raise CommandError("A page stands at /privacy/ already. Edit that one.") from error
        self.stdout.write(f"Made: /admin/pages/page/{page.pk}/change/. Read it over and publish it.")
