"""The files of a backup on their way back into the library."""

import hashlib
import shutil
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

from informed_comment.backups.trouble import Trouble
from informed_comment.files import is_full

WAITING = ".restoring"
OTHER = "The file {name} is in the library already and is another one. A restore replaces nothing: move the folder away first."


@contextmanager
def store():
    """Whatever keeps the files: a folder they wait in, or a bucket, where each is whole as soon as it is there."""
    if settings.MEDIA_S3_BUCKET:
        yield Bucket()
        return
    waiting = Path(default_storage.location, WAITING)
    try:
        shutil.rmtree(waiting, ignore_errors=True)  # of one that was killed
        waiting.mkdir(parents=True, mode=0o700)
        yield Folder(waiting)
    except OSError as error:
        said = "no room left" if is_full(error) else error.strerror or str(error)
        raise Trouble(f"The files cannot be put back: {said} ({error.filename or waiting}).") from error
    finally:
        shutil.rmtree(waiting, ignore_errors=True)


class Store:
    def __init__(self):
        self.there_already = 0

    def take(self, name, size, pieces):
        """Passes the pieces on when they are kept; a file that is there and is the same stays as it is."""
        if not self.has(name):
            yield from self.kept(name, pieces)
            return
        digest = hashlib.sha256()
        for piece in pieces:
            digest.update(piece)
            yield piece
        with default_storage.open(name) as file:
            if hashlib.file_digest(file, "sha256").digest() != digest.digest():
                raise Trouble(OTHER.format(name=name))
        self.there_already += 1


class Bucket(Store):
    def has(self, name):
        return default_storage.exists(name)

    def kept(self, name, pieces):
        with default_storage.put_back(name) as file:
            for piece in pieces:
                file.write(piece)
                yield piece

    def settle(self): ...


class Folder(Store):
    def __init__(self, waiting):
        super().__init__()
        self.waiting, self.target = waiting, waiting.parent

    def has(self, name):
        place = self.target / name
        if place.is_symlink() or (place.exists() and not place.is_file()):
            raise Trouble(OTHER.format(name=name))
        return place.exists()

    def kept(self, name, pieces):
        path = self.waiting / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            for piece in pieces:
                file.write(piece)
                yield piece
        path.chmod(settings.FILE_UPLOAD_PERMISSIONS)

    def settle(self):
        """Moves all of them. One that is killed in the middle is begun again and finds them there."""
        for folder, _, names in self.waiting.walk():
            place = self.target / folder.relative_to(self.waiting)
            place.mkdir(parents=True, exist_ok=True)
            for name in names:
                (folder / name).rename(place / name)
