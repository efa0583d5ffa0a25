"""`manage.py import_blogger FILE… [--old-site ADDRESS] [--uploads DIR] [--dry-run] [--again]`"""

from wordpress.management.moving import GOES_ON, MovingCommand


class Command(MovingCommand):
    help = f"Takes exports of Blogger in (feed.atom, the .zip of Takeout, or blog-DATE.xml). {GOES_ON}"
    system = "blogger"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        self.add_address(parser, "what the export says")
