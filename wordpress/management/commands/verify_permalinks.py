"""`manage.py verify_permalinks FILE… [--site URL] [--list FILE.csv] [--files]`"""

from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management.base import BaseCommand, CommandError

from wordpress.proof.old_site import gathered
from wordpress.reading.records import WxrError
from wordpress.verify import Report, verify


class Command(BaseCommand):
    help = (
        "Asks the site for every address of WordPress exports, sitemaps (.xml), access logs and lists, each also as .gz:"
        " each must lead to its post in one step at most, and show its title, date, words and pictures."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "files",
            nargs="+",
            metavar="FILE",
            help="or the address of the old site's sitemap, which is fetched from there",
        )
        parser.add_argument(
            "--site",
            metavar="URL",
            default="",
            help="ask the running site there, such as http://127.0.0.1:8000",
        )
        parser.add_argument("--connections", type=int, default=4, help="to the running site at once (4)")
        parser.add_argument("--list", metavar="FILE.csv", type=Path, help="write what came of every address")
        parser.add_argument(
            "--files", dest="has_files", action="store_true", help="ask for pictures and other files too"
        )

    def handle(self, *, files, site, connections, **options):
        place = options["list"]
        try:
            with (
                TemporaryDirectory() as folder,
                place.open("w", newline="", encoding="utf-8-sig") if place else nullcontext() as list_file,
            ):
                files = [gathered(one, folder) if "://" in one else Path(one) for one in files]
                report = Report(list_file)
                for answer in verify(
                    files, site=site, connections=connections, has_files=options["has_files"]
                ):
                    report.add(answer)
        except WxrError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"{error.filename or 'A file'} cannot be read: {error.strerror or error}."
            ) from error
        for line in report.lines():
            self.stdout.write(line)
        if report.faults:
            are = "1 address does" if report.faults == 1 else f"{report.faults} addresses do"
            raise CommandError(f"{are} not lead where they led.")
