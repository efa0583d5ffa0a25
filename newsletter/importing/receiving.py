"""A file as it comes: kept in pieces, and what can be told of it by looking: encoding, delimiter, first row, layout."""

import codecs
import hashlib
from dataclasses import dataclass
from itertools import islice

from django.db import connection, transaction

from newsletter import addresses
from newsletter.importing import layouts
from newsletter.importing.lines import PIECE, Records, Stored
from newsletter.models import ImportBatch

INTO = "COPY newsletter_importpiece (batch_id, number, content) FROM STDIN"
SHOWN = 5  # rows shown to whoever has to say what the columns mean
DELIMITERS = ",;\t|"
ASCII = bytes(range(128))
# Where the two old encodings have their small letters with accents, é, ü, ñ …
LETTERS_OF_MAC, LETTERS_OF_WINDOWS = bytes(range(0x87, 0xA0)), bytes(range(0xE0, 0x100))
BY_MARK = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class CannotRead(ValueError):
    """Why a file cannot be imported, in a sentence with the cure."""


@transaction.atomic
def receive(pieces, *, name, by=None, limit=None):
    """A batch with the whole file, of bytes in any pieces; what it seems to be is written into it. Raises CannotRead."""
    batch = ImportBatch.objects.create(file_name=name[-200:], created_by=by)
    looked = Look()
    with connection.cursor() as cursor, cursor.copy(INTO) as copy:  # which no log of queries takes to memory
        for number, content in enumerate(of_equal_size(pieces)):
            looked.at(content)
            if limit and looked.size > limit:
                raise CannotRead(
                    f"The file is larger than {limit // 1024 // 1024} MB. Cut it into several, each with the first row."
                )
            copy.write_row((batch.pk, number, content))
    batch.size, batch.sha256, batch.encoding = looked.size, looked.sum.hexdigest(), looked.encoding()
    describe(batch)
    batch.save()
    return batch


def of_equal_size(pieces):
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) >= PIECE:
            yield bytes(waiting[:PIECE])
            del waiting[:PIECE]
    if waiting:
        yield bytes(waiting)


class Look:
    """What is noted of the bytes as they pass."""

    def __init__(self):
        self.size, self.sum, self.start = 0, hashlib.sha256(), b""
        self.decoder, self.is_utf8 = codecs.getincrementaldecoder("utf-8")(), True
        self.mac = self.windows = 0

    def at(self, content):
        self.size += len(content)
        self.sum.update(content)
        self.start = self.start or content[:4096]
        if self.is_utf8:
            try:
                self.decoder.decode(content)
            except UnicodeDecodeError:
                self.is_utf8 = False
        beyond = content.translate(None, ASCII)
        self.mac += len(beyond) - len(beyond.translate(None, LETTERS_OF_MAC))
        self.windows += len(beyond) - len(beyond.translate(None, LETTERS_OF_WINDOWS))

    def encoding(self):
        """By its mark; without one by its zeroes (UTF-16), by being UTF-8, or by where its letters lie."""
        for mark, encoding in BY_MARK.items():
            if self.start.startswith(mark):
                return encoding
        even, odd = self.start[::2].count(0), self.start[1::2].count(0)
        if max(even, odd) > len(self.start) // 5 and min(even, odd) < max(even, odd) // 4:
            return "utf-16-be" if even > odd else "utf-16-le"
        if self.is_utf8:
            return "utf-8"
        return "mac_roman" if self.mac > self.windows else "cp1252"


@dataclass(frozen=True)
class Beginning:
    """The first rows under one delimiter."""

    delimiter: str
    rows: list

    @property
    def width(self):
        """How surely it is this delimiter: how many cells the first row has, if the others have as many."""
        first = len(self.rows[0].cells) if self.rows else 0
        alike = sum(len(row.cells) == first for row in self.rows)
        return first, alike


def describe(batch):
    """Writes into the batch what the first rows tell. A file with no row at all is refused."""
    found = max((beginning(batch, one) for one in delimiters(batch)), key=lambda beginning: beginning.width)
    if not found.rows:
        raise CannotRead(
            "The file has no row that can be read. Export it again as CSV, a row for each subscriber."
        )
    first = found.rows[0].cells
    batch.delimiter = found.delimiter
    batch.has_head = not any(is_address(cell) for cell in first)
    batch.head = first if batch.has_head else [f"Column {number}" for number, _ in enumerate(first, 1)]
    batch.head = [name[:100] for name in batch.head[:200]]
    batch.first_rows = [
        [cell[:100] for cell in row.cells[:200]] for row in found.rows[batch.has_head :][:SHOWN]
    ]
    layout = layouts.recognised(batch.head) if batch.has_head else None
    if layout is None and not batch.has_head and len(first) == 1:
        layout = layouts.ADDRESSES
    batch.layout = layout.name if layout else ""


def delimiters(batch):
    """Those to try; the one that Excel's first line `sep=;` names, when there is such a line."""
    first = next((line for _, line, _ in Stored(batch).lines()), "").strip()
    if first.lower().startswith("sep=") and first[4:5] in (*DELIMITERS, ""):
        return [first[4:5] or "\t"]
    return DELIMITERS


def beginning(batch, delimiter):
    looked_at = list(islice(Records(batch, delimiter=delimiter), SHOWN + 1))
    return Beginning(delimiter, [row for row in looked_at if not row.problem])


def is_address(cell):
    try:
        addresses.parse(cell.strip("'\""))
    except addresses.NotAnAddress:
        return False
    return True
