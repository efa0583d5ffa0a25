"""What a reader said, to HTML: paragraphs from blank lines, links from bare addresses, as the old site showed it."""

import re

from wordpress.bodies.autop import autop

_TAG = re.compile(r"(<[^>]*>)")
_ADDRESS = re.compile(r"""(?<![\w/"'=])https?://[^\s<>"']+""", re.I)
_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")
_NO_LINKS_IN = frozenset({"a", "code", "pre", "script", "style"})


def comment_html(text: str, *, is_html: bool = False) -> str:
    """Not cleaned yet: that is the sanitiser's."""
    end = max(text.rfind("-->"), text.rfind("--!>")) + 1
    begin = text.find("<!--", end)  # a comment that never ends hides the rest
    text = text if begin < 0 else text[:begin]
    return with_links(text if is_html else autop(text))


def with_links(html: str) -> str:
    """Bare addresses become links, but not within links or code."""
    pieces, within = [], 0
    for piece in _TAG.split(html):
        name = _NAME.match(piece) if piece.startswith("<") else None
        if name and name[1].lower() in _NO_LINKS_IN:
            within = max(0, within + (-1 if piece.startswith("</") else 1))
        pieces.append(piece if within or piece.startswith("<") else _ADDRESS.sub(_link, piece))
    return "".join(pieces)


def _link(found):
    """What ends the sentence or closes a bracket opened before is no part of the address."""
    address = found[0].rstrip(".,;:!?*")
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(".,;:!?*")
    return f'<a href="{address}">{address}</a>{found[0][len(address) :]}'
