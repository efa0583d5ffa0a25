"""The publication as WordPress exports (WXR 1.2), which WordPress's own importer takes back, and this site's too.

Read from one state of the database and written as it is read, so that an archive of any size takes little memory.
"""

import gzip
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from posts.models import Category
from wordpress.leaving.heads import FOOT, head
from wordpress.leaving.items import items
from wordpress.leaving.names import Branches
from wordpress.leaving.snapshot import snapshot

MEGABYTE = 1024 * 1024


@dataclass(slots=True)
class Written:
    """`items` counts what went out by its type and status there."""

    files: list[str] = field(default_factory=list)
    items: dict[str, int] = field(default_factory=dict)


def chunks(*, split=None, written=None, progress=lambda done: None):
    """Yields (number of the part, bytes) of the whole export; a part is begun anew once it has `split` bytes.

    Each part is a file of its own, with the head that all share. An item longer than a part has one for itself.
    """
    written = written or Written()
    with snapshot():
        branches = Branches(Category.objects.only("slug", "path").order_by("path"))
        beginning, foot = "".join(head(branches)).encode(), FOOT.encode()
        part, size = 0, len(beginning)
        yield part, beginning
        for done, entry in enumerate(items(branches), 1):
            name = f"{entry.kind}/{entry.status}"
            written.items[name] = written.items.get(name, 0) + 1
            data = entry.xml().encode()
            if split and size > len(beginning) and size + len(data) + len(foot) > split:
                yield part, foot
                part, size = part + 1, len(beginning)
                yield part, beginning
            size += len(data)
            yield part, data
            progress(done)
        yield part, foot


def write(path, *, split=None, is_zip=False, progress=lambda done: None) -> Written:
    """Writes the export to a file, gzipped or zipped if its name says so; split, to `name.000.xml` and so on.

    The files have their names only once all of them are whole; until then they end in `.partial`.
    """
    path, written = Path(path), Written()
    is_zip = is_zip or path.suffix == ".zip"
    parts = chunks(split=split, written=written, progress=progress)
    names = _zipped if is_zip else _files
    made = []
    try:
        for name in names(path, parts, is_split=bool(split)):
            made.append(name)
        for name in made:
            _partial(name).replace(name)
    except BaseException:
        parts.close()
        for name in {path, *made, *path.parent.glob(f"{path.name.partition('.')[0]}.*.partial")}:
            (name if name.suffix == ".partial" else _partial(name)).unlink(missing_ok=True)
        raise
    written.files = [str(name) for name in made]
    return written


def _partial(path):
    return path.with_name(f"{path.name}.partial")


def _files(path, parts, *, is_split):
    """Yields the name of each file as it is begun."""
    current, file = None, None
    try:
        for part, data in parts:
            if part != current:
                if file:
                    file.close()
                name = _numbered(path, part) if is_split else path
                yield name
                file, current = _open(_partial(name), is_gzip=name.suffix == ".gz"), part
            file.write(data)
    finally:
        if file:
            file.close()


def _numbered(path, part):
    """`site.xml.gz` → `site.000.xml.gz`."""
    stem, _, ends = path.name.partition(".")
    return path.with_name(f"{stem}.{part:03}.{ends or 'xml'}")


def _open(path, *, is_gzip):
    return gzip.open(path, "wb", compresslevel=6) if is_gzip else path.open("wb")


def _zipped(path, parts, *, is_split):
    yield path
    with zipfile.ZipFile(_partial(path), "w", zipfile.ZIP_DEFLATED) as archive:
        stem = path.name.partition(".")[0]
        for number, data in _grouped(parts):
            name = f"{stem}.{number:03}.xml" if is_split else f"{stem}.xml"
            with archive.open(name, "w", force_zip64=True) as file:
                for piece in data:
                    file.write(piece)


def _grouped(parts):
    """(number of a part, its bytes in pieces)."""
    waiting = next(parts, None)

    def pieces(number):
        nonlocal waiting
        while waiting and waiting[0] == number:
            yield waiting[1]
            waiting = next(parts, None)

    while waiting:
        number = waiting[0]
        yield number, pieces(number)
