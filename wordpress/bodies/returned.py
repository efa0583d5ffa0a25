"""A body that left this site as block markup, read back to the letter: the reverse of leaving/blocks.py.

Most blocks say all there is to say, and taking away what WordPress's editor adds gives the HTML again. Where that is not
enough, the block carries the HTML in its attribute `informedComment`, which the editor drops once the block is changed.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from informed_comment.footnotes import MARK

OWN = "informedComment"
AFTER = "informedCommentAfter"
_BLOCK = re.compile(
    r"<!-- wp:(?P<name>[a-z/-]+) (?P<attributes>\{.*?\} )?(?:/-->|-->\n(?P<inner>.*?)\n<!-- /wp:(?P=name) -->)(?:\n\n|\Z)",
    re.S,
)
_BETWEEN = re.compile(r"-->\n\n<!-- ")
_COMMENT = re.compile(r"<!-- wp:[^>]*-->\n|\n<!-- /wp:[^>]*-->")
_CLASS = re.compile(r' class="wp-block-(?:heading|list|quote|preformatted|code)"')
_RULE = '<hr class="wp-block-separator has-alpha-channel-opacity"/>'
_TABLE = ('<figure class="wp-block-table">', "</figure>")
_NOTE = re.compile(r'<sup data-fn="([^"]+)" class="fn"([^>]*)><a href="#[^"]*" id="[^"]*-link">\d+</a></sup>')
_POINTS = re.compile(r'<img (?:"[^"]*"|[^">])*>|\b(?:src|href|data-embed)="([^"]*)"')
_NAMED = re.compile(r' data-image="(\d{1,12})"')
_SOURCE = re.compile(r'\bsrc="([^"]*)"')


@dataclass(slots=True)
class Known:
    """What a body points to. The defaults leave everything as it stands.

    `notes` are the footnotes by their id; `file` gives today's address for one of a file, `picture` the (id, address) of
    a picture by its id on the site the body comes from.
    """

    notes: dict[str, str] = field(default_factory=dict)
    file: Callable[[str], str] = lambda address: address
    picture: Callable[[int], tuple[int, str] | None] | None = None


def body(markup: str, between: str, known: Known) -> str | None:
    """The HTML that went out; None if this is not what went out."""
    found, position = [], 0
    for block in _BLOCK.finditer(markup):
        if block.start() != position:
            return None
        position = block.end()
        if block["name"] != "footnotes":
            found += _written(block, between, known)
    if position != len(markup):
        return None
    return pointed("".join(found[:-1]), known)


def _written(block, between, known):
    attributes = json.loads(block["attributes"] or "{}")
    html = attributes.get(OWN)
    html = plain(block["name"], block["inner"] or "", known.notes) if html is None else html
    return html, attributes.get(AFTER, between)


def plain(name, inner, notes):
    """What stands in a block without what the editor adds to it."""
    if name == "html":
        return inner
    if name == "table":
        inner = inner.removeprefix(_TABLE[0]).removesuffix(_TABLE[1])
    inner = _COMMENT.sub("", _BETWEEN.sub("--><!-- ", inner))
    inner = _CLASS.sub("", inner).replace(_RULE, "<hr>")
    return _NOTE.sub(lambda mark: f"<span {MARK}{mark[2]}>{notes.get(mark[1], '')}</span>", inner)


def pointed(html, known):
    """The HTML with today's files and pictures; a picture that did not come along is named no more."""
    if "/" not in html:
        return html
    return _POINTS.sub(lambda found: _today(found, known), html)


def _today(found, known):
    if found[1] is not None:
        return f'{found[0].partition("=")[0]}="{known.file(found[1])}"'
    img, named = found[0], _NAMED.search(found[0])
    if not named or not known.picture:
        return _SOURCE.sub(lambda source: f'src="{known.file(source[1])}"', img)
    number, address = known.picture(int(named[1])) or (0, "")
    img = img.replace(named[0], f' data-image="{number}"' if number else "")
    return _SOURCE.sub(lambda source: f'src="{_source(source[1], address, known)}"', img)


def _source(was, address, known):
    """A picture of the library shown from another site stays there."""
    now = known.file(was)
    return address or now if now != was or was.startswith("/") else was
