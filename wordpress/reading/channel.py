"""Turns what the XML parser of an export reports into records."""

import re

from wordpress.reading.elements import MAKERS, Element
from wordpress.reading.places import Chunks, Place
from wordpress.reading.records import NotAWxr, Problem, Refused, Site

LARGEST_ENTRY = 64 * 1024 * 1024  # characters in one item or term
DEEPEST = 60

_NAMESPACES = (
    (re.compile(r"https?://(www\.)?wordpress\.org/export/[^/]+/excerpt/?$"), "excerpt"),
    (re.compile(r"https?://(www\.)?wordpress\.org/export/[^/]+/?$"), "wp"),
    (re.compile(r"https?://purl\.org/rss/1\.0/modules/content/?$"), "content"),
    (re.compile(r"https?://purl\.org/dc/elements/1\.1/?$"), "dc"),
)
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


class Broken(Exception):
    """Raised in a handler to give up the entry being read."""


class Channel:
    """Turns what expat reports into records; `done` fills up with finished ones."""

    def __init__(self, file):
        self.site = Site(file=file)
        self.done = []
        self.is_wordpress = False
        self.line = lambda: 0
        self.byte = lambda: 0
        self.chunks = Chunks()
        self._is_site_told = False
        self._place = None
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
            raise Broken(f"elements nested deeper than {DEEPEST}")
        if self._depth == 2 and name != "channel":
            self._tell("repair", f"<{name}> read as <channel>")
        if self._depth > 2:
            element = Element(name, attributes, self.line())
            if self._stack:
                self._stack[-1].parts.append(element)
            elif name == "item":
                self._place = self._here(element.line)
            self._stack.append(element)

    def text(self, data):
        if self._stack:
            self._size += len(data)
            if self._size > LARGEST_ENTRY:
                raise Broken(f"an entry longer than {LARGEST_ENTRY // 1024 // 1024} million characters")
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

    def _here(self, line):
        found = self.chunks.find(self.byte())
        return found and Place(*found, line, self._prefixes, self.site)

    def go_on_from(self, place):
        self.site = Site(**place["site"])
        self._prefixes = place["prefixes"]
        self.is_wordpress = True
        self.tell_site()

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
            if name == "item":
                self.done[-1].place = self._place

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
