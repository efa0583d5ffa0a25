"""Opens an export: plain XML, gzip, or a zip of several; nothing is written to disk."""

import gzip
import io
import lzma
import zipfile
import zlib
from pathlib import Path

from wordpress.reading.records import NotAWxr, Problem, Refused

# Deflate reaches 1032 to 1 on zeros; exports of text stay under 20.
LARGEST_RATIO = 200
ALWAYS_ALLOWED = 64 * 1024 * 1024
MOST_ENTRIES = 10_000
LARGEST_DIRECTORY = 8 * 1024 * 1024  # bytes of a zip's list of its entries, which is read whole
MOST_PASSED_OVER_TOLD = 20
CLIMBING = "it was read where it lies, and nothing was written there"
DAMAGED = (zlib.error, lzma.LZMAError, zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError)
_END = b"PK\x05\x06"  # with the size of that list twelve bytes on


class Budget:
    """How much may come out of one file, whatever of it is opened how often."""

    def __init__(self, compressed_size):
        self.left = max(ALWAYS_ALLOWED, compressed_size * LARGEST_RATIO)

    def spend(self, count):
        self.left -= count
        if self.left < 0:
            raise Refused("The compressed file swells out of all proportion; it was not read further.")


class Inflated(io.RawIOBase):
    """Reads a decompressing stream, and refuses it once it has grown out of all proportion."""

    def __init__(self, stream, budget):
        self._stream = stream
        self._budget = budget

    def readable(self):
        return True

    def readinto(self, buffer):
        try:
            data = self._stream.read(len(buffer))
        except DAMAGED as error:
            raise OSError(str(error) or "it ends too soon") from error
        self._budget.spend(len(data))
        buffer[: len(data)] = data
        return len(data)


def size_of(stream):
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
        size = size_of(buffered)
        yield io.BufferedReader(Inflated(gzip.GzipFile(fileobj=buffered), Budget(size))), name, True
    elif head.startswith(b"PK"):
        yield from _open_zip(buffered, name)
    elif not head:
        raise NotAWxr("The file is empty.")
    else:
        yield buffered, name, True


def _open_zip(stream, name):
    """Entries in the order of their names, which is how WordPress.com numbers its parts."""
    size = size_of(stream)
    if _size_of_directory(stream, size) > LARGEST_DIRECTORY:
        raise Refused(f"The zip file holds more than {MOST_ENTRIES} files; it was not read.")
    try:
        archive = zipfile.ZipFile(stream)
    except DAMAGED as error:
        raise NotAWxr(f"The zip file cannot be opened: {error}.") from error
    with archive:
        entries = sorted(
            (entry for entry in archive.infolist() if not (entry.is_dir() or _is_of_macs(entry.filename))),
            key=lambda e: e.filename,
        )
        if len(entries) > MOST_ENTRIES:
            raise Refused(f"The zip file holds more than {MOST_ENTRIES} files; it was not read.")
        exports = [entry for entry in entries if _is_export(entry.filename)]
        yield from _passed_over([entry for entry in entries if not _is_export(entry.filename)], name)
        budget = Budget(size)
        for entry in exports:
            if _climbs(entry.filename):
                yield Problem("odd", f"{entry.filename} leads out of the zip; {CLIMBING}", name), name, False
            label = f"{name}/{Path(entry.filename).name}"
            try:
                opened = archive.open(entry)
            except DAMAGED as error:  # or encrypted, or of a method we do not know
                yield Problem("broken", f"cannot be opened: {error}", label), label, False
                continue
            with opened:
                yield io.BufferedReader(Inflated(opened, budget)), label, len(exports) == 1


def _size_of_directory(stream, size):
    """As the end of the file has it; 0 where there is no such end."""
    if not size:
        return 0
    stream.seek(max(0, size - 66_000))
    tail = stream.read()
    stream.seek(0)
    end = tail.rfind(_END)
    return int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0


def _passed_over(entries, name):
    for entry in entries[:MOST_PASSED_OVER_TOLD]:
        is_zip = entry.filename.lower().endswith((".zip", ".gz"))
        why = "packed once more; unpack it and import it by itself" if is_zip else "not an .xml file"
        label = f"{name}/{Path(entry.filename).name}"
        yield Problem("skipped", why, label), label, False
    if rest := entries[MOST_PASSED_OVER_TOLD:]:
        yield Problem("skipped", f"{len(rest)} other files are no .xml files either", name), name, False


def _is_export(filename):
    return filename.lower().endswith(".xml")


def _is_of_macs(filename):
    """What a Mac keeps beside each file of its own."""
    return filename.startswith("__MACOSX/") or filename.rpartition("/")[2] == ".DS_Store"


def _climbs(filename):
    return filename.startswith(("/", "\\")) or ".." in filename.replace("\\", "/").split("/")
