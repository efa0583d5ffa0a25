"""Reads a WordPress export of any size as a stream of records, in constant memory.

`read()` takes `.xml`, `.xml.gz` and `.zip` (which may hold several), told apart by content, not name. What
cannot be read at all raises; whatever else is amiss is a `Problem` in the stream, in its place.
"""

import re
from xml.parsers import expat

from wordpress.reading.channel import Broken, Channel
from wordpress.reading.containers import open_exports
from wordpress.reading.places import Chunk
from wordpress.reading.records import NotAWxr, Problem, Records, Refused, WxrError
from wordpress.reading.xmltext import XmlText

__all__ = ["NotAWxr", "Refused", "WxrError", "read"]

HEAD = CHUNK = 1 << 16
_ITEM = re.compile(r"<item>\s*<")


class _Reader:
    """One file: feeds expat, and after a break finds the next item and goes on from there."""

    def __init__(self, file, entry=0, place=None):
        self.file = file
        self.entry = entry
        self.channel = Channel(file)
        self.text = XmlText.restored(place["text"]) if place else XmlText()
        self._offset = place["offset"] if place else 0
        self._skip = (
            place["skip"] if place else None
        )  # bytes of the first chunk before the item to begin with
        self._lines = place["line"] - 1 if place else 0  # before the text being read
        self._tail = None  # after a break: the end of what was searched in vain for an item
        self._parser = None
        self._bytes = 0
        if place:
            self.channel.go_on_from(place)

    def _new_parser(self, preamble=""):
        channel, offset = self.channel, self._lines
        parser = self._parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = channel.start
        parser.EndElementHandler = channel.end
        parser.CharacterDataHandler = channel.text
        parser.StartDoctypeDeclHandler = channel.doctype
        self._line = channel.line = lambda: offset + parser.CurrentLineNumber
        channel.byte = lambda: parser.CurrentByteIndex
        channel.restart()
        parser.Parse(preamble)
        self._bytes = len(preamble)

    def feed(self, data, *, final=False):
        """Records finished by these bytes."""
        text = self._mended(data, final)
        while True:
            if self._tail is not None and (text := self._find_item(text)) is None:
                break
            try:
                self._parser.Parse(text, final)
            except (expat.ExpatError, Broken) as error:
                text = self._give_up(error, text)
            else:
                self._bytes += len(text.encode())
                self._lines += text.count("\n")
                break
        yield from self.channel.take()

    def _mended(self, data, final):
        chunk = Chunk(self.entry, self._offset, self.text.state())
        self._offset += len(data)
        text = self.text.feed(data, final=final)
        chunk.length = len(text.encode())
        self.channel.chunks.add(chunk, self._bytes)
        if self._skip is not None:
            text, self._skip = text.encode()[self._skip :].decode(), None
            self._begin(text)
        elif not self._parser:
            self._lines = self.text.lines_dropped
            self._new_parser()
        return text

    def _begin(self, text):
        """A fresh parser, as if the text were all items."""
        self._new_parser("<rss><channel>")
        self.channel.chunks.begin(self._bytes, len(text.encode()))

    def _give_up(self, error, text):
        """Report where it broke and what is lost by it, and return the text that comes after."""
        parser, lost = self._parser, self.channel.unfinished()
        if isinstance(error, expat.ExpatError):
            place, column, reason = parser.ErrorByteIndex, error.offset, expat.ErrorString(error.code)
        else:
            place, column, reason = parser.CurrentByteIndex, parser.CurrentColumnNumber, str(error)
        problem = Problem("broken", f"{reason}{lost}", self.file, self._line(), column + 1)
        self.channel.done.append(problem)
        skipped = text.encode()[: max(0, place - self._bytes)].decode(errors="ignore")
        self._lines += skipped.count("\n")
        self._tail = ""
        return text[len(skipped) :]

    def _find_item(self, text):
        """From the next `<item>` on, with a fresh parser; None while there is none in sight."""
        text = self._tail + text
        match = _ITEM.search(text)
        start = match.start() if match else max(0, len(text) - 200)
        self._lines += text.count("\n", 0, start)
        if not match:
            self._tail = text[start:]
            return None
        self._tail = None
        self._begin(text[start:])
        return text[start:]

    def finish(self):
        """What can be said only at the end."""
        if not self.channel.is_wordpress:
            raise NotAWxr("This is not a WordPress export: it has no element of WordPress's.")
        self.channel.tell_site()
        for repair, count in sorted(self.text.repairs.items()):
            line = self.text.first_line[repair]
            self.channel.done.append(Problem("repair", repair, self.file, line, count=count))
        yield from self.channel.take()


def _read_one(stream, file, entry, place) -> Records:
    reader = _Reader(file, entry, place)
    offset = place["offset"] if place else 0
    _skip(stream, offset)
    try:
        data = stream.read(CHUNK if offset else HEAD)
    except (EOFError, OSError, ValueError) as error:
        raise NotAWxr(f"The compressed file is damaged, and nothing of it can be read: {error}.") from error
    while True:
        following, damage = b"", None
        try:
            following = stream.read(CHUNK)
        except Refused:
            raise
        except (EOFError, OSError, ValueError) as error:
            damage = error
        yield from reader.feed(data, final=not following)
        if damage:
            yield Problem("broken", f"the compressed file is damaged: {damage}", file)
        if not following:
            break
        data = following
    yield from reader.finish()


def _skip(stream, offset):
    if stream.seekable():
        stream.seek(offset)
    while not stream.seekable() and offset and (data := stream.read(min(CHUNK, offset))):
        offset -= len(data)


def read(source, place=None) -> Records:
    """Records of the export at a path, or in a binary file open for reading; from a place on, as an item of it told it.

    Raises NotAWxr or Refused. Of several files in a zip, one that is no export is a Problem; when none is, it raises.
    """
    failures, successes = [], int(place is not None)
    for entry, (stream, file, is_only) in enumerate(open_exports(source)):
        if place and entry < place["entry"]:
            continue
        if isinstance(stream, Problem):
            yield stream
            continue
        try:
            yield from _read_one(stream, file, entry, place if place and entry == place["entry"] else None)
            successes += 1
        except WxrError as error:
            if is_only:
                raise
            failures.append(error)
            yield Problem("broken", str(error), file)
    if not successes:
        raise failures[0] if failures else NotAWxr("The zip file holds no .xml file.")
