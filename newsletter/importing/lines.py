"""A stored file as lines, and as records of CSV with the number of their line; in constant memory, whatever is in it."""

import csv
import io
from dataclasses import dataclass
from itertools import islice

from newsletter.models import ImportPiece

LONGEST = 64 * 1024  # characters of a line, and of a cell: nobody's row is longer
PIECE = 1024 * 1024  # bytes of each piece but the last
RAW = 2000  # characters of a row that are kept
TOO_LONG = "The row is longer than any subscriber's can be."


class Pieces(io.RawIOBase):
    """The pieces of a stored file, one after the other, from any byte on."""

    def __init__(self, batch_id):
        self.batch_id, self.at, self.number, self.piece = batch_id, 0, None, b""

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=io.SEEK_SET):
        self.at = offset if whence == io.SEEK_SET else self.at + offset
        return self.at

    def readinto(self, buffer):
        number, start = divmod(self.at, PIECE)
        if number != self.number:
            found = ImportPiece.objects.filter(batch_id=self.batch_id, number=number)
            self.piece = memoryview(found.values_list("content", flat=True).first() or b"")
            self.number = number
        size = min(len(buffer), max(0, len(self.piece) - start))
        buffer[:size] = self.piece[start : start + size]
        self.at += size
        return size


class Stored:
    """The file of a batch as text; `position` names a line's end from which it can be read again."""

    def __init__(self, batch, position=""):
        pieces = io.BufferedReader(Pieces(batch.pk), 256 * 1024)
        self.text = io.TextIOWrapper(pieces, batch.encoding, errors="replace", newline="")
        self.number = 0
        if position:
            place, number = map(int, position.split())
            self.text.seek(place)
            self.number = number

    @property
    def position(self):
        return f"{self.text.tell()} {self.number}"

    def lines(self):
        """(number, line with its end, whether it was longer than LONGEST and so was cut). NULs are left out."""
        while line := self.text.readline(LONGEST):
            self.number += 1
            end, is_long = line[-1], False
            while end not in "\r\n" and (rest := self.text.readline(LONGEST)):
                end, is_long = rest[-1], True
            yield self.number, line.replace("\0", "") if "\0" in line else line, is_long


@dataclass(slots=True)
class Record:
    """`line` is where it begins. `problem` says why its cells cannot be trusted."""

    line: int
    cells: list
    raw: str
    problem: str = ""


class Records:
    """The rows of the file, the first one (`has_head`) among them; blank lines are none."""

    def __init__(self, batch, *, delimiter=None, position=""):
        self.stored = Stored(batch, position)
        self.delimiter = delimiter or batch.delimiter
        self.width = len(batch.head) or None
        self.is_between = True  # two records, and not among lines that were read ahead
        self.taken = []  # the lines of the record being read

    @property
    def position(self):
        """Where the next record begins; empty when that cannot be said."""
        return self.stored.position if self.is_between else ""

    def lines(self):
        for number, line, is_long in self.stored.lines():
            if number == 1 and line.lower().startswith("sep="):
                continue
            self.taken.append((number, line, is_long))
            yield "\n" if is_long else line

    def __iter__(self):
        reader = csv.reader(self.lines(), delimiter=self.delimiter)
        while True:
            self.taken.clear()
            problem = ""
            try:
                cells = next(reader, None)
            except csv.Error:
                cells, problem = [], TOO_LONG
            if cells is None:
                return
            if len(self.taken) == 1 and self.taken[0][2]:
                cells, problem = [], TOO_LONG
            if problem or any(cell.strip() for cell in cells):
                yield from self.records(cells, problem)

    def records(self, cells, problem):
        """The record just read; line by line when a quotation mark that was never closed has swallowed others."""
        if len(self.taken) > 1 and (problem or self.has_swallowed()):
            self.is_between = False
            yield from self.one_by_one(list(self.taken))
            self.is_between = True
            return
        self.width = self.width or len(cells)
        raw = "".join(line for _, line, _ in self.taken)
        yield Record(self.taken[0][0], cells, raw.rstrip("\r\n")[:RAW], problem)

    def has_swallowed(self):
        """Whether further lines of a record look like rows: so many cells, and an address among them."""
        enough = (self.width or 1) - 1
        return any("@" in line and line.count(self.delimiter) >= enough for _, line, _ in self.taken[1:])

    def one_by_one(self, taken):
        said = f"A quotation mark is opened in line {taken[0][0]} and not closed. Close it, and import the file again."
        yield Record(taken[0][0], [], taken[0][1].rstrip("\r\n")[:RAW], said)
        for number, line, is_long in taken[1:]:
            for cells in csv.reader([line], delimiter=self.delimiter):
                if any(cell.strip() for cell in cells):
                    raw = line.rstrip("\r\n")[:RAW]
                    yield Record(number, cells, raw, TOO_LONG if is_long else "")


csv.field_size_limit(LONGEST)


def chunks(records, size):
    while chunk := list(islice(records, size)):
        yield chunk
