"""Whether an export is whole, before anything of it is believed."""

import json
from collections import Counter

from wordpress.leaving.site import manifest
from wordpress.leaving.site.manifest import DumpError
from wordpress.leaving.site.rows import is_inside

AGAIN = "Copy the export again, or write it anew."
LONGEST_LINE = 64 * 1024 * 1024


def check_files(folder, told, wanted, progress):
    """Every file is there, as it was written, and no other is. Raises DumpError."""
    files = told["files"]
    wanted = {*wanted, manifest.README, manifest.FILES}
    if unknown := sorted(set(files) - wanted):
        raise DumpError(
            f"{manifest.MANIFEST} lists {', '.join(unknown)}, which this version does not know. Restore with the version "
            "that wrote the export, and update after."
        )
    if lacking := sorted(wanted - set(files)):
        raise DumpError(f"{manifest.MANIFEST} does not list {', '.join(lacking)}. {AGAIN}")
    there = {path.name for path in folder.iterdir()} - {manifest.MANIFEST, manifest.MEDIA}
    if unlisted := sorted(there - set(files)):
        raise DumpError(f"{', '.join(unlisted)} is not in {manifest.MANIFEST}. Take it out of the folder.")
    for name, about in files.items():
        _check(folder / name, name, about["bytes"], about["sha256"])
    names = Counter()
    for done, (line, name, size, digest) in enumerate(media_of(folder), 1):
        names[name] += 1
        if names[name] > 1:
            raise DumpError(f"{manifest.FILES}, line {line}: {name} is listed twice. {AGAIN}")
        _check(folder / manifest.MEDIA / name, f"{manifest.MEDIA}/{name}", size, digest)
        progress("checking", done)


def _check(path, name, size, digest):
    if not path.exists():
        raise DumpError(f"{name} is missing. {AGAIN}")
    if manifest.digest(path) != (size, digest):
        raise DumpError(f"{name} is not as it was written: its checksum is another. {AGAIN}")


def lines_of(folder, name):
    """(number, text) of each line of a file."""
    with manifest.open_plain(folder / name) as file:
        number = 0
        while text := file.readline(LONGEST_LINE):
            number += 1
            if not text.endswith(b"\n"):
                raise DumpError(f"{name}, line {number}: the line has no end. {AGAIN}")
            yield number, text


def media_of(folder):
    """(line, name, size, digest) of each file that lies under media/."""
    for line, text in lines_of(folder, manifest.FILES):
        try:
            told = json.loads(text)
            name, size, digest = told["name"], told["bytes"], told["sha256"]
            is_fit = isinstance(name, str) and isinstance(size, int) and is_inside(name)
        except (ValueError, KeyError, TypeError, RecursionError):
            is_fit = False
        if not is_fit:
            raise DumpError(
                f"{manifest.FILES}, line {line}: this is no file within {manifest.MEDIA}/. {AGAIN}"
            )
        yield line, name, size, digest
