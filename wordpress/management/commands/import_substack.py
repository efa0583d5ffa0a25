"""`manage.py import_substack FILE [--site ADDRESS] [--uploads DIR] [--dry-run] [--again]`"""

from wordpress.management.moving import GOES_ON, MovingCommand


class Command(MovingCommand):
    help = f"Takes the .zip in that Substack exports, or its unpacked folder. {GOES_ON}"
    system = "substack"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        self.add_address(parser, "/p/{slug}")
