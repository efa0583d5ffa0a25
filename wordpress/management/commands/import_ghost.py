"""`manage.py import_ghost FILE… [--old-site ADDRESS] [--uploads DIR] [--dry-run] [--again]`"""

from wordpress.management.moving import GOES_ON, MovingCommand


class Command(MovingCommand):
    help = f"Takes exports of Ghost in (.json, or the .zip of a backup), and lists of its members (.csv). {GOES_ON}"
    system = "ghost"
    has_members = True
    pictures = "the old site's content folder, which holds images, media and files, copied here"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        self.add_address(parser, "/{slug}/")
        self.add_sections(parser)
