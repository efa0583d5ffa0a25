"""A body of this site as block markup, in the words WordPress's own editor saves it with.

What the editor has no block for stands in a block of plain HTML. Whatever cannot be told from the markup alone comes
along in an attribute of the block, so that bodies/returned.py gives the body back to the letter.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5

from informed_comment.footnotes import MARK, lifted
from wordpress.bodies import returned
from wordpress.bodies.pieces import BLOCKS, TAG, pieces
from wordpress.leaving import figures
from wordpress.leaving.delimiters import block

_BLOCK_TAG = re.compile(rf"<(?:{'|'.join(sorted(BLOCKS))}|img)\b")
_DIRECTION = re.compile(r' dir="(ltr|rtl)"')
_CELL = re.compile(r'( (?:colspan|rowspan|scope)="[^"]*")*$')
_START = re.compile(r' start="(-?\d+)"')
_FILE = re.compile(r'\b(src|href|data-embed)="([^"]*)"')
_SHORTCODE = re.compile(r"\[(?=(?:gallery|caption|wp_caption|audio|video|playlist|embed)\b)")


@dataclass(slots=True)
class Around:
    """What a body shows and does not hold. `key` is the post's own, for the names of its footnotes."""

    key: str
    address: Callable[[str], str] = lambda url: url  # whole, for files of the library
    relative: Callable[[str], str] = lambda url: url  # the reverse
    picture: Callable[[int], tuple[int, str, str] | None] = lambda number: None  # (id there, address, alt)


@dataclass(slots=True)
class Markup:
    """`notes` are the footnotes in order, as WordPress keeps them beside the post; `between` is to be kept with them."""

    text: str
    between: str
    notes: list[dict] = field(default_factory=list)


class Body:
    def __init__(self, around):
        self.around = around
        self.notes = []

    def markup(self, html) -> Markup:
        top = pieces(html)
        if top is None or (top and top[-1].after):
            return Markup(block("html", self.whole(html), {returned.OWN: html, returned.AFTER: ""}), "")
        afters = [piece.after for piece in top[:-1]]
        between = max(set(afters), key=afters.count) if afters else ""
        text = "\n\n".join(
            self._top(piece, between, is_last=number == len(top)) for number, piece in enumerate(top, 1)
        )
        if self.notes:
            text += "\n\n<!-- wp:footnotes /-->"
        return Markup(text, between, self.notes)

    def _top(self, piece, between, *, is_last):
        name, attributes, inner = self.one(piece)
        kept = {}
        notes = {note["id"]: note["content"] for note in self.notes}
        known = returned.Known(notes, self.around.relative)
        if returned.pointed(returned.plain(name, inner, notes), known) != piece.html:
            kept[returned.OWN] = piece.html
        if piece.after != between and not is_last:
            kept[returned.AFTER] = piece.after
        return block(name, inner, attributes | kept)

    def one(self, piece):
        """(block, its attributes, its HTML) for a piece."""
        made, before = getattr(self, f"_{piece.name or 'loose'}", None), len(self.notes)
        is_plain = not piece.attributes or piece.name in ("p", "ol", "figure")
        if found := made(piece) if made and is_plain else None:
            return found
        del self.notes[before:]
        return "html", {}, self.readable(piece.html)

    def whole(self, html):
        """Files of the library with their whole addresses, by which the next system finds them."""
        if "/" not in html:
            return html
        return _FILE.sub(lambda one: f'{one[1]}="{self.around.address(one[2])}"', html)

    def readable(self, html):
        """Whole addresses, and words in brackets that WordPress would take for one of its shortcodes kept as words."""
        return _SHORTCODE.sub("&#91;", self.whole(html))

    def line(self, html):
        """A line of inline markup with its notes taken out; None if it holds more than that."""
        if _BLOCK_TAG.search(html):
            return None
        return self.readable(self._without_notes(html))

    def _without_notes(self, html):
        if MARK not in html:
            return html
        before = len(self.notes)
        text, notes = lifted(html, lambda number: f"\x00{before + number}\x00")
        for note in notes:
            number = len(self.notes) + 1
            name = str(uuid5(NAMESPACE_URL, f"{self.around.key}#{number}"))
            self.notes.append({"content": self.whole(note.html), "id": name})
            mark = (
                f'<sup data-fn="{name}" class="fn"{note.attributes}>'
                f'<a href="#{name}" id="{name}-link">{number}</a></sup>'
            )
            text = text.replace(f"\x00{number}\x00", mark)
        return text

    def _loose(self, piece):
        line = self.line(piece.html)
        return line and ("paragraph", {}, f"<p>{line}</p>")

    def _p(self, piece):
        line, direction = self.line(piece.inner), _DIRECTION.fullmatch(piece.attributes)
        if line is None or (piece.attributes and not direction):
            return None
        attributes = {"direction": direction[1]} if direction else {}
        return "paragraph", attributes, f"<p{piece.attributes}>{line}</p>"

    def _h2(self, piece):
        line, level = self.line(piece.inner), int(piece.name[1])
        if line is None:
            return None
        html = f'<{piece.name} class="wp-block-heading">{line}</{piece.name}>'
        return "heading", {} if level == 2 else {"level": level}, html

    _h3 = _h4 = _h2

    def _hr(self, _piece):
        return "separator", {}, '<hr class="wp-block-separator has-alpha-channel-opacity"/>'

    def _pre(self, piece):
        if _BLOCK_TAG.search(piece.inner) or MARK in piece.inner:
            return None
        if piece.inner.startswith("<code>") and piece.inner.endswith("</code>"):
            return "code", {}, f'<pre class="wp-block-code">{self.whole(piece.inner)}</pre>'
        return "preformatted", {}, f'<pre class="wp-block-preformatted">{self.whole(piece.inner)}</pre>'

    def _ul(self, piece):
        numbering = piece.attributes.replace(' reversed=""', "")
        start = _START.fullmatch(numbering)
        if numbering and not start:
            return None
        attributes = {"ordered": True} if piece.name == "ol" else {}
        attributes |= {"reversed": True} if numbering != piece.attributes else {}
        attributes |= {"start": int(start[1])} if start else {}
        items = [self._item(child) for child in pieces(piece.inner) or [None]]
        if None in items:
            return None
        inner = "\n\n".join(items)
        return (
            "list",
            attributes,
            f'<{piece.name}{piece.attributes} class="wp-block-list">{inner}</{piece.name}>',
        )

    _ol = _ul

    def _item(self, child):
        """Words and then at most one list; what else an item may hold here, WordPress's may not."""
        if child is None or child.name != "li" or child.attributes:
            return None
        parts = pieces(child.inner)
        if parts is None or len(parts) > 2 or (parts and parts[0].name):
            return None
        line = self.line(parts[0].html) if parts else ""
        if line is None or len(parts) < 2:
            return line if line is None else block("list-item", f"<li>{line}</li>")
        below = self._ul(parts[1]) if parts[1].name in ("ul", "ol") else None
        return below and block("list-item", f"<li>{line}{block(below[0], below[2], below[1])}</li>")

    def _blockquote(self, piece):
        inside, cite = pieces(piece.inner), ""
        if inside and inside[-1].name in ("", "p") and not inside[-1].attributes:
            rest, who = figures.without_cite([inside[-1].inner])
            if who and not rest:
                inside, cite = inside[:-1], self.line(who)
        if (
            not inside
            or cite is None
            or not all(one.name in ("p", "h2", "h3", "h4", "ul", "ol", "pre") for one in inside)
        ):
            return None
        made = [self.one(one) for one in inside]
        inner = "\n\n".join(block(name, html, attributes) for name, attributes, html in made)
        if "<cite" in inner:
            return None
        inner += f"<cite>{cite}</cite>" if cite else ""
        return "quote", {}, f'<blockquote class="wp-block-quote">{inner}</blockquote>'

    def _table(self, piece):
        caption, rows = "", piece.inner
        first = (pieces(piece.inner) or [None])[0]
        if first and first.name == "caption":
            caption, rows = self.line(first.inner), piece.inner.removeprefix(first.html)
        for tag in TAG.finditer(rows):
            is_cell = tag[2] in ("td", "th")
            if tag[2] in BLOCKS and tag[2] not in ("thead", "tbody", "tfoot", "tr", "td", "th"):
                return None
            if tag[2] == "img" or (tag[2] in BLOCKS and tag[3] and not (is_cell and _CELL.match(tag[3]))):
                return None
        under = f'<figcaption class="wp-element-caption">{caption}</figcaption>' if caption else ""
        table = f"<table>{self.whole(self._without_notes(rows))}</table>"
        return "table", {"hasFixedLayout": False}, f'<figure class="wp-block-table">{table}{under}</figure>'

    def _figure(self, piece):
        return figures.figure(self, piece)
