"""What a file is, seen from its beginning: so that a wrong one is refused at once and not by the worker."""

from itertools import islice

from django.db import transaction

from wordpress import formats
from wordpress.moving.pieces import PIECE, Pieces
from wordpress.moving.receiving import CannotReceive, receive, receive_upload
from wordpress.reading.records import Problem, WxrError
from wordpress.taking.options import Options

LOOKED_AT = 500  # complaints before the first record
CURE = "Export it again in the old system, and send the file as it comes."


@transaction.atomic
def receive_sent(files, *, options, by="", limit=None):
    """An import of uploaded files, each of a kind that is known. Raises CannotReceive."""
    sent = [(file.name, file.chunks(PIECE)) for file in files]
    return glance(receive_upload(sent, options=options, by=by, limit=limit))


@transaction.atomic
def receive_here(paths, *, options, by=""):
    """An import of files of this machine, each of a kind that is known. Raises CannotReceive."""
    return glance(receive(paths, options=options, by=by))


def glance(move):
    """The move, told of which system it is, if a reader knows each of its files. Raises CannotReceive."""
    hints = Options.from_json(move.options).hints
    for number, file in enumerate(move.files):
        source = file["path"] or Pieces(move.pk, number, name=file["name"], size=file["size"])
        try:
            move.format = move.format or formats.system_of(source) or formats.WORDPRESS
            records = islice(formats.read(source, hints=hints), LOOKED_AT)
            if all(isinstance(record, Problem) for record in records):
                raise CannotReceive(f"{file['name']}: There is nothing in it that could be imported. {CURE}")
        except (WxrError, OSError) as error:
            said = getattr(error, "strerror", None) or str(error)
            raise CannotReceive(f"{file['name']}: {said.rstrip('.')}. {CURE}") from error
    move.save(update_fields=["format"])
    return move
