"""`manage.py export_wordpress [FILE] [--zip] [--split MEGABYTES]`"""

import getpass
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from informed_comment import audit
from wordpress import exporter


class Command(BaseCommand):
    help = (
        "Writes everything published or not as a WordPress export (WXR 1.2) to FILE, gzipped if its name ends in .gz, "
        "or to the standard output."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", metavar="FILE", type=Path)
        parser.add_argument("--zip", action="store_true", help="the export within a zip file")
        parser.add_argument(
            "--split",
            metavar="MEGABYTES",
            type=float,
            help="several files of at most so many megabytes, for servers that take no larger ones",
        )

    def handle(self, *, file, zip, split, **options):
        if split is not None and split < 0.01:
            raise CommandError("--split wants megabytes, for instance --split 20.")
        if file is None:
            if zip or split:
                raise CommandError("A zip file, or several files, need the name of a FILE to be written to.")
            self._note()
            return self._stream()
        if not file.absolute().parent.is_dir():
            raise CommandError(f"{file.parent} is not a folder. Make it first, or name another file.")
        written = exporter.write(
            file,
            split=split and int(split * exporter.MEGABYTE),
            is_zip=zip,
            progress=self._tell if sys.stderr.isatty() else lambda done: None,
        )
        self._note()
        for name, count in sorted(written.items.items()):
            self.stdout.write(f"  {name}  {count}")
        self.stdout.write(f"Written: {', '.join(written.files)}. {FILES}")

    def _note(self):
        said = "A WordPress export was written by a command."
        audit.record("site_exported", said, about="Everything", who=getpass.getuser())

    def _stream(self):
        out = getattr(self.stdout._out, "buffer", None)
        for _part, data in exporter.chunks():
            if out:
                out.write(data)
            else:
                self.stdout.write(data.decode(), ending="")

    def _tell(self, done):
        if done % 100 == 0:
            sys.stderr.write(f"\r{done} written")
            sys.stderr.flush()


FILES = (
    "Pictures and documents are named in it by their addresses here: keep this site reachable while the other one "
    "fetches them, or copy the media folder."
)
