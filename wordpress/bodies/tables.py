"""Lists, definitions and tables: what holds elements and no text of its own."""

import re

from wordpress.bodies.runs import Runs, is_seen

_NUMBER = re.compile(r"-?\d{1,6}$")
_SPAN = re.compile(r"[2-9]$|[1-9]\d{1,2}$")
_BLOCK = re.compile(r"<(?:p|h[2-4]|ul|ol|dl|blockquote|pre|table|figure|hr)\b")
_SCOPES = ("row", "col", "rowgroup", "colgroup")


def elements(node):
    child = node.child
    while child is not None:
        if child.is_element_node or (child.is_text_node and (child.text_content or "").strip()):
            yield child
        child = child.next


def items(writer, node) -> str:
    """`ul` or `ol`. A list straight inside a list belongs to the item before it."""
    name = "ol" if node.tag == "ol" else "ul"
    found = []
    for child in elements(node):
        if child.tag == "li":
            found.append(["".join(writer.blocks(child, bare=True)), writer.language(child)])
        elif child.tag in ("ul", "ol") and found:
            found[-1][0] += items(writer, child)
        else:
            runs = Runs(writer, bare=True)
            writer.one(child, runs)
            found.append(["".join(runs.finish()), ""])
    html = "".join(f"<li{language}>{inner}</li>" for inner, language in found if is_seen(inner))
    return f"<{name}{_numbering(node)}{writer.language(node)}>{html}</{name}>" if html else ""


def _text(node):
    return (node.text_content or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").strip()


def _numbering(node):
    if node.tag != "ol":
        return ""
    attributes, found = node.attributes, ""
    start = (attributes.get("start") or "").strip()
    if _NUMBER.match(start) and start != "1":
        found += f' start="{start}"'
    if "reversed" in attributes:
        found += " reversed"
    if (attributes.get("type") or "") in ("a", "A", "i", "I"):
        found += f' type="{attributes["type"]}"'
    return found


def definitions(writer, node) -> list[str]:
    """`dl` holds terms with what is said of them; a term or a saying left alone is a paragraph before or after."""
    parts = [part for part in _definitions(writer, node) if is_seen(part[1])]
    names = [name for name, _ in parts]
    first = names.index("dt") if "dt" in names else len(parts)
    last = len(parts) - names[::-1].index("dd") if "dd" in names else 0
    inside = "".join(f"<{name}>{html}</{name}>" for name, html in parts[first:last])
    whole = [f"<dl{writer.language(node)}>{inside}</dl>"] if inside else []
    before = [block for part in parts[: min(first, len(parts))] for block in _alone(*part)]
    after = [block for part in parts[max(first, last) :] for block in _alone(*part)]
    return [*before, *whole, *after]


def _alone(name, html):
    if name == "dt":
        return [f"<p><strong>{html}</strong></p>"]
    return [html if _BLOCK.match(html) else f"<p>{html}</p>"]


def _definitions(writer, node):
    """(dt or dd, its HTML) in order. A picture in a term stands in what is said of it: terms hold words only."""
    for child in elements(node):
        if child.tag == "dt":
            html, pictures = writer.line(child)
            yield "dt", html
            if pictures:
                yield "dd", "".join(pictures)
        elif child.tag == "div":
            yield from _definitions(writer, child)
        elif child.is_text_node:
            yield "dd", _text(child)
        else:
            yield "dd", "".join(writer.blocks(child, bare=True))


def table(writer, node, *, caption="") -> str:
    sections, own_caption = [], ""
    for child in elements(node):
        if child.tag == "caption":
            own_caption, _pictures = writer.line(child)
        elif child.tag in ("thead", "tbody", "tfoot"):
            rows = "".join(_row(writer, row) for row in elements(child) if row.tag == "tr")
            if rows:
                sections.append(f"<{child.tag}>{rows}</{child.tag}>")
    heading = "<br>".join(text for text in (own_caption, caption) if text)
    if not sections:
        return f"<p>{heading}</p>" if heading else ""
    heading = f"<caption>{heading}</caption>" if heading else ""
    return f"<table{writer.language(node)}>{heading}{''.join(sections)}</table>"


def _row(writer, row):
    cells = []
    for cell in elements(row):
        if cell.tag not in ("td", "th"):
            continue
        attributes = cell.attributes
        kept = "".join(
            f' {name}="{attributes[name]}"'
            for name in ("colspan", "rowspan")
            if _SPAN.match(attributes.get(name) or "")
        )
        if cell.tag == "th" and attributes.get("scope") in _SCOPES:
            kept += f' scope="{attributes["scope"]}"'
        inner = "".join(writer.blocks(cell, bare=True))
        cells.append(f"<{cell.tag}{kept}{writer.language(cell)}>{inner}</{cell.tag}>")
    return f"<tr>{''.join(cells)}</tr>" if cells else ""
