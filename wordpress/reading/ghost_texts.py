"""Texts of Ghost of which the export has no HTML: Lexical and Mobiledoc to HTML."""

import json
from html import escape

from wordpress.reading import cards
from wordpress.reading.marked import marked

DEEPEST = 60
_FORMATS = (
    (16, "code"),
    (1, "strong"),
    (2, "em"),
    (4, "s"),
    (8, "u"),
    (32, "sub"),
    (64, "sup"),
    (128, "mark"),
)
_TAGS = frozenset(str.split("h1 h2 h3 h4 h5 h6 p blockquote aside ul ol"))
_INLINE = frozenset(str.split("strong em b i s u sub sup code mark del"))


class CannotRead(ValueError):
    """Why a body is none."""


def from_lexical(source, notes):
    tree = _json(source, "Lexical")
    root = tree.get("root")
    if not isinstance(root, dict):
        raise CannotRead("the Lexical text has no root")
    return _counted(_Lexical(), root, notes)


def from_mobiledoc(source, notes):
    return _counted(_Mobiledoc(), _json(source, "Mobiledoc"), notes)


def _json(source, name):
    try:
        tree = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise CannotRead(f"its {name} text is no JSON ({error})") from error
    if not isinstance(tree, dict):
        raise CannotRead(f"its {name} text is no JSON object")
    return tree


def _counted(maker, tree, notes):
    html = maker.document(tree)
    for words, count in maker.cards.notes.items():
        notes[words] = notes.get(words, 0) + count
    return html


class _Lexical:
    def __init__(self):
        self.cards = cards.Cards(marked)

    def document(self, root):
        return "\n".join(self.block(node) for node in _dicts(root.get("children")))

    def block(self, node, depth=0):
        kind = cards.text(node, "type").removeprefix("extended-")
        if depth > DEEPEST:
            return ""
        if kind == "paragraph":
            return f"<p>{self.line(node, depth)}</p>"
        if kind == "heading":
            tag = cards.text(node, "tag") if cards.text(node, "tag") in _TAGS else "h2"
            return f"<{tag}>{self.line(node, depth)}</{tag}>"
        if kind in ("quote", "aside"):
            return f"<blockquote><p>{self.line(node, depth)}</p></blockquote>"
        if kind == "list":
            return self.list(node, depth)
        if kind in ("text", "linebreak", "link", "autolink", "at-link"):
            return f"<p>{self.inline(node, depth)}</p>"
        return self.cards.html(kind, node)

    def list(self, node, depth):
        tag = "ol" if cards.text(node, "listType") == "number" else "ul"
        start = node.get("start")
        start = f' start="{start}"' if tag == "ol" and isinstance(start, int) and start > 1 else ""
        inner = ""
        for one in _dicts(node.get("children")):
            inner += f"<li>{self.line(one, depth)}</li>"
        return f"<{tag}{start}>{inner}</{tag}>"

    def line(self, node, depth):
        return "".join(self.inline(one, depth + 1) for one in _dicts(node.get("children")))

    def inline(self, node, depth):
        kind = cards.text(node, "type").removeprefix("extended-")
        if depth > DEEPEST:
            return ""
        if kind == "text":
            return _formatted(cards.text(node, "text"), node.get("format"))
        if kind == "linebreak":
            return "<br>"
        if kind == "tab":
            return " "
        if kind in ("link", "autolink", "at-link"):
            return f'<a href="{escape(cards.text(node, "url"))}">{self.line(node, depth)}</a>'
        if kind in ("zwnj", "at-link-search"):
            return ""
        if kind == "tk":
            return escape(cards.text(node, "text") or "TK", quote=False)
        return self.block(node, depth)


def _formatted(text, bits):
    html = escape(text, quote=False)
    for bit, tag in _FORMATS:
        if isinstance(bits, int) and bits & bit and html.strip():
            html = f"<{tag}>{html}</{tag}>"
    return html


class _Mobiledoc:
    """Version 0.2 and 0.3: sections of markers, with cards and markups by number."""

    def __init__(self):
        self.cards = cards.Cards(marked)
        self.markups, self.known, self.atoms = [], [], []

    def document(self, tree):
        self.markups = tree.get("markups") or []
        self.known = tree.get("cards") or []
        self.atoms = tree.get("atoms") or []
        sections = tree.get("sections") or []
        if (
            len(sections) == 2
            and isinstance(sections[0], list)
            and not (sections[0] and sections[0][:1] in ([1], [2], [3], [10]))
        ):
            self.markups, sections = sections  # 0.2 kept both in one list
        return "\n".join(self.section(one) for one in sections if isinstance(one, list) and one)

    def section(self, section):
        kind, *rest = section
        try:
            if kind == 1:
                tag = rest[0] if rest[0] in _TAGS else "p"
                return self.wrapped(tag, self.markers(rest[1]))
            if kind == 2:
                return cards.figure(str(rest[0]))
            if kind == 3:
                items = "".join(f"<li>{self.markers(one)}</li>" for one in rest[1])
                return self.wrapped(rest[0] if rest[0] in ("ul", "ol") else "ul", items)
            if kind == 10:
                name, data = self.known[rest[0]] if isinstance(rest[0], int) else (rest[0], rest[1])
                return self.cards.html(str(name), data if isinstance(data, dict) else {})
        except (IndexError, TypeError, ValueError, KeyError):
            self.cards.notes["piece of a text that was not understood"] += 1
        return ""

    def wrapped(self, tag, inner):
        if tag in ("blockquote", "aside"):
            return f"<blockquote><p>{inner}</p></blockquote>"
        return f"<{tag}>{inner}</{tag}>"

    def markers(self, markers):
        pieces, opened = [], []
        for kind, opens, closes, value in markers:
            for number in opens:
                opening, closing = self.markup(self.markups[number])
                pieces.append(opening)
                opened.append(closing)
            pieces.append(self.atom(value) if kind == 1 else escape(str(value), quote=False))
            for _ in range(min(closes, len(opened))):
                pieces.append(opened.pop())
        return "".join([*pieces, *reversed(opened)])

    def atom(self, number):
        name = self.atoms[number][0]
        return "<br>" if name == "soft-return" else escape(str(self.atoms[number][1]), quote=False)

    def markup(self, markup):
        tag, *attributes = markup
        if tag == "a":
            found = attributes[0] if attributes else []
            pairs = dict(zip(found[::2], found[1::2], strict=False))
            return f'<a href="{escape(str(pairs.get("href", "")))}">', "</a>"
        return (f"<{tag}>", f"</{tag}>") if tag in _INLINE else ("", "")


def _dicts(value):
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
