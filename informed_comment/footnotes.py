"""Footnotes as they are kept: in the text itself, where they belong, each a `<span class="footnote">`.

Numbers, anchors and the list at the end are made when a text is shown (posts/bodies.py), so nothing can drift apart.
A note is one line of inline markup: it holds no block, no picture and no further note, and stands in no link.
"""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

MARK = 'class="footnote"'
TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>', re.I)
CLASS = re.compile(r'\s*class="footnote"')
IN_A_NOTE = "span.footnote"
NOT_IN_A_NOTE = (
    "p, h2, h3, h4, ul, ol, li, blockquote, pre, dl, dt, dd, div, table, caption, thead, tbody, tfoot, tr, th, td, "
    "figure, figcaption"
)
GONE_FROM_A_NOTE = "img, hr"


@dataclass(frozen=True)
class Note:
    """What a note says. `attributes` are its `lang` and `dir` as they stand in a tag, with a blank before them."""

    html: str
    attributes: str = ""


def lifted(html, put):
    """Cleaned HTML with `put(number)` in the place of each note, counted from 1, and the notes in order."""
    if MARK not in html:
        return html, []
    pieces, notes, position, depth, begun = [], [], 0, 0, None
    for tag in TAG.finditer(html):
        if tag[2] != "span":
            continue
        if begun is None:
            if tag[1] or MARK not in tag[3]:
                continue
            pieces.append(html[position : tag.start()])
            begun, depth = tag, 1
            continue
        depth += -1 if tag[1] else 1
        if depth == 0:
            notes.append(Note(html[begun.end() : tag.start()], CLASS.sub("", begun[3])))
            pieces.append(put(len(notes)))
            position, begun = tag.end(), None
    if begun is None:  # else a text cut off within a note
        pieces.append(html[position:])
    return "".join(pieces), notes


def without_notes(html):
    return lifted(html, lambda number: "")[0]


def put_right(html):
    """Cleaned HTML in which every note is one: flat, a single line, out of links; empty ones go."""
    if MARK not in html:
        return html
    body = LexborHTMLParser(html, is_fragment=True)
    before = body.html
    for note in body.css(f"{IN_A_NOTE} {IN_A_NOTE}"):
        let_go(note)
    for note in body.css(IN_A_NOTE):
        for block in note.css(NOT_IN_A_NOTE):
            let_go(block)
        for picture in note.css(GONE_FROM_A_NOTE):
            picture.decompose()
        if not note.text().strip():
            note.decompose()
    for link in body.css(f"a:has({IN_A_NOTE})"):
        for note in reversed(link.css(IN_A_NOTE)):
            link.insert_after(note)  # a copy
            note.decompose()
    return html if body.html == before else body.html


def let_go(element):
    """Only what it holds stays, a blank before it."""
    element.insert_before(" ")
    if element.child is None:
        element.decompose()
    else:
        element.unwrap()
