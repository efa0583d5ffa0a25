"""Which system a file was exported from, and who reads it.

A reader is `read(source, …) -> Records` of a path or of a binary file open for reading, which has a name: the site, its
authors and terms, then its items, as records.py has them, in constant memory; what cannot be read at all raises WxrError,
whatever else is amiss is a Problem in its place. It knows no Django. All that comes after reading is one road.
"""

import gzip
import zipfile
from pathlib import Path

from wordpress import wxr
from wordpress.reading import blogger, ghost, markdown, substack
from wordpress.reading.containers import DAMAGED
from wordpress.reading.records import Hints, Records, WxrError

WORDPRESS = "wordpress"
READERS = {"ghost": ghost.read, "substack": substack.read, "blogger": blogger.read, "markdown": markdown.read}
NAMES = {
    WORDPRESS: "WordPress",
    "ghost": "Ghost",
    "substack": "Substack",
    "blogger": "Blogger",
    "markdown": "a folder of Markdown",
}
HEAD = 1 << 16


def read(source, place=None, *, hints: Hints | None = None, system: str = "") -> Records:
    """The records of an export of a system, or of whatever system made it.

    With a place, as one of its items told it (`item.place`), they begin with the site and that item. A reader whose items
    tell no place is never given one.
    """
    found = system_of(source)
    if system and found not in ("", system):
        raise WxrError(
            f"This comes from {NAMES[found]}, not from {NAMES[system]}: take it in with import_{found}."
        )
    system = system or found or WORDPRESS
    return READERS[system](source, hints) if system in READERS else wxr.read(source, place)


def system_of(source) -> str:
    """By what is in it, not by its name; empty where that tells nothing."""
    if isinstance(source, str | Path):
        if Path(source).is_dir():
            return _of_names([path.name for path in Path(source).iterdir()]) or "markdown"
        with Path(source).open("rb") as stream:
            return _of_stream(stream)
    if not source.seekable():
        return ""
    source.seek(0)
    found = _of_stream(source)
    source.seek(0)
    return found


def _of_stream(stream):
    head = stream.read(HEAD)
    if head.startswith(b"PK"):
        stream.seek(0)
        try:
            with zipfile.ZipFile(stream) as archive:
                return _of_names(archive.namelist()) or _of_entries(archive)
        except DAMAGED:
            return ""
    if head.startswith(b"\x1f\x8b"):
        stream.seek(0)
        try:
            head = gzip.GzipFile(fileobj=stream).read(HEAD)
        except DAMAGED:
            return ""
    return _of_head(head)


def _of_names(names):
    names = [name for name in names if not name.startswith("__MACOSX/")]
    if substack.is_one(names):
        return "substack"
    return "blogger" if any(name.endswith("feed.atom") for name in names) else ""


def _of_entries(archive):
    """By the beginnings of what it holds: XML or JSON first, for backups hold texts of many kinds."""
    names = archive.namelist()
    for ending in (".xml", ".json"):
        for name in [name for name in names if name.lower().endswith(ending) and "__MACOSX" not in name][:20]:
            with archive.open(name) as entry:
                if found := _of_head(entry.read(HEAD)):
                    return found
    return "markdown" if any(name.lower().endswith(markdown.TEXTS) for name in names) else ""


def _of_head(head):
    if b"<rss" in head and b"wordpress.org/export" in head:
        return WORDPRESS
    if blogger.looks_like(head):
        return "blogger"
    return "ghost" if ghost.looks_like(head) else ""
