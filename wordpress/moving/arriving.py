"""An export on its way here part by part, so that a line that breaks costs a part and not an hour.

The pieces lie under their numbers from the first on, in whatever order and however often they are sent; what the file
is, is looked at once it is whole.
"""

import hashlib
from pathlib import Path

from django.db import connection, transaction

from wordpress.models import Move, MovePiece
from wordpress.moving.first_sight import glance
from wordpress.moving.pieces import PIECE
from wordpress.moving.receiving import INTO, CannotReceive, each_once, too_large

MOST_FILES = 50
PART = 2 * PIECE  # bytes that come at once
State = Move.State
LOST = "The upload is no longer under way. Choose the file again."


@transaction.atomic
def begin(files, *, options, by="", limit=None):
    """A move that waits for files, given as (name, size). Raises CannotReceive."""
    if not files or len(files) > MOST_FILES:
        raise CannotReceive(f"Choose at least one file, and at most {MOST_FILES}; a zip may hold several.")
    for name, size in files:
        if limit and size > limit:
            raise too_large(name, limit)
        if size < 1:
            raise CannotReceive(f"{name} is empty. Export it again.")
    told = [{"path": "", "name": Path(name).name[-200:], "size": size, "digest": ""} for name, size in files]
    return Move.objects.create(
        files=told, state=State.ARRIVING, options=options.as_json(), created_by=by[:150]
    )


@transaction.atomic
def take(move_id, *, file, at, content, by=""):
    """The bytes of a file from `at` on; every part begins where a piece does. Raises CannotReceive."""
    move = _on_its_way(move_id, by).select_for_update().first()
    if move is None or file >= len(move.files):
        raise CannotReceive(LOST)
    size = move.files[file]["size"]
    is_last = at + len(content) == size
    if (
        at % PIECE
        or not 0 < len(content) <= PART
        or (len(content) % PIECE and not is_last)
        or at + len(content) > size
    ):
        raise CannotReceive("A part of the file did not come as it should. Choose the file again.")
    _write(move, file, at // PIECE, content)


def _write(move, file, first, content):
    """A piece that came before makes room for the same again."""
    pieces = [content[start : start + PIECE] for start in range(0, len(content), PIECE)]
    numbers = range(first, first + len(pieces))
    MovePiece.objects.filter(move=move, file=file, number__in=numbers).delete()
    with connection.cursor() as cursor, cursor.copy(INTO) as copy:  # which no log of queries takes to memory
        for number, piece in zip(numbers, pieces, strict=True):
            copy.write_row((move.pk, file, number, piece))


@transaction.atomic
def finish(move_id, *, by=""):
    """The move with all its files whole, known by their digests. Raises CannotReceive."""
    move = _on_its_way(move_id, by).select_for_update().first()
    if move is None:
        raise CannotReceive(LOST)
    for number, file in enumerate(move.files):
        file["digest"] = _digest(move, number, file)
    move.files = each_once(move.files)
    move.state = State.RECEIVED
    glance(move)
    move.save(update_fields=["files", "state"])
    return move


def _on_its_way(move_id, by):
    """Only whoever began to send it sends more."""
    return Move.objects.filter(pk=move_id, state=State.ARRIVING, created_by=by[:150])


def _digest(move, number, file):
    digest, size = hashlib.sha256(), 0
    pieces = MovePiece.objects.filter(move=move, file=number).order_by("number")
    for content in pieces.values_list("content", flat=True).iterator(chunk_size=8):
        digest.update(content)
        size += len(content)
    if size != file["size"]:
        raise CannotReceive(f"{file['name']} has not come whole. Choose it again.")
    return digest.hexdigest()


def forget(move_id, *, by=""):
    """An upload that was refused or given up leaves nothing behind."""
    _on_its_way(move_id, by).delete()
