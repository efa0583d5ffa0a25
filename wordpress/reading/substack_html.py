"""Substack's HTML to one without its widgets: figures, notes, players and links as anybody would write them."""

import json
import re
from html import escape
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from wordpress.reading import cards
from wordpress.reading.ghost_html import replace

# class → what is left out, as the report counts it
_WIDGETS = {
    "subscription-widget-wrap": "form to subscribe left out",
    "subscription-widget-wrap-editor": "form to subscribe left out",
    "subscription-widget": "form to subscribe left out",
    "subscribe-widget": "form to subscribe left out",
    "button-wrapper": "button to subscribe, share or comment left out",
    "captioned-button-wrap": "button to subscribe, share or comment left out",
    "post-ufi": "button to subscribe, share or comment left out",
    "community-chat": "invitation to a chat left out",
    "install-substack-app-embed": "invitation to an app left out",
    "poll-embed": "poll left out",
    "directMessage": "button to subscribe, share or comment left out",
    "paywall-jump": "mark of where the text is for paying readers left out",
    "paywall": "mark of where the text is for paying readers left out",
    "comment": "comment shown in a text left out",
    "recommendations": "recommendations left out",
}
_OWN_BUTTON = re.compile(r"substack\.com|%%|/subscribe|action=share|/comments|/p/", re.I)
_FETCH = re.compile(
    r"https?://(?:cdn\.substack\.com|substackcdn\.com)/image/fetch/[^\s]*?/(https?(?:%3A|:).+)$", re.I
)
_BUCKET = re.compile(r"https?://bucketeer-[\w-]+\.s3\.amazonaws\.com", re.I)


def full_size(url):
    """The picture itself, not the size a CDN made of it."""
    if found := _FETCH.match(url):
        url = unquote(found[1])
    return _BUCKET.sub("https://substack-post-media.s3.amazonaws.com", url)


def plain(html, podcast, notes):
    """The HTML; `podcast` is the address of the sound that belongs to it."""
    tree = LexborHTMLParser(f"<!DOCTYPE html><body>{html}")
    if tree.body is None:
        return ""
    _footnotes(tree)
    for node in tree.css("[class]"):
        if node.parent is None or not _is_there(node):
            continue
        made = _widget(node, notes)
        if made is not None:
            replace(node, made)
    body = (tree.body.inner_html or "").strip()
    if podcast:
        body = cards.player("audio", podcast) + body
    return body


def _is_there(node):
    """Whether it still stands in the page: what held it may have been replaced."""
    while node.parent is not None:
        node = node.parent
    return node.tag in ("-document", "html", "#document")


def _widget(node, notes):
    classes = (node.attributes.get("class") or "").split()
    for name in classes:
        if name in _WIDGETS:
            button = _own_button(node) if name in ("button-wrapper", "captioned-button-wrap") else ""
            if button:
                return button
            notes[_WIDGETS[name]] = notes.get(_WIDGETS[name], 0) + 1
            return ""
        if name in _MAKERS:
            return _MAKERS[name](node)
    return None


def _data(node):
    try:
        found = json.loads(node.attributes.get("data-attrs") or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _own_button(node):
    """A button with an address of the author's own, such as a shop, is a link."""
    link = node.css_first("a")
    url = (link.attributes.get("href") or "") if link is not None else ""
    if not url.startswith(("http://", "https://")) or _OWN_BUTTON.search(url):
        return ""
    return cards.link(url, link.text().strip())


def _picture(node):
    img = node.css_first("img")
    data = _data(img) if img is not None else _data(node)
    src = cards.text(data, "src") or ((img.attributes.get("src") or "") if img is not None else "")
    alt = (img.attributes.get("alt") or "") if img is not None else cards.text(data, "alt")
    caption = node.css_first("figcaption")
    caption = (caption.inner_html or "").strip() if caption is not None else ""
    link = node.css_first("a")
    href = cards.text(data, "href") or ((link.attributes.get("href") or "") if link is not None else "")
    src = full_size(src)
    if full_size(href) == src or re.search(r"\.(jpe?g|png|gif|webp|avif)($|\?)", href, re.I):
        href = ""
    return cards.figure(src, alt=alt or cards.text(data, "title"), caption=caption, href=href)


def _gallery(node):
    about = _data(node).get("gallery")
    about = about if isinstance(about, dict) else {}
    images = [one for one in about.get("images") or [] if isinstance(one, dict)]
    return cards.gallery(
        [{"src": full_size(cards.text(one, "src")), "alt": cards.text(one, "alt")} for one in images],
        escape(cards.text(about, "caption"), quote=False),
    )


def _tweet(node):
    data = _data(node)
    link = node.css_first("a")
    url = cards.text(data, "url") or ((link.attributes.get("href") or "") if link is not None else "")
    words = cards.text(data, "full_text")
    quote = f"<blockquote><p>{escape(words, quote=False)}</p></blockquote>" if words else ""
    return quote + cards.embed(url.split("?")[0], title=cards.text(data, "name"))


def _by_id(form, key):
    def make(node):
        value = _data(node).get(key)
        return cards.embed(form.format(value)) if value else None

    return make


def _embed(node):
    data = _data(node)
    url = cards.text(data, "url") or cards.text(data, "targetUrl") or cards.text(data, "src")
    frame = node.css_first("iframe")
    if not url and frame is not None:
        url = frame.attributes.get("src") or ""
    return cards.embed(url, title=cards.text(data, "title")) if url.startswith("http") else None


def _post(node):
    """Another post, shown as a card."""
    data = _data(node)
    url = cards.text(data, "canonical_url") or cards.text(data, "url")
    title = cards.text(data, "title") or node.text().strip()[:200]
    publisher = cards.text(data, "publication_name")
    return cards.bookmark(
        url, title, cards.text(data, "caption") or cards.text(data, "truncated_body_text")[:300], publisher
    )


def _file(node):
    link = node.css_first("a.file-embed-button") or node.css_first("a")
    words = node.css_first(".file-embed-details-h1")
    url = (link.attributes.get("href") or "") if link is not None else ""
    return cards.link(url, words.text().strip() if words is not None else "")


def _pullquote(node):
    return f'<figure class="wp-block-pullquote"><blockquote>{node.inner_html}</blockquote></figure>'


def _latex(node):
    words = cards.text(_data(node), "persistentExpression") or node.text().strip()
    return f"<pre>{escape(words, quote=False)}</pre>"


_MAKERS = {
    "captioned-image-container": _picture,
    "image2": lambda node: _picture(node.parent) if node.tag == "img" and node.parent.tag == "a" else None,
    "image3": _picture,
    "image-gallery-embed": _gallery,
    "tweet": _tweet,
    "twitter-embed": _tweet,
    "youtube-wrap": _by_id("https://www.youtube.com/watch?v={}", "videoId"),
    "vimeo-wrap": _by_id("https://vimeo.com/{}", "videoId"),
    "tiktok-wrap": _embed,
    "spotify-wrap": _embed,
    "soundcloud-wrap": _embed,
    "apple-podcast-container": _embed,
    "instagram": _by_id("https://www.instagram.com/p/{}/", "instagram_id"),
    "bandcamp-wrap": _embed,
    "datawrapper-wrap": _embed,
    "digest-post-embed": _post,
    "embedded-post-wrap": _post,
    "embedded-publication-wrap": _post,
    "file-embed-wrapper": _file,
    "pullquote": _pullquote,
    "latex-rendered": _latex,
}


def _footnotes(tree):
    """`<a class="footnote-anchor" href="#footnote-1">` and `<div class="footnote">` at the end: into the text itself."""
    notes = {}
    for note in tree.css("div.footnote"):
        mark, content = note.css_first("a.footnote-number"), note.css_first(".footnote-content")
        if mark is None or content is None:
            continue
        name = mark.attributes.get("id") or f"footnote-{mark.text().strip()}"
        inner = content.inner_html or ""
        notes[name] = re.sub(r"</p>\s*<p[^>]*>", " ", inner.strip()).removeprefix("<p>").removesuffix("</p>")
        note.decompose()
    for mark in tree.css("a.footnote-anchor"):
        target = (mark.attributes.get("href") or "").rpartition("#")[2]
        if target in notes:
            replace(mark, notes[target], tag='span class="footnote"')
