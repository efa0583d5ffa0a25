"""Reads HTML as a browser does and writes it again in the vocabulary a body here is kept in (informed_comment.html)."""

import re
from html import escape

from selectolax.lexbor import LexborHTMLParser

from informed_comment.footnotes import MARK
from wordpress.bodies.figures import Figures
from wordpress.bodies.runs import Runs, is_seen
from wordpress.bodies.tables import definitions, items, table

INLINE = {
    **{
        name: name
        for name in ("strong", "em", "s", "u", "sub", "sup", "code", "kbd", "cite", "q", "abbr", "del", "ins")
    },
    **{name: name for name in ("mark", "small", "time", "bdo")},
    **{
        "b": "strong",
        "i": "em",
        "var": "em",
        "dfn": "em",
        "strike": "s",
        "tt": "code",
        "samp": "code",
        "acronym": "abbr",
    },
}
HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
CONTAINERS = frozenset(
    str.split(
        "div section article main header footer aside nav center form fieldset hgroup address details body summary legend"
    )
)
BLOCKS = frozenset(
    {
        *HEADINGS,
        *CONTAINERS,
        "p",
        "ul",
        "ol",
        "menu",
        "dir",
        "dl",
        "blockquote",
        "hr",
        "pre",
        "table",
        "figure",
        "li",
    }
    | {"video", "audio", "iframe", "object", "embed", "figcaption", "dt", "dd"}
)
GONE = frozenset(
    str.split(
        "script style noscript template svg input select textarea link meta title head canvas map area frame"
    )
)
CONTROLS = ("input", "select", "textarea")
MISSED = ("script", "svg", "canvas", "map", *CONTROLS)  # an editor may want to know of
# Scripts that only dress what stands in the text already.
_DRESSING = re.compile(
    r"//(?:platform\.(?:twitter|x|instagram)\.com|www\.instagram\.com/embed|connect\.facebook\.net|www\.tiktok\.com/embed"
    r"|embed\.bsky\.app|embedr\.flickr\.com|assets\.pinterest\.com|s\.imgur\.com|embed\.redditmedia\.com)",
    re.I,
)
_INDENT = re.compile(r"^[ \t]+")
_SPACE = re.compile(r"[ \t\n\r\f]+")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$")
_KEPT = {"abbr": ("title",), "time": ("datetime",)}


def is_within(node, tag):
    parent = node.parent
    while parent is not None:
        if parent.tag == tag:
            return True
        parent = parent.parent
    return False


class Writer:
    def __init__(self, library, notes):
        self.library = library
        self.notes = notes
        self.media = []
        self.own_pages = set()  # tags of links to the page of an upload
        self.figures = Figures(self)
        self._inherited = ""

    def write(self, html: str) -> str:
        body = LexborHTMLParser(f"<!DOCTYPE html><body>{html}").body
        if body is None:  # a frameset took its place
            self.notes["a page of frames left out"] += 1
            return ""
        return "\n".join(self.blocks(body))

    def blocks(self, node, **options) -> list[str]:
        """The children as blocks; runs of text between them become paragraphs."""
        runs = Runs(self, **options)
        self.flow(node, runs)
        return runs.finish()

    def flow(self, node, runs):
        child = node.child
        while child is not None:
            self.one(child, runs)
            child = child.next

    def one(self, node, runs):
        tag = node.tag
        if node.is_text_node:
            runs.text(escape(_SPACE.sub(" ", node.text_content or ""), quote=False))
        elif not node.is_element_node:
            return
        elif tag in GONE or tag == "button":
            self.gone(node, runs)
        elif tag == "math":
            self.formula(node, runs)
        elif tag == "br":
            runs.line_end()
        elif tag == "img":
            self.figures.image(node, runs)
        elif tag == "span" and "footnote" in (node.attributes.get("class") or "").split():
            self.footnote(node, runs)
        elif tag in BLOCKS:
            self.block(node, runs)
        elif "toggle-icon" not in (
            node.attributes.get("class") or ""
        ):  # the sign beside an accordion's heading
            self.inline(node, runs)

    def gone(self, node, runs):
        """What is not shown here. A button outside of a form has words to read; those of a form went with it."""
        tag = node.tag
        is_of_form = tag in (*CONTROLS, "button") and is_within(node, "form")
        if tag == "button" and not is_of_form:
            self.flow(node, runs)
            return
        if tag not in ("link", "meta", "title", "head"):
            self.notes[f"<{tag}> left out"] += 1
        source = node.attributes.get("src") or ""
        if tag in MISSED and not is_of_form and not _DRESSING.search(source):
            self.notes.leave("element", tag, node.html)

    def formula(self, node, runs):
        """MathML as the TeX it was written in, if that is beside it; else as its letters."""
        told = node.css_first("annotation")
        words = escape((told.text() if told is not None else node.text()).strip(), quote=False)
        self.notes["formula kept as TeX"] += 1
        self.notes.tell("formula kept as TeX", come=words)
        self.notes.leave("element", "math", node.html)
        runs.text(words and f"<code>{words}</code>")

    def inline(self, node, runs):
        """An inline element, closed and opened again around whatever breaks the paragraph inside it."""
        opening, closing = self.tags_of(node)
        runs.open(opening, closing)
        self.flow(node, runs)
        runs.close()

    def footnote(self, node, runs):
        html, pictures = self.line(node)
        if is_seen(html):
            runs.text(f"<span {MARK}{self.language(node)}>{html}</span>")
        for picture in pictures:
            runs.picture(picture)

    def tags_of(self, node):
        tag, attributes = node.tag, node.attributes
        language = self.language(node)
        if tag == "a":
            raw = (attributes.get("href") or "").strip()
            raw = f"https:{raw}" if raw.startswith("//") else raw
            href = self.library.link(raw)
            is_footnote = href.startswith("#") and node.parent.attributes.get("data-fn")
            if not href or is_footnote or href.lower().startswith(("javascript:", "data:", "vbscript:")):
                return "", ""
            self.figures.remember(raw)
            title = attributes.get("title")
            title = f' title="{escape(title)}"' if title else ""
            opening = f'<a href="{escape(href)}"{title}{language}>'
            if "wp-att-" in (attributes.get("rel") or ""):
                self.own_pages.add(opening)
            return opening, "</a>"
        name = INLINE.get(tag)
        if name is None:
            return (f"<span{language}>", "</span>") if language else ("", "")
        kept = "".join(
            f' {key}="{escape(attributes[key])}"' for key in _KEPT.get(name, ()) if attributes.get(key)
        )
        return f"<{name}{kept}{language}>", f"</{name}>"

    def language(self, node):
        """lang and dir, which a text in Arabic or Hebrew needs; blocks have them from the containers left away."""
        found, attributes = "", node.attributes
        lang = attributes.get("lang") or attributes.get("xml:lang") or ""
        if _LANGUAGE.match(lang):
            found += f' lang="{lang}"'
        if (attributes.get("dir") or "").lower() in ("ltr", "rtl", "auto"):
            found += f' dir="{attributes["dir"].lower()}"'
        return found or (self._inherited if node.tag in BLOCKS else "")

    def block(self, node, runs):
        tag = node.tag
        if tag == "p":
            runs.paragraph(self.language(node))
            self.flow(node, runs)
            runs.paragraph(self._inherited)
        elif tag in HEADINGS:
            html, pictures = self.line(node)
            runs.blocks(pictures)
            opening = runs.link()
            if is_seen(html):
                html = f"{opening}{html}</a>" if opening and "<a " not in html else html
                runs.block(f"<{HEADINGS[tag]}{self.language(node)}>{html}</{HEADINGS[tag]}>")
        elif tag == "hr":
            runs.block("<hr>")
        elif tag == "ul" and "gallery" in (node.attributes.get("class") or ""):
            self.figures.write(node, runs)
        elif tag in ("ul", "ol", "menu", "dir"):
            runs.block(items(self, node))
        elif tag == "li" and not self.figures.is_in_gallery:
            html = "".join(self.blocks(node, bare=True))
            if is_seen(html):
                runs.item(f"<li{self.language(node)}>{html}</li>")
        elif tag == "dl":
            runs.blocks(definitions(self, node))
        elif tag == "blockquote":
            inner = "".join(self.blocks(node))
            runs.block(inner and f"<blockquote{self.language(node)}>{inner}</blockquote>")
        elif tag == "pre":
            self.preformatted(node, runs)
        elif tag == "table":
            runs.block(table(self, node))
        elif tag in ("figure", "video", "audio", "iframe", "object", "embed"):
            self.figures.write(node, runs)
        elif tag == "summary":
            html, _pictures = self.line(node)
            runs.block(html and f"<p><strong>{html}</strong></p>")
        elif "wp-caption" in (node.attributes.get("class") or "").split():
            self.figures.write(node, runs)
        else:
            if tag == "form":
                self.notes["<form> left out"] += 1
                self.notes.leave("element", "form", node.html)
            outside, self._inherited = self._inherited, self.language(node)
            runs.paragraph(self._inherited)
            self.flow(node, runs)
            self._inherited = outside
            runs.paragraph(outside)

    def line(self, node):
        """The children as one line of inline markup, and the pictures that stood in it."""
        runs = Runs(self, one_line=True)
        self.flow(node, runs)
        return runs.line(), runs.pictures

    def preformatted(self, node, runs):
        """White space kept; verse, which is set in `pre` for its line ends only, becomes a paragraph with breaks."""
        if "wp-block-verse" in (node.attributes.get("class") or ""):
            lines = self.verbatim(node).strip("\n").split("\n")
            lines = [
                _INDENT.sub(lambda blanks: "\u00a0" * len(blanks[0].expandtabs(4)), line) for line in lines
            ]
            runs.block(f"<p{self.language(node)}>{'<br>'.join(lines)}</p>")
            return
        html = self.verbatim(node)
        runs.block(f"<pre{self.language(node)}>{html}</pre>" if is_seen(html) else "")

    def verbatim(self, node):
        pieces, child = [], node.child
        while child is not None:
            if child.is_text_node:
                pieces.append(escape(child.text_content or "", quote=False))
            elif child.tag == "br":
                pieces.append("\n")
            elif child.is_element_node and child.tag not in GONE:
                opening, closing = self.tags_of(child)
                pieces.append(f"{opening}{self.verbatim(child)}{closing}")
            child = child.next
        return "".join(pieces)
