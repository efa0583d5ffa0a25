"""Reads a WordPress export of any size as a stream of records, in constant memory.

`read()` takes `.xml`, `.xml.gz` and `.zip` (which may hold several), told apart by content, not name. What
cannot be read at all raises; whatever else is amiss is a `Problem` in the stream, in its place.
"""

import re
from xml.parsers import expat

from wordpress.reading.containers import open_exports
from wordpress.reading.elements import MAKERS, Element
from wordpress.reading.records import NotAWxr, Problem, Records, Refused, Site, WxrError
from wordpress.reading.xmltext import XmlText

__all__ = ["NotAWxr", "Refused", "WxrError", "read"]

HEAD = CHUNK = 1 << 16
LARGEST_ENTRY = 64 * 1024 * 1024  # characters in one item or term
DEEPEST = 60

_NAMESPACES = (
    (re.compile(r"https?://(www\.)?wordpress\.org/export/[^/]+/excerpt/?$"), "excerpt"),
    (re.compile(r"https?://(www\.)?wordpress\.org/export/[^/]+/?$"), "wp"),
    (re.compile(r"https?://purl\.org/rss/1\.0/modules/content/?$"), "content"),
    (re.compile(r"https?://purl\.org/dc/elements/1\.1/?$"), "dc"),
)
_ITEM = re.compile(r"<item>\s*<")
_SITE_FIELDS = {
    "title": "title",
    "link": "link",
    "description": "description",
    "language": "language",
    "generator": "generator",
    "wp:wxr_version": "wxr_version",
    "wp:base_site_url": "base_site_url",
    "wp:base_blog_url": "base_blog_url",
}
_VERSIONS = ("1.0", "1.1", "1.2", "")


class _Broken(Exception):
    """Raised in a handler to give up the entry being read."""


class _Channel:
    """Turns what expat reports into records; `done` fills up with finished ones."""

    def __init__(self, file):
        self.site = Site(file=file)
        self.done = []
        self.is_wordpress = False
        self.line = lambda: 0
        self._is_site_told = False
        self._prefixes = {}
        self._names = {}
        self.restart()

    def restart(self):
        self._stack = []
        self._depth = 0
        self._size = 0

    def start(self, name, attributes):
        if any(key.startswith("xmlns:") for key in attributes):
            self._declare(attributes)
        name = self._names.get(name) or self._canonical(name)
        self._depth += 1
        if self._depth == 1 and name != "rss":
            raise NotAWxr(f"This is not a WordPress export: it begins with <{name}>, not with <rss>.")
        if self._depth > DEEPEST:
            raise _Broken(f"elements nested deeper than {DEEPEST}")
        if self._depth == 2 and name != "channel":
            self._tell("repair", f"<{name}> read as <channel>")
        if self._depth > 2:
            element = Element(name, attributes, self.line())
            if self._stack:
                self._stack[-1].parts.append(element)
            self._stack.append(element)

    def text(self, data):
        if self._stack:
            self._size += len(data)
            if self._size > LARGEST_ENTRY:
                raise _Broken(f"an entry longer than {LARGEST_ENTRY // 1024 // 1024} million characters")
            self._stack[-1].parts.append(data)

    def end(self, _name):
        self._depth -= 1
        if self._stack:
            element = self._stack.pop()
            if not self._stack:
                self._size = 0
                self._finish(element)

    def doctype(self, *_):
        raise Refused("The file has a DOCTYPE, which no WordPress export has; it was not read.")

    def _canonical(self, name):
        prefix, colon, local = name.rpartition(":")
        canonical = self._prefixes.get(prefix, prefix) + colon + local
        self._names[name] = canonical
        return canonical

    def _declare(self, attributes):
        """Names go by what their namespace is, whatever prefix the file gave it."""
        for key, uri in attributes.items():
            for pattern, prefix in _NAMESPACES:
                if key.startswith("xmlns:") and pattern.match(uri.strip()):
                    self._prefixes[key[6:]] = prefix
        self._names.clear()

    def _tell(self, kind, message):
        self.done.append(Problem(kind, message, self.site.file, self.line()))

    def _finish(self, element):
        name = element.name
        if name in _SITE_FIELDS:
            field = _SITE_FIELDS[name]
            if not getattr(self.site, field):
                setattr(self.site, field, element.text.strip())
        self.is_wordpress = self.is_wordpress or name.startswith("wp:")
        if name == "item":
            self.is_wordpress = self.is_wordpress or bool(element.children("wp:post_type"))
            if not self.is_wordpress:
                raise NotAWxr("This is an RSS feed, not a WordPress export: nothing in it has a post type.")
            self.tell_site()
        if name in MAKERS:
            self.done.append(MAKERS[name](element))

    def tell_site(self):
        if not self._is_site_told:
            self._is_site_told = True
            if self.site.wxr_version not in _VERSIONS:
                self._tell("odd", f"WXR version {self.site.wxr_version!r} is not known; read as 1.2")
            self.done.append(self.site)

    def unfinished(self):
        """Words for the entry that a break leaves half read."""
        if not self._stack:
            return ""
        entry = self._stack[0]
        title = entry.value("title") or entry.value("wp:post_name")
        return f"; the <{entry.name}> that begins in line {entry.line} is lost" + (
            f": {title[:80]}" if title else ""
        )

    def take(self):
        done, self.done = self.done, []
        return done


class _Reader:
    """One file: feeds expat, and after a break finds the next item and goes on from there."""

    def __init__(self, file):
        self.file = file
        self.channel = _Channel(file)
        self.text = XmlText()
        self._lines = 0  # before the text being read
        self._tail = None  # after a break: the end of what was searched in vain for an item
        self._parser = None

    def _new_parser(self, preamble=""):
        channel, offset = self.channel, self._lines
        parser = self._parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = channel.start
        parser.EndElementHandler = channel.end
        parser.CharacterDataHandler = channel.text
        parser.StartDoctypeDeclHandler = channel.doctype
        self._line = channel.line = lambda: offset + parser.CurrentLineNumber
        channel.restart()
        parser.Parse(preamble)
        self._bytes = len(preamble)

    def feed(self, data, *, final=False):
        """Records finished by these bytes."""
        text = self.text.feed(data, final=final)
        if not self._parser:
            self._lines = self.text.lines_dropped
            self._new_parser()
        while True:
            if self._tail is not None and (text := self._find_item(text)) is None:
                break
            try:
                self._parser.Parse(text, final)
            except (expat.ExpatError, _Broken) as error:
                text = self._give_up(error, text)
            else:
                self._bytes += len(text.encode())
                self._lines += text.count("\n")
                break
        yield from self.channel.take()

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
        self._new_parser("<rss><channel>")
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


def _read_one(stream, file) -> Records:
    reader = _Reader(file)
    data = stream.read(HEAD)
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


def read(source) -> Records:
    """Records of the export at a path, or in a binary file open for reading.

    Raises NotAWxr or Refused. Of several files in a zip, one that is no export is a Problem; when none is, it raises.
    """
    failures, successes = [], 0
    for stream, file, is_only in open_exports(source):
        if isinstance(stream, Problem):
            yield stream
            continue
        try:
            yield from _read_one(stream, file)
            successes += 1
        except WxrError as error:
            if is_only:
                raise
            failures.append(error)
            yield Problem("broken", str(error), file)
    if not successes:
        raise failures[0] if failures else NotAWxr("The zip file holds no .xml file.")
