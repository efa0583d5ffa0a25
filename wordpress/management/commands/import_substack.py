"""`manage.py import_substack FILE [--old-site ADDRESS] [--uploads DIR] [--dry-run] [--again]`"""

from wordpress.management.moving import GOES_ON, MovingCommand


class Command(MovingCommand):
    help = f"Takes the .zip in that Substack exports, or its unpacked folder; the list of subscribers in it waits in the newsroom. {GOES_ON}"
    system = "substack"
    has_members = True

    def add_arguments(self, parser):
        super().add_arguments(parser)
        self.add_address(parser, "/p/{slug}")
