"""What is compared: a body cut into pieces, the blocks a reader sees in them, and the words of a block.

Cleaned HTML is well-formed, so one expression that goes from tag to tag is enough, and takes time in proportion to the
length however deep the HTML is nested.
"""

import html
import re
from dataclasses import dataclass, field
from typing import NamedTuple

TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>', re.I)
VOID = {"br", "hr", "img"}
INLINE = {"br", "img"}
HOLDERS = {
    "ul",
    "ol",
    "li",
    "dl",
    "dd",
    "blockquote",
    "div",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "td",
    "th",
}
LONG = 20_000  # characters of HTML from which on an element is looked at in parts
DEEP = 4
COUNTLESS = 200_000  # tags; ten times as many as a book has
MARKS = {
    "strong": "bold",
    "em": "italic",
    "s": "struck through",
    "u": "underlined",
    "sub": "subscript",
    "sup": "superscript",
    "code": "code",
    "cite": "a work's title",
    "q": "quoted",
    "abbr": "an abbreviation",
    "del": "deleted",
    "ins": "inserted",
    "mark": "marked",
    "small": "small",
    "kbd": "a key",
    "time": "a time",
    "bdo": "turned round",
    "span": "in another language",
    "a": "a link",
}
PUNCTUATION = re.escape('.,;:!?…"“”„‘‚«»‹›()[]{}<>—–/|¡¿،؛؟۔。、，')
CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
WORD = re.compile(
    rf"([{CJK}]|[^\s{PUNCTUATION}{CJK}]+(?:[.,/:][^\s{PUNCTUATION}{CJK}]+)*|[{PUNCTUATION}])(\s*)"
)
SPACES = re.compile(r"\s+")


class Word(NamedTuple):
    """`marks` says how it is set: (name, what belongs to it), such as ("a", "https://…")."""

    text: str
    space: str = ""
    marks: tuple = ()
    picture: str = ""


@dataclass
class Block:
    kind: str
    words: list
    told: dict = field(default_factory=dict)
    lang: str = ""
    dir: str = ""

    def __post_init__(self):
        self.key = (self.kind, tuple(self.words), tuple(sorted(self.told.items())), self.lang, self.dir)
        self.said = {word.text for word in self.words}

    @property
    def text(self):
        return "".join(word.text + word.space for word in self.words)


def top_level(body):
    """The body cut into its outermost elements, which joined together are the body again; one of countless tags stays whole."""
    if body.count("<") > COUNTLESS:
        return [body]
    pieces, begun, depth = [], 0, 0

    def cut(at):
        nonlocal begun
        if begun < at:
            pieces.append(body[begun:at])
            begun = at

    for tag in TAG.finditer(body):
        is_block = tag[2] not in MARKS and tag[2] not in INLINE
        if tag[2] in VOID:
            if depth == 0 and is_block:
                cut(tag.start())
                cut(tag.end())
        elif tag[1]:
            depth = max(0, depth - 1)
            if depth == 0 and is_block:
                cut(tag.end())
        else:
            if depth == 0 and is_block:
                cut(tag.start())
            depth += 1
    cut(len(body))
    return pieces


def cut_up(body):
    """The body as (elements around it, HTML) in pieces: its outermost elements, long lists and tables by their parts."""
    pieces, waiting = [], [("", piece) for piece in reversed(top_level(body))]
    while waiting:
        around, piece = waiting.pop()
        tag = TAG.match(piece) if len(piece) > LONG and around.count("<") < DEEP else None
        if tag and tag[2] in HOLDERS and piece.endswith(f"</{tag[2]}>"):
            inner = top_level(piece[tag.end() : piece.rindex("<")])
            waiting += [(around + tag[0], one) for one in reversed(inner)]
        elif piece.strip():
            pieces.append((around, piece))
    return pieces


def excerpt(piece, start, length):
    """Some of what a piece says, for one that is too long to be read."""
    return " ".join(html.unescape(TAG.sub(" ", piece[start : start + length])).split())
