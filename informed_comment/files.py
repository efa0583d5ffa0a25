"""Files that are whole or not there at all, and a disk that is full."""

import errno
import functools
import os
import re
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

PLAIN = re.compile(r"(?:[\w-][\w.-]*/)*[\w-][\w.-]*", re.ASCII)  # a name that is its own address
PIECE = 1 << 20
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class StoreAway(OSError):
    """The bucket that keeps the files cannot be reached, or refuses."""


def is_full(error):
    """Whether an OSError says that there is no room: a full disk, a spent quota."""
    return error.errno in FULL


class Finished(File):
    """A file written to the end under another name, which storage only has to move."""

    def __init__(self, path):
        self.path = path
        super().__init__(None, name=path.name)

    def temporary_file_path(self):
        return str(self.path)


class WholeFileStorage(FileSystemStorage):
    """Writes a file under a name nobody knows and gives it its own when it is whole.

    So nobody is ever shown half a file, and a write that fails, for want of room say, leaves nothing behind.
    """

    def url(self, name):
        """What Django makes of it, without its trouble for a name that needs none: a page shows a hundred files."""
        if name and self.base_url and PLAIN.fullmatch(name):
            return self.base_url + name
        return super().url(name)

    def _save(self, name, content):
        Path(self.location).mkdir(parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(prefix=".unfinished-", dir=self.location)
        try:
            with open(handle, "wb") as unfinished:
                for part in content.chunks():
                    unfinished.write(part)
            return super()._save(name, Finished(Path(path)))
        finally:
            Path(path).unlink(missing_ok=True)

    def everything(self):
        """(name, size, a function that opens it as pieces of bytes) of every file, in the order of the names.

        What begins with a dot is none of the library's, and a folder behind a link belongs to whoever put it there.
        """
        yield from files_below(Path(self.location), "")


def files_below(folder, prefix):
    """Sorted by the bytes of the whole name, in which a folder counts with its slash."""
    try:
        with os.scandir(folder) as scanned:
            entries = [
                (f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name, entry)
                for entry in scanned
                if not entry.name.startswith(".")
            ]
    except FileNotFoundError:
        return
    for name, entry in sorted(entries, key=lambda pair: os.fsencode(pair[0])):
        if name.endswith("/"):
            yield from files_below(entry.path, prefix + name)
            continue
        try:
            is_file, size = entry.is_file(), entry.stat().st_size
        except FileNotFoundError:
            continue
        if is_file:
            yield prefix + name, size, functools.partial(pieces_of, entry.path)


@contextmanager
def pieces(file):
    with file:
        yield iter(lambda: file.read(PIECE), b"")


def pieces_of(path):
    return pieces(open(path, "rb"))  # here, so that a file which is gone is noticed at once


class LostFile(UploadedFile):
    """An upload that found no room; whoever reads it is told so."""

    def __init__(self, name, error):
        super().__init__(None, name, size=1)
        self.error = error

    def read(self, *args):
        raise self.error

    def chunks(self, chunk_size=None):
        raise self.error


class TemporaryFileHandler(TemporaryFileUploadHandler):
    """Django's, for large uploads; a disk too full for it is a matter of the one file and not of the whole request."""

    error = None

    def new_file(self, *args, **kwargs):
        self.error = None
        with self.noting():
            super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data, start):
        with self.noting():
            if self.error is None:
                super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size):
        with self.noting():
            if self.error is None:
                return super().file_complete(file_size)
        return LostFile(self.file_name, self.error)

    @contextmanager
    def noting(self):
        try:
            yield
        except OSError as error:
            if not is_full(error):
                raise
            self.error = error
            with suppress(OSError, AttributeError):  # what waits to be written finds no room either
                self.file.close()
