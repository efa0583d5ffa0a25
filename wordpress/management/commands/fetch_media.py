"""`manage.py fetch_media HOST… [--missing FILE.csv]`"""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from informed_comment import outward
from wordpress.fetching import missing
from wordpress.fetching.courier import Courier, Limits
from wordpress.fetching.deed import fetch, lacking

MB = 1024 * 1024


class Command(BaseCommand):
    help = (
        "Fetches the files that imported uploads lack from the old site over HTTP: one connection a host, with a pause "
        "between questions. May be stopped and called again: what has come is there."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "hosts", nargs="+", metavar="HOST", help="where files may come from, for instance old.example.org"
        )
        parser.add_argument(
            "--missing", metavar="FILE.csv", type=Path, help="write a list of what is missing then"
        )
        parser.add_argument(
            "--again", action="store_true", help="also ask for what was not there within the last day"
        )
        parser.add_argument("--pause", type=float, default=0.2, help="seconds between two questions (0.2)")
        parser.add_argument(
            "--most-mb", type=int, default=0, metavar="MB", help="stop after so many megabytes"
        )
        parser.add_argument(
            "--file-mb", type=int, default=200, metavar="MB", help="of one file at most (200)"
        )

    def handle(self, *, hosts, again, pause, most_mb, file_mb, **options):
        for host in hosts:
            if "/" in host or ":" in host:
                raise CommandError(
                    f"{host} is not the name of a host. Write it without http:// and without a path."
                )
        courier = Courier(
            hosts, limits=Limits(file_bytes=file_mb * MB, pause=max(pause, 0)), find=outward.whereabouts
        )
        show = progress if sys.stderr.isatty() else None
        done = fetch(hosts, is_again=again, most_bytes=most_mb * MB, courier=courier, progress=show)
        self.stdout.write(
            f"{done.files} files came ({done.bytes / MB:.1f} MB), {done.duplicates} of them the library had already; "
            f"{done.missing} did not."
        )
        if place := options["missing"]:
            with place.open("w", newline="", encoding="utf-8-sig") as out:
                self.stdout.write(f"{missing.write(out)} uploads lack their file; {place} lists them.")
        if done.stopped_by:
            raise CommandError(f"Stopped: {done.stopped_by}. Call it again to go on.")
        if left := lacking().count():
            raise CommandError(
                f"{left} uploads still lack their file; --missing FILE.csv lists them with the reason."
            )


def progress(done):
    line = f"\r{done.files} came, {done.missing} did not, {done.bytes / MB:.0f} MB"
    sys.stderr.write(f"{line:<60}")
    sys.stderr.flush()
