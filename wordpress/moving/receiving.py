"""Files as they come, on this machine or uploaded: what they are called, and a digest to know them by again."""

import hashlib
from pathlib import Path

from django.db import connection, transaction

from wordpress.models import Move
from wordpress.moving.pieces import PIECE, of_equal_size
from wordpress.taking.options import Options

INTO = "COPY wordpress_movepiece (move_id, file, number, content) FROM STDIN"


class CannotReceive(ValueError):
    """Why a file cannot be taken, in a sentence with the cure."""


@transaction.atomic
def receive(paths, *, options=None, by=""):
    """An import of the exports at these paths of this machine. Raises CannotReceive."""
    files = [at_path(path) for path in paths]
    if not files:
        raise CannotReceive("Name at least one file.")
    return Move.objects.create(
        files=each_once(files), options=(options or Options()).as_json(), created_by=by[:150]
    )


@transaction.atomic
def receive_upload(uploads, *, options=None, by="", limit=None):
    """An import of uploaded files: `uploads` are (name, its bytes in any pieces). Raises CannotReceive."""
    move = Move.objects.create(options=(options or Options()).as_json(), created_by=by[:150])
    for number, (name, chunks) in enumerate(uploads):
        move.files.append(_stored(move, number, name, chunks, limit))
    if not move.files:
        raise CannotReceive("Choose at least one file.")
    move.files = each_once(move.files)
    move.save(update_fields=["files"])
    return move


def too_large(name, limit):
    return CannotReceive(
        f"{name} is larger than {limit // PIECE:,} MB. Pack it (.zip or .gz), or have it put into the folder for imports on "
        "the server (IMPORTS_DIR), or import it there with the command import_wordpress."
    )


def _stored(move, file, name, chunks, limit):
    size, digest = 0, hashlib.sha256()
    with connection.cursor() as cursor, cursor.copy(INTO) as copy:  # which no log of queries takes to memory
        for number, content in enumerate(of_equal_size(chunks)):
            size += len(content)
            digest.update(content)
            if limit and size > limit:
                raise too_large(name, limit)
            copy.write_row((move.pk, file, number, content))
    if not size:
        raise CannotReceive(f"{name} is empty. Export it again.")
    return {"path": "", "name": Path(name).name[-200:], "size": size, "digest": digest.hexdigest()}


def at_path(path):
    """What a file, or a folder of files, is known by: its size, its beginning and its end.

    One that cannot be read is known by its path; the report will say so, and the others come in.
    """
    path = Path(path).resolve()
    try:
        known = _of_folder(path) if path.is_dir() else _of_file(path)
    except OSError:
        known = {"size": 0, "digest": hashlib.sha256(str(path).encode(errors="replace")).hexdigest()}
    return {"path": str(path), "name": path.name[-200:], **known}


def each_once(files):
    """Of files that are the same, the later ones say which they are the same as."""
    first = {}
    for number, file in enumerate(files):
        same = first.setdefault((file["size"], file["digest"]), number)
        if same != number:
            file["same_as"] = same
    return files


def _of_file(path):
    digest = hashlib.sha256()
    with path.open("rb") as file:
        size = path.stat().st_size
        digest.update(file.read(PIECE))
        file.seek(max(0, size - PIECE))
        digest.update(file.read(PIECE))
    digest.update(str(size).encode())
    return {"size": size, "digest": digest.hexdigest()}


def _of_folder(folder):
    digest, size = hashlib.sha256(), 0
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            stat = path.stat()
            size += stat.st_size
            digest.update(f"{path.relative_to(folder)}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return {"size": size, "digest": digest.hexdigest()}
