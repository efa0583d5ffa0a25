"""JSON of any size, a row at a time, in constant memory: `rows_of` gives the rows of every list two names deep.

What is broken is told with its line and column, and reading goes on at the next row; a file cut off in the middle gives
all rows before the cut.
"""

import codecs
import json
import re
from dataclasses import dataclass

CHUNK = 1 << 18
LONGEST_ROW = 32 * 1024 * 1024  # characters
DEEPEST = 30
_SPACE = re.compile(r"[ \t\r\n]*")
_NEXT_ROW = re.compile(r"[}\]]\s*,\s*(?=\{\s*\")")
_DECODER = json.JSONDecoder(strict=False)  # control characters within strings are taken as they stand


@dataclass(slots=True)
class Row:
    """`table` are the names that lead to it; `number` counts from 1 within its list."""

    table: tuple
    number: int
    value: object
    line: int


@dataclass(slots=True)
class Break:
    """Where the text is no JSON; `is_end` when nothing after it can be read."""

    table: tuple
    number: int
    message: str
    line: int
    column: int
    is_end: bool = False


class NotJson(ValueError):
    pass


class _End(Exception):
    """Nothing after this can be read, and that has been told."""


class _Text:
    """A window on the text, which grows at its end and is dropped at its beginning."""

    def __init__(self, stream):
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8-sig")(errors="replace").decode
        self.text, self.at, self.is_whole = "", 0, False
        self._lines, self._columns = 0, 0  # before the window

    def more(self):
        """Whether there was more to read."""
        if self.is_whole:
            return False
        head = self.text[: self.at]
        lines = head.count("\n")
        self._columns = self.at - head.rfind("\n") - 1 if lines else self._columns + self.at
        self._lines += lines
        try:
            data = self._stream.read(max(CHUNK, len(self.text) - self.at))
        except (EOFError, OSError):  # a compressed file that is damaged ends there
            data = b""
        self.text = self.text[self.at :] + self._decode(data, not data)
        self.at, self.is_whole = 0, not data
        return bool(data)

    def peek(self):
        """The next character that is no space; empty at the end."""
        while True:
            self.at = _SPACE.match(self.text, self.at).end()
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""

    def take(self, wanted):
        if self.peek() != wanted:
            raise NotJson(f"{wanted!r} is missing" if self.peek() else "the file ends in the middle")
        self.at += 1

    def value(self):
        """The next value, whole."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
                if end < len(self.text) or self.is_whole:
                    self.at = end
                    return value
                error = None
            except (json.JSONDecodeError, RecursionError) as found:
                error = found
            if len(self.text) - self.at > LONGEST_ROW:
                raise NotJson(str(error or "a row is too long"))
            if not self.more() and error:
                is_cut = (
                    self.text[self.at :].rstrip()[-1:] not in ("}", "]") or not self.text[self.at :].strip()
                )
                raise NotJson("the file ends in the middle" if is_cut else getattr(error, "msg", str(error)))

    def place(self):
        head = self.text[: self.at]
        lines = head.count("\n")
        column = self.at - head.rfind("\n") if lines else self._columns + self.at + 1
        return self._lines + lines + 1, column

    def skip_to_row(self):
        """Past what is broken, to the beginning of the next row; whether there is one."""
        self.at = min(self.at + 1, len(self.text))
        while True:
            if found := _NEXT_ROW.search(self.text, self.at):
                self.at = found.end()
                return True
            self.at = max(self.at, len(self.text) - 200)
            if not self.more():
                return False


def rows_of(stream):
    """Yields Row and Break. A value that stands alone under a name is a list of one."""
    text = _Text(stream)
    try:
        yield from _walk(text, ())
    except _End:
        return
    except NotJson as error:
        yield Break((), 0, str(error), *text.place(), is_end=True)


def _walk(text, table):
    """The members of an object, or the entries of a list, down to the lists of rows."""
    if len(table) > DEEPEST:
        raise NotJson("objects are nested without end")
    kind = text.peek()
    if kind == "[" and table:
        yield from _list(text, table)
    elif kind == "[":
        yield from _rows(text, table)
    elif kind == "{":
        text.take("{")
        while text.peek() != "}":
            name = text.value()
            if not isinstance(name, str):
                raise NotJson("a name is missing")
            text.take(":")
            yield from _walk(text, (*table, name))
            if text.peek() == ",":
                text.take(",")
        text.take("}")
    else:
        line, _column = text.place()
        yield Row(table, 1, text.value(), line)


def _list(text, table):
    """A list of rows, unless it holds objects that hold such lists: Ghost's `db`."""
    if table == ("db",):
        text.take("[")
        while text.peek() not in ("]", ""):
            yield from _walk(text, table)
            if text.peek() == ",":
                text.take(",")
        text.take("]")
    else:
        yield from _rows(text, table)


def _rows(text, table):
    text.take("[")
    number = 0
    while (peeked := text.peek()) != "]":
        if not peeked:
            raise NotJson("the file ends in the middle")
        number += 1
        line, column = text.place()
        try:
            value = text.value()
        except NotJson as error:
            is_end = not text.skip_to_row()
            yield Break(table, number, str(error), line, column, is_end)
            if is_end:
                raise _End from None
            continue
        yield Row(table, number, value, line)
        if text.peek() == ",":
            text.take(",")
        elif text.peek() != "]":
            line, column = text.place()
            is_end = not text.skip_to_row()
            yield Break(table, number, "rows are not parted by a comma", line, column, is_end)
            if is_end:
                raise _End
    text.take("]")
