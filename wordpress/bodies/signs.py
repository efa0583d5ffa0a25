"""A line “By Ann Bee | (The Site) |” at the head of a body: who signs it, written into the text before bylines were."""

import html
import re
from dataclasses import dataclass

_HEAD = re.compile(
    r"(?P<head>(?:\s|&nbsp;|<!--\s+wp:[^>]*-->)*(?:<(?P<tag>p|div|h[1-6])\b[^>]*>\s*)?)(?P<line>(?:(?!</?(?:p|div|h[1-6])\b)[^\n]){4,1500}?)"
    r"(?P<end>\s*(?:<br\s*/?>\s*|\n|</(?:p|div|h[1-6])>|$))",
    re.I,
)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)\b[^>]*>", re.I)
_INLINE = frozenset({"a", "b", "strong", "em", "i", "span", "small", "font", "u"})
_SIGN = re.compile(
    r"(?:By|BY)\s+(?P<names>[^|()]{3,150}?)\s*\|\s*(?:\((?P<bracketed>[^|()]{2,100})\)\s*\|?|(?P<bare>[^|()]{2,100}?)\s*\|)?[\s–—|-]*"
)
_BETWEEN = re.compile(r"\s*,\s*(?:and\s+)?|\s+(?:and|&)\s+")
_PARTICLES = frozenset(
    str.split(
        "de du des van von der den del della di da dos das la le el al bin ibn bint ben af av ter ten zu y e"
    )
)
_LINK = re.compile(r"""<a\b[^>]*\bhref=["']([^"']+)["'][^>]*>(.*?)</a>""", re.I | re.S)
MOST_NAMES = 6
MOST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Sign:
    """`names` in order; `place` is the publication named, `address` where that leads; `rest` the body without the line."""

    names: tuple[str, ...]
    place: str
    address: str
    line: str
    rest: str

    def with_place(self):
        """The rest with the publication before it, for one that nothing here can keep."""
        return f"<p>({html.escape(self.place, quote=False)})</p>\n\n{self.rest}"


def signed(body: str) -> Sign | None:
    """Who signs in the first line of the body, if that is all the line says."""
    head = _HEAD.match(body)
    if not head or "|" not in head["line"] or not _is_sound(head["line"]):
        return None
    said = _SIGN.fullmatch(_words(head["line"]))
    names = said and _names(said["names"])
    if not names:
        return None
    place = (said["bracketed"] or said["bare"] or "").strip()
    links = {
        _words(words).strip("() "): html.unescape(address) for address, words in _LINK.findall(head["line"])
    }
    return Sign(names, place, links.get(place, ""), head["line"], _rest(body, head))


def _rest(body, head):
    """Without the line; where it was the whole paragraph, without that."""
    ends_paragraph = head["end"].strip().startswith("</")
    if head["tag"] and not ends_paragraph:
        return head["head"] + body[head.end() :]
    before = head["head"][: head["head"].rindex("<")] if head["tag"] else head["head"]
    return (before + body[head.end() :]).lstrip("\r\n")


def _words(markup):
    return " ".join(html.unescape(_TAG.sub("", markup)).split())


def _is_sound(line):
    """Nothing but inline tags, each closed where it was opened."""
    opened = []
    for closes, name in _TAG.findall(line):
        if name.lower() not in _INLINE:
            return False
        if not closes:
            opened.append(name.lower())
        elif not opened or opened.pop() != name.lower():
            return False
    return not opened


def _names(text):
    names = tuple(dict.fromkeys(name.strip() for name in _BETWEEN.split(text) if name.strip()))
    return names if len(names) <= MOST_NAMES and all(map(_is_name, names)) else ()


def _is_name(name):
    words = name.split()
    return (
        len(words) <= MOST_WORDS
        and not re.search(r"[\d:;!?/@\"“”]", name)
        and all(word in _PARTICLES or not word[0].islower() for word in words)
        and any(word not in _PARTICLES and len(word) > 1 for word in words)
    )
