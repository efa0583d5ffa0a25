"""The plain text of a mailing, written from its HTML: headings, lists, quotations, tables, notes, and addresses by number.

Lines have at most 72 characters but for addresses, which are never broken; nothing in it depends on how lines flow.
"""

import html
import textwrap
from dataclasses import dataclass, field
from itertools import chain

from selectolax.lexbor import LexborHTMLParser

from newsletter.marked_links import unmarked

WIDTH = 72
LEAST = 24  # characters a line keeps, however deep it lies in lists and quotations
STRUCTURE = {"ul", "ol", "table", "pre", "hr", "blockquote", "h1", "h2", "h3", "h4"}
BLOCKS = STRUCTURE | {"p", "li", "td", "th", "tr", "div", "dl", "dt", "dd", "caption"}
UNDERLINES = {"h1": "=", "h2": "-"}
UNNUMBERED = {"small", "kicker"}  # links in these lead to sections and authors: more noise than use
EMPHASIS = {"em": "_", "strong": "*"}
UNSEEN = {"-comment", "style"}


def written(fragment):
    """A fragment of HTML as plain text, without a line end at the last line."""
    writer = Writer()
    writer.each(LexborHTMLParser(fragment).body)
    numbered = "\n".join(f"[{number}] {address}" for address, number in writer.links.items())
    return "\n\n".join(filter(None, [writer.text(), numbered]))


@dataclass
class Writer:
    """Writes blocks one under the other, `width` characters wide. `links` are the addresses told by number.

    A paragraph is kept with the list it is an item of, if it is one: items follow one another without an empty line.
    """

    width: int = WIDTH
    links: dict = field(default_factory=dict)
    paragraphs: list = field(default_factory=list)
    is_item: bool = False  # then a list stands close under the words before it

    def text(self):
        pieces, before = [], None
        for words, group in self.paragraphs:
            is_item = pieces and group is not None and (group == before or self.is_item)
            pieces.append(("\n" if is_item else "\n\n" if pieces else "") + words)
            before = group
        return "".join(pieces)

    def add(self, words, *, rest=""):
        """A paragraph, from words on one line or several."""
        if words.strip():
            lines = [wrapped(line, self.width, rest) for line in words.split("\n")]
            self.paragraphs.append(("\n".join(lines), None))

    def within(self, element, first, rest):
        """What an element holds, each line behind a mark; the marks make it narrower."""
        inner = Writer(max(self.width - len(rest), LEAST), self.links, is_item=element.tag == "li")
        inner.each(element)
        lines = inner.text().split("\n")
        return "\n".join((rest if place else first) + line for place, line in enumerate(lines)), inner

    # Blocks

    def each(self, element):
        """Words between blocks are paragraphs of their own."""
        loose = ""
        for child in element.iter(include_text=True):
            if child.tag in BLOCKS:
                self.add(squeezed(loose))
                loose = ""
                self.block(child)
            else:
                loose += self.words(child)
        self.add(squeezed(loose))

    def block(self, element):
        written = getattr(self, f"write_{element.tag}", None)
        (written or self.each)(element)

    def write_h1(self, element):
        words, address = self.title_of(element)
        mark = UNDERLINES.get(element.tag)
        shown = wrapped(words, self.width)
        under = mark * max(map(len, shown.split("\n"))) if mark and words else ""
        self.paragraphs.append(("\n".join(filter(None, [shown, under, address])), None))

    write_h2 = write_h3 = write_h4 = write_h1

    def title_of(self, element):
        """Its words, and the address when the whole of it is a link."""
        links = element.css("a[href]")
        if len(links) == 1 and links[0].text().strip() == element.text().strip():
            return squeezed(element.text()), links[0].attributes["href"] or ""
        return self.inline(element), ""

    def write_ul(self, element):
        start = (element.attributes.get("start") or "1") if element.tag == "ol" else ""
        number = int(start) if start.lstrip("-").isdecimal() else 1
        for place, item in enumerate(child for child in element.iter() if child.tag == "li"):
            mark = f"{number + place}. " if start else "* "
            words, _ = self.within(item, mark, " " * len(mark))
            self.paragraphs.append(("\n".join(line.rstrip() for line in words.split("\n")), element.mem_id))

    write_ol = write_ul

    def write_blockquote(self, element):
        words, inner = self.within(element, "> ", "> ")
        if inner.paragraphs:
            self.paragraphs.append(("\n".join(line.rstrip() for line in words.split("\n")), None))

    def write_pre(self, element):
        lines = element.text().strip("\n").split("\n")
        self.paragraphs.append(("\n".join(f"    {line}".rstrip() for line in lines), None))

    def write_hr(self, element):
        self.paragraphs.append(("* * *", None))

    def write_table(self, element):
        """One that only sets things out, or holds other tables, is seen through; of one with figures each row is a line."""
        captions = [part for part in element.iter() if part.tag == "caption"]
        cells = [list(cells_of(row)) for row in rows_of(element)]
        if element.attributes.get("role") == "presentation" or any(map(holds_table, chain(*cells))):
            for cell in chain(captions, *cells):
                self.cell(cell)
            return
        for caption in captions:
            self.add(self.inline(caption))
        rows = [" | ".join(self.inline(cell).replace("\n", " ") for cell in row) for row in cells]
        self.add("\n".join(rows), rest="  ")

    def cell(self, cell):
        """A cell that is a link and nothing else is a button."""
        if any(child.tag in BLOCKS for child in cell.iter()):
            return self.each(cell)
        words, address = self.title_of(cell)
        self.add(f"{words}:\n{address}" if address and words else words)

    # What stands in a line

    def inline(self, element):
        return squeezed(self.inside(element))

    def inside(self, element):
        return "".join(self.words(child) for child in element.iter(include_text=True))

    def words(self, element):
        """As written; `\\v` stands for a line break of the text's own until blanks are squeezed."""
        if element.tag == "-text":
            return html.unescape(element.html)
        if element.tag in UNSEEN:
            return ""
        if element.tag == "br":
            return "\v"
        if element.tag == "img":
            alt = squeezed(element.attributes.get("alt") or "")
            return f" [Picture: {alt}] " if alt else ""
        inside = self.inside(element)
        if element.tag == "a":
            return self.link(element, inside)
        if element.tag == "sup" and element.attributes.get("class") == "note":
            return f" (note {inside.strip()})"
        if element.tag == "q":
            return f"“{inside}”"
        mark = EMPHASIS.get(element.tag, "") if inside and inside == inside.strip() else ""
        return f"{mark}{inside}{mark}"

    def link(self, element, inside):
        address = element.attributes.get("href") or ""
        words = squeezed(inside)
        if not address or not words or UNNUMBERED & classes_around(element):
            return inside
        if words.rstrip("/") in (unmarked(address).rstrip("/"), address.removeprefix("mailto:")):
            return words if address.startswith("mailto:") else address
        return f"{inside} [{self.links.setdefault(address, len(self.links) + 1)}]"


def squeezed(words):
    """Blanks as one; a line break of the text's own stays."""
    return "\n".join(" ".join(line.split()) for line in words.replace("\v", "\v ").split("\v")).strip()


def wrapped(line, width, rest=""):
    """Addresses and long words stand whole."""
    if len(line) <= width:
        return line
    options = {"break_long_words": False, "break_on_hyphens": False}
    return textwrap.fill(line, width, subsequent_indent=rest, **options)


def rows_of(table):
    """Its own: to look for those of the tables in it, too, at every table would take the square of their number."""
    for part in table.iter():
        if part.tag == "tr":
            yield part
        elif part.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in part.iter() if row.tag == "tr")


def cells_of(row):
    return (cell for cell in row.iter() if cell.tag in ("td", "th"))


def holds_table(cell):
    return any(within.tag == "table" for within in cell.traverse())


def classes_around(element):
    found = set()
    while element is not None:
        found |= set((element.attributes.get("class") or "").split())
        element = element.parent
    return found
