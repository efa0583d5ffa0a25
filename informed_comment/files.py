"""Files that are whole or not there at all, and a disk that is full."""

import errno
import re
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

PLAIN = re.compile(r"(?:[\w-][\w.-]*/)*[\w-][\w.-]*", re.ASCII)  # a name that is its own address
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
