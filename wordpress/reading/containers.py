"""Opens an export: plain XML, gzip, or a zip of several; nothing is written to disk."""

import gzip
import io
import zipfile
import zlib
from pathlib import Path

from wordpress.reading.records import NotAWxr, Problem, Refused

# Deflate reaches 1032 to 1 on zeros; exports of text stay under 20.
LARGEST_RATIO = 200
ALWAYS_ALLOWED = 64 * 1024 * 1024


class Inflated(io.RawIOBase):
    """Reads a decompressing stream, and refuses it once it has grown out of all proportion."""

    def __init__(self, stream, compressed_size):
        self._stream = stream
        self._left = max(ALWAYS_ALLOWED, compressed_size * LARGEST_RATIO)

    def readable(self):
        return True

    def readinto(self, buffer):
        try:
            data = self._stream.read(len(buffer))
        except (zlib.error, zipfile.BadZipFile) as error:
            raise OSError(str(error)) from error
        self._left -= len(data)
        if self._left < 0:
            raise Refused("The compressed file swells out of all proportion; it was not read further.")
        buffer[: len(data)] = data
        return len(data)


def _size(stream):
    if not stream.seekable():
        return 0
    here = stream.tell()
    size = stream.seek(0, io.SEEK_END)
    stream.seek(here)
    return size - here


def open_exports(source):
    """Yields (stream, name, is_only); instead of a stream a Problem, for an entry of a zip that was passed over."""
    if isinstance(source, str | Path):
        with Path(source).open("rb") as stream:
            yield from _open_stream(stream, Path(source).name)
    else:
        yield from _open_stream(source, Path(str(getattr(source, "name", "") or "")).name)


def _open_stream(stream, name):
    buffered = stream if hasattr(stream, "peek") else io.BufferedReader(stream)
    head = buffered.peek(4)[:4]
    if head.startswith(b"\x1f\x8b"):
        size = _size(buffered)
        yield io.BufferedReader(Inflated(gzip.GzipFile(fileobj=buffered), size)), name, True
    elif head.startswith(b"PK"):
        yield from _open_zip(buffered, name)
    elif not head:
        raise NotAWxr("The file is empty.")
    else:
        yield buffered, name, True


def _open_zip(stream, name):
    """Entries in the order of their names, which is how WordPress.com numbers its parts."""
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise NotAWxr(f"The zip file cannot be opened: {error}.") from error
    with archive:
        entries = sorted(
            (entry for entry in archive.infolist() if not entry.is_dir()), key=lambda e: e.filename
        )
        exports = [entry for entry in entries if _is_export(entry.filename)]
        for entry in entries:
            label = f"{name}/{Path(entry.filename).name}"
            if entry not in exports:
                yield Problem("skipped", "not an .xml file", label), label, False
                continue
            try:
                opened = archive.open(entry)
            except (RuntimeError, zipfile.BadZipFile) as error:  # encrypted, or of a method we do not know
                yield Problem("broken", f"cannot be opened: {error}", label), label, False
                continue
            with opened:
                inflated = Inflated(opened, entry.compress_size)
                yield io.BufferedReader(inflated), label, len(exports) == 1


def _is_export(filename):
    return filename.lower().endswith(".xml") and not filename.startswith("__MACOSX/")
