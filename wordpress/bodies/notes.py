"""What is said of a body beside its HTML: counts, what was left out or not understood, and where words changed."""

import html
import re
from collections import Counter
from dataclasses import dataclass

LONGEST_MARKUP = 2_000
LONGEST_NAME = 100
_WORDS = 8
_BEFORE = 600
_LONGEST_AFTER = 120
_BRACKETS = re.compile(r"\[/?[A-Za-z][\w-]*(?:\s[^\]]*)?\]|^[^\[\]]*\]")
_TAG = re.compile(r"<!--.*?-->|<[^>]*>|<[^>]*$|^[^<>]*>", re.S)


@dataclass(slots=True)
class Left:
    """Something an editor may want to do by hand. `kind` is block, shortcode or element; `after` the words before it."""

    kind: str
    name: str
    markup: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """Words that are not what they were: `gone` was seen there and is not here, `come` the other way round; both HTML."""

    why: str
    gone: str = ""
    come: str = ""


class Notes(Counter):
    """Counts by what they count."""

    def __init__(self):
        super().__init__()
        self.left = []
        self.told = []

    def leave(self, kind, name, markup):
        self.left.append(Left(kind, name[:LONGEST_NAME], markup.strip()[:LONGEST_MARKUP]))

    def tell(self, why, *, gone="", come=""):
        self.told.append(Told(why, gone, come))

    def place(self, body):
        """Put everything left in the order it stood in, and say after which words; an element is found by its tag."""
        reached, places = {}, {}
        for one in self.left:
            begin = one.markup[:60]
            at = body.find(begin, reached.get(begin, 0))
            if at < 0 and one.markup.startswith("<"):
                begin = re.match(r"<[\w-]*", one.markup)[0]
                at = body.lower().find(begin.lower(), reached.get(begin, 0))
            if at >= 0:
                reached[begin] = at + 1
                one.after = _words_of(body[max(0, at - _BEFORE) : at])
            places[id(one)] = at if at >= 0 else len(body)
        self.left.sort(key=lambda one: places[id(one)])


def _words_of(markup):
    words = html.unescape(_BRACKETS.sub(" ", _TAG.sub(" ", markup))).split()
    return " ".join(words[-_WORDS:])[-_LONGEST_AFTER:].partition("\0")[0]
