"""A cleaned body taken apart into what stands in it side by side; put together again it is the same to the letter."""

import re
from dataclasses import dataclass

TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>')
VOID = frozenset({"br", "hr", "img"})
BLOCKS = frozenset(
    str.split(
        "p h2 h3 h4 ul ol li blockquote hr pre dl dt dd div table caption thead tbody tfoot tr th td figure figcaption"
    )
)


@dataclass(slots=True)
class Piece:
    """`name` is the tag's, or empty for a run of text and inline markup; `after` is the white space that follows."""

    name: str
    attributes: str
    inner: str
    html: str
    after: str = ""


def pieces(html: str) -> list[Piece] | None:
    """The top level of cleaned HTML in order; None where the tags do not match."""
    found, position, loose = [], 0, 0
    matches = TAG.finditer(html)
    for tag in matches:
        if tag.start() < position or tag[2] not in BLOCKS:
            continue
        if tag[1]:
            return None
        inner_end, end = (tag.end(), tag.end()) if tag[2] in VOID else _end(html, tag)
        if end < 0:
            return None
        _add_loose(found, html[loose : tag.start()])
        found.append(Piece(tag[2], tag[3], html[tag.end() : inner_end], html[tag.start() : end]))
        position = loose = end
    _add_loose(found, html[loose:])
    return found


def _end(html, opening):
    """Where the content of an element ends, and where the element does; -1 if it never does."""
    name, depth = opening[2], 1
    for tag in TAG.finditer(html, opening.end()):
        if tag[2] == name:
            depth += -1 if tag[1] else 1
            if depth == 0:
                return tag.start(), tag.end()
    return -1, -1


def _add_loose(found, text):
    if not text:
        return
    words = text.strip()
    if words:
        at = text.index(words)
        if found:
            found[-1].after += text[:at]
        found.append(Piece("", "", words, words, text[at + len(words) :]))
    elif found:
        found[-1].after += text
