"""`manage.py import_markdown FOLDER [--old-site ADDRESS] [--uploads DIR] [--dry-run] [--again]`"""

from wordpress.management.moving import GOES_ON, MovingCommand


class Command(MovingCommand):
    help = (
        "Takes a folder of Markdown with front matter in (Jekyll, Hugo, Astro, Eleventy), or a .zip of one, of which the "
        f"pictures have to be unpacked and named by --uploads. {GOES_ON}"
    )
    system = "markdown"
    pictures = "the folder the pictures are in, if it is another"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        self.add_address(parser, "what the folder says")
        self.add_sections(parser)

    def handle(self, *, files, uploads, **given):
        folder = uploads or next((path for path in files if path.is_dir()), None)
        super().handle(files=files, uploads=folder, **given)
