"""Paragraphs from blank lines, breaks from line ends: what WordPress does to a classic body when it shows it."""

import re

_TOKEN = re.compile(r"""<!--.*?-->|</?([A-Za-z][A-Za-z0-9]*)(?:"[^"]*"|'[^']*'|[^'"<>])*+>""", re.S)
_BREAK = re.compile(r"<br\b[^>]*>[ \t]*\n?", re.I)
_PARAGRAPHS = re.compile(r"\n[ \t\n]*\n")
_LINES = re.compile(r"[ \t]*\n[ \t]*")
_NEXT_PAGE = re.compile(r"<!--\s*nextpage\s*-->", re.I)

_OPAQUE = frozenset(str.split("pre script style svg math textarea select"))
_BLOCKS = frozenset(
    str.split(
        "address article aside blockquote caption center col colgroup dd details dir div dl dt fieldset figcaption figure"
        " footer form h1 h2 h3 h4 h5 h6 header hr legend li main menu nav ol optgroup section summary table tbody td tfoot"
        " th thead tr ul noscript hgroup"
    )
)
_VOID = frozenset({"hr", "col"})
_HOLDS_ONLY_ELEMENTS = frozenset(str.split("table thead tbody tfoot tr colgroup ul ol dl menu dir"))
_ONE_PARAGRAPH_NEEDS_NO_TAG = frozenset(
    str.split("li td th dd div address figure details fieldset center form legend")
)
_NO_PARAGRAPHS = frozenset(str.split("h1 h2 h3 h4 h5 h6 dt figcaption caption summary"))


class _Autop:
    def __init__(self):
        self.out = []
        self.run = []
        self.stack = []
        self.paragraph = ""

    def flush(self):
        """Write the run of text and inline tags since the last block tag."""
        chunks = [chunk.strip(" \t\n") for chunk in _PARAGRAPHS.split("".join(self.run))]
        chunks = [_LINES.sub("<br />\n", chunk) for chunk in chunks if chunk]
        opening, self.run, self.paragraph = self.paragraph, [], ""
        if not chunks:
            return
        around = self.stack[-1] if self.stack else ""
        if around in _HOLDS_ONLY_ELEMENTS and not opening:
            self.out.extend(chunks)
        elif around in _NO_PARAGRAPHS and not opening:
            self.out.append("<br />\n<br />\n".join(chunks))
        elif around in _ONE_PARAGRAPH_NEEDS_NO_TAG and len(chunks) == 1 and not opening:
            self.out.append(chunks[0])
        else:
            self.out.append(f"{opening or '<p>'}{chunks[0]}</p>\n")
            self.out.extend(f"<p>{chunk}</p>\n" for chunk in chunks[1:])

    def tag(self, name, tag):
        closing = tag.startswith("</")
        if name == "p":
            self.flush()
            self.paragraph = "" if closing else _flat(tag)
        elif name in _BLOCKS:
            self.flush()
            self.out.append(_flat(tag))
            if closing and name in self.stack:
                while self.stack.pop() != name:
                    pass
            elif not closing and name not in _VOID and not tag.endswith("/>"):
                self.stack.append(name)
        else:
            self.run.append(_flat(tag))

    def opaque(self, name, text):
        if name == "pre":
            self.flush()
            self.out.append(text)
        else:
            self.run.append(_flat(text))


def _flat(tag):
    return tag.replace("\n", " ")


def autop(text: str) -> str:
    """HTML with paragraphs. What is in `pre` stays as it is; comments go, but a page break becomes a rule."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    writer, position = _Autop(), 0
    while match := _TOKEN.search(text, position):
        writer.run.append(text[position : match.start()])
        position = match.end()
        name = (match[1] or "").lower()
        if not name:
            if _NEXT_PAGE.match(match[0]):
                writer.tag("hr", "<hr />")
        elif name == "br":
            end = _BREAK.match(text, match.start())
            position = end.end() if end else position
            writer.run.append("\n")
        elif name in _OPAQUE and not match[0].startswith("</"):
            end = re.compile(rf"</{name}[^>]*>", re.I).search(text, position)
            position = end.end() if end else len(text)
            writer.opaque(name, text[match.start() : position])
        else:
            writer.tag(name, match[0])
    writer.run.append(text[position:])
    writer.flush()
    return "".join(writer.out)
