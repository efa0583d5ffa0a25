"""The entries of an Atom feed of any size, one at a time; what is broken costs the entry it stands in."""

import re
from xml.parsers import expat

from wordpress.reading.elements import Element
from wordpress.reading.records import Problem, Refused
from wordpress.reading.xmltext import XmlText

CHUNK = 1 << 16
LONGEST_ENTRY = 64 * 1024 * 1024  # characters
DEEPEST = 60
_ENTRY = re.compile(r"<entry[\s>]")


class _Broken(Exception):
    pass


class _Feed:
    """What expat reports, as elements: `done` fills with those that stand directly in the feed."""

    def __init__(self):
        self.done, self._stack, self._depth, self._size = [], [], 0, 0
        self.line = lambda: 0

    def parser(self, lines):
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        self._stack, self._depth, self._size = [], 0, 0
        self.line = lambda: lines + parser.CurrentLineNumber
        return parser

    def _start(self, name, attributes):
        self._depth += 1
        if self._depth > DEEPEST:
            raise _Broken(f"elements nested deeper than {DEEPEST}")
        if self._depth > 1:
            element = Element(name.removeprefix("atom:"), attributes, self.line())
            if self._stack:
                self._stack[-1].parts.append(element)
            self._stack.append(element)

    def _text(self, data):
        if self._stack:
            self._size += len(data)
            if self._size > LONGEST_ENTRY:
                raise _Broken("an entry that is too long")
            self._stack[-1].parts.append(data)

    def _end(self, _name):
        self._depth -= 1
        if self._stack:
            element = self._stack.pop()
            if not self._stack:
                self._size = 0
                self.done.append(element)

    def _doctype(self, *_):
        raise Refused("The file has a DOCTYPE, which no export has; it was not read.")

    def take(self):
        done, self.done = self.done, []
        return done


class _Reader:
    """Feeds expat, and after a break finds the next entry and goes on from there."""

    def __init__(self, name):
        self.name, self.feed, self.text = name, _Feed(), XmlText()
        self._lines, self._tail = (
            0,
            None,
        )  # before the text being read; after a break: the end of what was searched
        self._parser = self.feed.parser(0)

    def read(self, data):
        """Elements finished by these bytes, and what broke in them; no bytes: the file is at its end."""
        piece, is_end = self.text.feed(data, final=not data), not data
        while True:
            if self._tail is not None and (piece := self._find_entry(piece)) is None:
                return
            try:
                self._parser.Parse(piece, is_end)
            except (expat.ExpatError, _Broken) as error:
                yield from self.feed.take()
                words = expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else str(error)
                yield Problem(
                    "broken", f"{words}; the entry it stands in is lost", self.name, self.feed.line()
                )
                piece = self._behind(piece)
            else:
                self._lines += piece.count("\n")
                yield from self.feed.take()
                return

    def _behind(self, piece):
        """What comes after the line it broke in, or after its first letter where that is the last."""
        rows = piece.split("\n")
        at = min(max(0, self.feed.line() - 1 - self._lines), len(rows) - 1)
        self._lines += at
        self._tail = ""
        return "\n".join(rows[at:])[1:]

    def _find_entry(self, piece):
        """From the next `<entry>` on, with a fresh parser; None while there is none in sight."""
        piece = self._tail + piece
        found = _ENTRY.search(piece)
        start = found.start() if found else max(0, len(piece) - 20)
        self._lines += piece.count("\n", 0, start)
        self._tail = None if found else piece[start:]
        if found:
            self._parser = self.feed.parser(self._lines)
            self._parser.Parse("<feed>")
        return piece[start:] if found else None

    def repairs(self):
        for repair, count in sorted(self.text.repairs.items()):
            yield Problem("repair", repair, self.name, self.text.first_line[repair], count=count)


def elements(stream, name):
    """Yields the elements of the feed, and Problem for what was broken or mended."""
    reader = _Reader(name)
    while True:
        try:
            data, damage = stream.read(CHUNK), None
        except (EOFError, OSError, ValueError) as error:
            data, damage = b"", Problem("broken", f"the compressed file is damaged: {error}", name)
        yield from reader.read(data)
        if damage:
            yield damage
        if not data:
            break
    yield from reader.repairs()
