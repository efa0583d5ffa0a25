"""`manage.py import_wordpress FILE… [--uploads DIR] [--bylines-from-text] [--dry-run] [--again]`"""

from django.core.management.base import CommandError

from wordpress.management.moving import GOES_ON, MovingCommand


class Command(MovingCommand):
    help = f"Takes exports of WordPress in (.xml, .xml.gz, .zip). {GOES_ON}"
    system = "wordpress"
    pictures = "the old site's wp-content/uploads, copied here"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--as",
            dest="types",
            metavar="TYPE=post|page",
            action="append",
            default=[],
            help="take a plugin's own type as posts or pages, for instance --as news_post=post",
        )

    def options(self, *, types, **given):
        return given | {"types": dict(map(mapped, types))}


def mapped(text):
    name, _, kind = text.partition("=")
    if not name or kind not in ("post", "page"):
        raise CommandError(f"--as {text} is not understood. Write for instance --as news_post=post.")
    return name, kind
