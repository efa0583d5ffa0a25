"""Ghost's HTML to one without a theme's boxes: each card as a reader without its theme would want it."""

from html import escape

from selectolax.lexbor import LexborHTMLParser

from wordpress.reading import cards

_CARD = "figure[class*=kg-], div[class*=kg-], blockquote.twitter-tweet"


def plain(html, notes):
    """Ghost's HTML with each card as a reader without its theme would want it."""
    if "<!--members-only-->" in html:
        notes["mark of where the text is for members only left out"] = 1
    if "kg-" not in html and "twitter-tweet" not in html:
        return html
    tree = LexborHTMLParser(f"<!DOCTYPE html><body>{html}")
    for node in tree.css(_CARD):
        made = _card(node, set((node.attributes.get("class") or "").split()), notes)
        if made is not None:
            replace(node, made)
    return tree.body.inner_html or ""


def replace(node, html, tag="div"):
    """By a tree of its own, put in the node's place; `tag` may have attributes."""
    box = LexborHTMLParser(f"<!DOCTYPE html><body><{tag}>{html}</{tag.split()[0]}>").body.child
    node.replace_with(box)


def _card(node, classes, notes):
    """The HTML to stand for a card; None where it may stay as it is."""
    if node.parent is None:
        return None
    for name, words in (("kg-signup-card", "signup"), ("kg-collection-card", "collection")):
        if name in classes:
            notes[cards.LEFT_OUT[words]] = notes.get(cards.LEFT_OUT[words], 0) + 1
            return ""
    make = next((one for name, one in _MAKERS.items() if name in classes), None)
    if make is not None:
        return make(node)
    if {"kg-width-wide", "kg-width-full"} & classes and node.tag == "figure":
        node.attrs["class"] = " ".join([*classes, "alignwide"])
    return None


def _said(node, selector):
    found = node.css_first(selector)
    return found.text().strip() if found is not None else ""


def _inner(node, selector):
    found = node.css_first(selector)
    return (found.inner_html or "").strip() if found is not None else ""


def _attribute(node, selector, name):
    found = node.css_first(selector)
    return (found.attributes.get(name) or "").strip() if found is not None else ""


def _bookmark(node):
    return cards.bookmark(
        _attribute(node, "a", "href"),
        _said(node, ".kg-bookmark-title"),
        _said(node, ".kg-bookmark-description"),
        _said(node, ".kg-bookmark-publisher"),
        _inner(node, "figcaption"),
    )


def _tweet(node):
    links = [link.attributes.get("href") or "" for link in node.css("a")]
    url = next((one for one in reversed(links) if "/status/" in one), "")
    if not url:
        return None
    quote = node.css_first("blockquote p")
    words = f"<blockquote><p>{quote.inner_html}</p></blockquote>" if quote is not None else ""
    return words + cards.embed(url, _inner(node, "figcaption"))


def _embed(node):
    return _tweet(node) if node.css_first("blockquote.twitter-tweet") is not None else None


def _file(node):
    words = _said(node, ".kg-file-card-title") or _said(node, ".kg-file-card-filename")
    return cards.link(_attribute(node, "a", "href"), words, _said(node, ".kg-file-card-caption"))


def _player(kind, title):
    def make(node):
        src = _attribute(node, kind, "src") or _attribute(node, f"{kind} source", "src")
        return cards.player(kind, src, _inner(node, "figcaption"), _said(node, title) if title else "")

    return make


def _product(node):
    button = node.css_first(".kg-product-card-button")
    heading = _inner(node, ".kg-product-card-title")
    return "".join(
        (
            cards.figure(_attribute(node, "img.kg-product-card-image", "src")),
            f"<h4>{heading}</h4>" if heading else "",
            _inner(node, ".kg-product-card-description"),
            cards.link(button.attributes.get("href") or "", button.text().strip())
            if button is not None
            else "",
        )
    )


def _button(node):
    return cards.link(_attribute(node, "a", "href"), _said(node, "a"))


def _toggle(node):
    heading = _inner(node, ".kg-toggle-heading-text") or escape(_said(node, "h4"), quote=False)
    return cards.toggle(heading, _inner(node, ".kg-toggle-content"))


def _callout(node):
    return cards.callout(_said(node, ".kg-callout-emoji"), _inner(node, ".kg-callout-text"))


_MAKERS = {
    "kg-bookmark-card": _bookmark,
    "kg-embed-card": _embed,
    "twitter-tweet": _tweet,
    "kg-file-card": _file,
    "kg-audio-card": _player("audio", ".kg-audio-title"),
    "kg-video-card": _player("video", ""),
    "kg-product-card": _product,
    "kg-button-card": _button,
    "kg-toggle-card": _toggle,
    "kg-callout-card": _callout,
}
