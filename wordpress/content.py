"""A body as WordPress keeps it, to a body as this site keeps it.

The order is WordPress's own: shortcodes and blocks say what they stand for, blank lines become paragraphs where no
block has done that, and the result is read as a browser reads it and written again in our vocabulary.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from wordpress.bodies import footnotes
from wordpress.bodies.autop import autop
from wordpress.bodies.blocks import Blocks, has_blocks
from wordpress.bodies.markup import Writer
from wordpress.bodies.notes import Notes
from wordpress.bodies.shortcodes import Shortcodes

_MORE = re.compile(r"<!--\s*(?:more\b.*?|noteaser)\s*-->", re.S | re.I)
_TAG = re.compile(r"""<(/?)([A-Za-z][A-Za-z0-9]*)(?:"[^"]*"|'[^']*'|[^'"<>])*+>""")
_CLOSES_ITSELF = frozenset(
    str.split(
        "p li dt dd td th tr tbody thead tfoot option br hr img input wbr area base col embed link meta param source"
    )
)
DEEPEST = 80


@dataclass(slots=True)
class Picture:
    """A file of the library a body points to. `caption` is HTML; `image` is our own id of it, if it has one."""

    id: int
    url: str
    alt: str = ""
    caption: str = ""
    title: str = ""
    image: int | None = None


@dataclass(slots=True)
class Library:
    """What a body refers to and does not hold. The defaults know nothing.

    A picture is looked for at its address, then by its id (ids go stale when a site has been moved before), and last
    discovered: taken for an upload the export does not list.
    """

    picture: Callable[[int], Picture | None] = lambda _id: None
    picture_at: Callable[[str], Picture | None] = lambda _url: None
    discover: Callable[[str], Picture | None] = lambda _url: None
    pictures: Callable[[], list[Picture]] = list
    pictures_of: Callable[[int], list[Picture]] = lambda _id: []
    reusable: Callable[[int], str | None] = lambda _id: None
    link: Callable[[str], str] = lambda url: url
    base: str = ""  # where the text stood, for addresses that begin there
    footnotes: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Converted:
    """`notes` say what was left out, not understood or said otherwise; `media` is every upload shown, in order."""

    html: str
    notes: Notes
    media: list[str]


def convert(body: str, library: Library | None = None, *, is_html: bool = False) -> Converted:
    """`is_html`: finished HTML of another system, in which brackets and blank lines mean nothing."""
    library, notes = library or Library(), Notes()
    text = _without_open_comment(body)
    if not is_html:
        text, library = footnotes.put_in_place(text, library, notes)
        text = Shortcodes(library, notes).expand(_MORE.sub("", text))
        text = Blocks(library, notes).expand(text) if has_blocks(text) else autop(text)
    writer = Writer(library, notes)
    html = writer.write(_shallow(text, notes)).encode("utf-8", "replace").decode()
    notes.place(body)
    return Converted(html, notes, list(dict.fromkeys(writer.media)))


def _without_open_comment(text):
    """Nobody sees what stands behind a comment that never ends; to look for its end from each beginning takes the square."""
    end = max(text.rfind("-->"), text.rfind("--!>")) + 1
    begin = text.find("<!--", end)
    return text if begin < 0 else text[:begin]


def _shallow(html, notes):
    """Tags nested without end make every parser slow; beyond a depth no editor reaches, they are left away."""
    depth, too_deep, pieces, position = 0, 0, [], 0
    for match in _TAG.finditer(html):
        name = match[2].lower()
        if name in _CLOSES_ITSELF or match[0].endswith("/>"):
            continue
        depth = max(0, depth - 1) if match[1] else depth + 1
        if depth + bool(match[1]) > DEEPEST:
            too_deep += 1
            pieces.append(html[position : match.start()])
            position = match.end()
    if too_deep:
        notes["tags nested too deep left out"] += too_deep
    return "".join((*pieces, html[position:]))
