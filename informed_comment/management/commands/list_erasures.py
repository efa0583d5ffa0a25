"""`manage.py list_erasures FILE`: the list of erasures as a file, to be taken to another machine."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand

from informed_comment import erasures


class Command(BaseCommand):
    help = "Writes every erasure known here, as keyed hashes, one a line."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, help="standard output when left out")
        parser.add_argument("--write", action="store_true", help="bring ERASURES_FILE up to date instead")

    def handle(self, *args, file, write, **options):
        entries = erasures.kept()
        if write:
            erasures.remember(entries)
        elif file:
            file.write_text("".join(f"{json.dumps(entry)}\n" for entry in entries))
        else:
            for entry in entries:
                self.stdout.write(json.dumps(entry))
        self.stderr.write(f"{len(entries)} erasures.")
