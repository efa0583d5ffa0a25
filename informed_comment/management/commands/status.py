"""`manage.py status`: the lights of the status page, for a terminal, cron or whatever watches from outside."""

import sys

from django.core.management.base import BaseCommand

from informed_comment.watching.lights import State, lights


class Command(BaseCommand):
    help = "Says how the site is doing; exit code 1 when something needs somebody now."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--quiet", action="store_true", help="say only what is not well")

    def handle(self, *args, **options):
        found = lights()
        for light in found:
            if light.state is State.GOOD and options["quiet"]:
                continue
            cure = f" {light.cure}" if light.cure else ""
            self.stdout.write(f"{light.state.upper():5} {light.name}: {light.says}{cure}")
        if any(light.state is State.BAD for light in found):
            sys.exit(1)
