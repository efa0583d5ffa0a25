"""A folder or a zip as a system exports it: files by their names, in order, each within limits; nothing is unpacked."""

import io
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from wordpress.reading.containers import DAMAGED, Budget, Inflated, size_of
from wordpress.reading.records import Refused, WxrError

MOST_FILES = 500_000
PASSED_OVER = ("__MACOSX", ".git", "node_modules", ".DS_Store", "Thumbs.db")


@dataclass(frozen=True, slots=True)
class Entry:
    """`name` is the path within the bundle, with slashes."""

    name: str
    size: int

    @property
    def ending(self):
        return PurePosixPath(self.name).suffix.lower()


class Bundle:
    """`name` is what it is called itself; `refused` are names that would lead out of it."""

    def __init__(self, name, entries, opener, refused=()):
        self.name = name
        self.entries = sorted(entries, key=lambda entry: entry.name)
        self.names = {entry.name for entry in self.entries}
        self.refused = list(refused)
        self._opener = opener

    def open(self, name):
        """A binary stream; OSError where the entry is damaged or locked."""
        return self._opener(name)

    def read(self, name, limit):
        """The whole of a file that must not be longer than that."""
        with self.open(name) as stream:
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise OSError(f"it is longer than {limit // 1024 // 1024} MB")
        return data

    def ending(self, *endings):
        return [entry for entry in self.entries if entry.ending in endings]


@contextmanager
def opened(source) -> Iterator[Bundle]:
    """The bundle at a path, or in a binary file open for reading. Raises WxrError where it is neither folder nor zip."""
    if isinstance(source, str | Path) and Path(source).is_dir():
        yield _of_folder(Path(source).resolve())
        return
    name = Path(str(source if isinstance(source, str | Path) else getattr(source, "name", "") or "")).name
    try:
        with zipfile.ZipFile(source) as archive:
            yield _of_zip(archive, name)
    except DAMAGED as error:
        raise WxrError(f"The zip file {name} cannot be opened: {error}.") from error


def _of_folder(root):
    entries, refused = [], []
    for folder, folders, files in os.walk(root):  # which follows no links to folders
        folders[:] = sorted(one for one in folders if not one.startswith(".") and one not in PASSED_OVER)
        for file in files:
            path = Path(folder, file)
            name = path.relative_to(root).as_posix()
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                refused.append(name)
            elif path.is_file() and file not in PASSED_OVER:
                entries.append(Entry(name, path.stat().st_size))
        _not_too_many(entries)
    return Bundle(root.name, entries, lambda name: (root / name).open("rb"), refused)


def _of_zip(archive, name):
    entries, refused, by_name = [], [], {}
    for info in archive.infolist():
        path = info.filename.replace("\\", "/")
        parts = PurePosixPath(path).parts
        if info.is_dir() or set(parts) & set(PASSED_OVER):
            continue
        if path.startswith("/") or ".." in parts or "\x00" in path or ":" in parts[0]:
            refused.append(path)
            continue
        path = str(PurePosixPath(path))
        entries.append(Entry(path, info.file_size))
        by_name[path] = info
        _not_too_many(entries)

    budget = Budget(size_of(archive.fp))

    def opener(wanted):
        try:
            return io.BufferedReader(Inflated(archive.open(by_name[wanted]), budget))
        except DAMAGED as error:  # or locked, or of an unknown method
            raise OSError(str(error)) from error

    return Bundle(name, entries, opener, refused)


def _not_too_many(entries):
    if len(entries) > MOST_FILES:
        raise Refused(f"There are more than {MOST_FILES:,} files in it; it was not read.")
