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


def elements(stream, name):
    """Yields the elements of the feed, and Problem for what was broken or mended."""
    feed, text = _Feed(), XmlText()
    lines, is_lost, tail = 0, False, ""
    parser = feed.parser(0)
    while True:
        problem, data = None, b""
        try:
            data = stream.read(CHUNK)
        except (EOFError, OSError, ValueError) as error:
            problem = Problem("broken", f"the compressed file is damaged: {error}", name)
        piece = text.feed(data, final=not data)
        while piece or not data:
            if is_lost:
                found = _ENTRY.search(tail + piece)
                if not found:
                    lines, tail, piece = lines + piece.count("\n"), (tail + piece)[-20:], ""
                    break
                lines += piece.count("\n", 0, max(0, found.start() - len(tail)))
                piece, tail, is_lost = (tail + piece)[found.start() :], "", False
                parser = feed.parser(lines)
                parser.Parse("<feed>")
            try:
                parser.Parse(piece, not data)
                lines, piece = lines + piece.count("\n"), ""
                break
            except (expat.ExpatError, _Broken) as error:
                at = max(0, feed.line() - 1 - lines)
                words = expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else str(error)
                yield from feed.take()
                yield Problem("broken", f"{words}; the entry it stands in is lost", name, feed.line())
                rows = piece.split("\n")
                lines, is_lost = lines + at, True
                piece = "\n".join(rows[at:])[1:]
                if not data and not _ENTRY.search(piece):
                    break
        yield from feed.take()
        if problem:
            yield problem
        if not data:
            break
    for repair, count in sorted(text.repairs.items()):
        yield Problem("repair", repair, name, text.first_line[repair], count=count)
