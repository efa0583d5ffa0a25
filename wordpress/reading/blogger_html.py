"""Blogger's HTML: pictures in full size, captions out of the tables they stand in, breaks for paragraphs as they are."""

import re
from html import escape

from selectolax.lexbor import LexborHTMLParser

from wordpress.reading import cards
from wordpress.reading.ghost_html import replace

_HOST = re.compile(
    r"https?://(?:[1-4]\.bp\.blogspot\.com|blogger\.googleusercontent\.com|lh\d\.(?:googleusercontent|ggpht)\.com)/",
    re.I,
)
_SIZE_IN_PATH = re.compile(r"/(?:[swh]\d{1,5}|w\d{1,5}-h\d{1,5})(?:-[\w-]+)?/(?=[^/]+$)")
_SIZE_AT_END = re.compile(r"=(?:[swh]\d{1,5}|w\d{1,5}-h\d{1,5})(?:-[\w-]+)*$")
_BREAKS = re.compile(r"(?:<br\s*/?>\s*){2,}", re.I)
_MORE = re.compile(r"""<a name=["']more["']\s*/?>(?:</a>)?|<!--\s*more\s*-->""", re.I)


def full_size(url):
    """The picture as it was uploaded: Google's servers are asked for it by the size 0 or 1600."""
    if url.startswith("//"):
        url = f"https:{url}"
    if not _HOST.match(url):
        return url
    if _SIZE_IN_PATH.search(url):
        return _SIZE_IN_PATH.sub("/s1600/", url)
    return _SIZE_AT_END.sub("=s0", url)


def plain(html, notes):
    html = _BREAKS.sub("<p>", _MORE.sub("", html))
    if "<img" not in html.lower() and "<table" not in html.lower():
        return html
    tree = LexborHTMLParser(f"<!DOCTYPE html><body>{html}")
    if tree.body is None:
        return ""
    for img in tree.css("img"):
        _widen(img, notes)
    for table in tree.css("table.tr-caption-container"):
        img, caption = table.css_first("img"), table.css_first(".tr-caption")
        if img is not None:
            inner = (caption.inner_html or "").strip() if caption is not None else ""
            replace(
                table,
                cards.figure(
                    img.attributes.get("src") or "", alt=img.attributes.get("alt") or "", caption=inner
                ),
            )
    return (tree.body.inner_html or "").strip()


def _widen(img, notes):
    """A link around a picture leads to a larger one: then that is the picture."""
    link = img.parent
    href = (link.attributes.get("href") or "") if link is not None and link.tag == "a" else ""
    source = img.attributes.get("src") or ""
    if _HOST.match(source) and _HOST.match(href):
        source = href
    wide = full_size(source)
    if wide != (img.attributes.get("src") or ""):
        img.attrs["src"] = wide
        for name in ("width", "height"):
            if name in img.attributes:
                del img.attrs[name]
        notes["picture asked for in full size"] = notes.get("picture asked for in full size", 0) + 1
    if _HOST.match(href):
        link.attrs["href"] = escape(wide)
