"""Pictures, galleries, embeds, sounds, films and pull quotes as WordPress's editor saves them."""

import re
from html import escape

from selectolax.lexbor import LexborHTMLParser

from wordpress.bodies.pieces import pieces
from wordpress.leaving.delimiters import block

_CLASSES = re.compile(r'class="([^"]*)"')
_PLACES = {"left": "alignleft", "right": "alignright", "wide": "alignwide"}
_TYPES = {
    "youtube": "video",
    "vimeo": "video",
    "tiktok": "video",
    "x": "rich",
    "instagram": "rich",
    "facebook": "rich",
    "soundcloud": "rich",
    "spotify": "rich",
    "bluesky": "rich",
    "threads": "rich",
}
_NAMES = {"x": "twitter"}
_CITE = re.compile(r"(?P<before>.*?)(?:<br>\s*)?<cite>(?P<who>(?:(?!</?cite).)*)</cite>\s*", re.S)
_NUMBER = re.compile(r"\d{1,12}$")


def figure(body, piece):
    """(block, its attributes, its HTML) for a figure; None for one that WordPress has no block for."""
    named = _CLASSES.search(piece.attributes)
    classes = set(named[1].split()) if named else set()
    if " lang=" in piece.attributes or " dir=" in piece.attributes:
        return None
    place = next((one for one in _PLACES if one in classes), "")
    for kind, made in _KINDS.items():
        if kind in classes:
            return made(body, piece, place)
    return None


def _parts(piece):
    """The pieces of a figure other than its caption, and the caption's HTML; None where they are not to be told apart."""
    inside = pieces(piece.inner)
    if inside is None:
        return None, ""
    captions = [one for one in inside if one.name == "figcaption"]
    if len(captions) > 1 or (captions and captions[0].attributes):
        return None, ""
    return [one for one in inside if one.name != "figcaption"], captions[0].inner if captions else ""


def _caption(body, html, kind=""):
    line = body.line(html) if html else ""
    if line is None:
        return None
    return f'<figcaption class="{kind}wp-element-caption">{line}</figcaption>' if line else ""


def _placed(place):
    return ({"align": place}, f" {_PLACES[place]}") if place else ({}, "")


def _image(body, piece, place):
    inside, words = _parts(piece)
    if inside is None or len(inside) != 1 or inside[0].name:
        return None
    tree = LexborHTMLParser(inside[0].html, is_fragment=True)
    pictures, links = tree.css("img"), tree.css("a")
    if len(pictures) != 1 or len(links) > 1 or (tree.body or tree.root).text().strip():
        return None
    caption = _caption(body, words)
    if caption is None:
        return None
    attributes, aligned = _placed(place)
    number, img = picture(body, pictures[0])
    attributes |= {"id": number} if number else {}
    attributes |= {"sizeSlug": "full", "linkDestination": "custom" if links else "none"}
    href = links[0].attributes.get("href") if links else ""
    shown = f'<a href="{escape(body.around.address(href))}">{img}</a>' if href else img
    html = f'<figure class="wp-block-image{aligned} size-full">{shown}{caption}</figure>'
    return "image", attributes, html


def picture(body, node):
    """(its id there or 0, the `img`) for a picture of a body."""
    told = node.attributes
    number, source, alt = 0, told.get("src") or "", told.get("alt") or ""
    if _NUMBER.match(told.get("data-image") or ""):
        number, source, said = body.around.picture(int(told["data-image"])) or (0, source, "")
        alt = alt or said
    named = f' class="wp-image-{number}"' if number else ""
    return number, f'<img src="{escape(body.around.address(source))}" alt="{escape(alt)}"{named}/>'


def _gallery(body, piece, place):
    inside, words = _parts(piece)
    if not inside or not all(one.name == "figure" and "image" in one.attributes for one in inside):
        return None
    made = [_image(body, one, "") for one in inside]
    caption = _caption(body, words, "blocks-gallery-caption ")
    if None in made or caption is None:
        return None
    attributes, aligned = _placed(place)
    pictures = "\n\n".join(block(name, html, told) for name, told, html in made)
    html = (
        f'<figure class="wp-block-gallery{aligned} has-nested-images columns-default is-cropped">{pictures}'
        f"{caption}</figure>"
    )
    return "gallery", attributes | {"linkTo": "none"}, html


def _address(piece):
    tree = LexborHTMLParser(piece.html, is_fragment=True)
    link, frame = tree.css_first("a[href]"), tree.css_first("figure")
    return (link.attributes["href"] if link else "") or frame.attributes.get("data-embed") or ""


def _embed(body, piece, place):
    inside, words = _parts(piece)
    address, caption = _address(piece), _caption(body, words)
    if inside is None or not address.startswith(("http://", "https://")) or caption is None:
        return None
    provider = re.search(r'data-provider="([^"]*)"', piece.attributes)
    provider = provider[1] if provider else ""
    attributes, aligned = _placed(place)
    attributes, classes = {"url": address} | attributes, "wp-block-embed"
    if provider in _TYPES:
        kind, name = _TYPES[provider], _NAMES.get(provider, provider)
        attributes |= {"type": kind, "providerNameSlug": name, "responsive": True}
        classes = f"{classes}{aligned} is-type-{kind} is-provider-{name} wp-block-embed-{name}"
    else:
        classes += aligned
    html = (
        f'<figure class="{classes}"><div class="wp-block-embed__wrapper">\n{escape(address, quote=False)}\n</div>'
        f"{caption}</figure>"
    )
    return "embed", attributes, html


def _file(kind):
    def made(body, piece, place):
        inside, words = _parts(piece)
        address, caption = _address(piece), _caption(body, words)
        if inside is None or not address or caption is None:
            return None
        attributes, aligned = _placed(place)
        source = escape(body.around.address(address))
        player = f'<{kind} controls src="{source}"></{kind}>'
        return kind, attributes, f'<figure class="wp-block-{kind}{aligned}">{player}{caption}</figure>'

    return made


def _pullquote(body, piece, place):
    """One paragraph with breaks, which is all that WordPress's holds, and who said it."""
    inside, words = _parts(piece)
    if inside and len(inside) == 1 and inside[0].name == "blockquote" and not inside[0].attributes:
        inside = pieces(inside[0].inner)
    if not inside or not all(one.name in ("p", "") and not one.attributes for one in inside):
        return None
    said, who = without_cite([one.inner for one in inside])
    if words and who:
        return None
    lines, cite = [body.line(one) for one in said], body.line(who or words)
    if not lines or None in lines or cite is None or any("<cite" in line for line in lines):
        return None
    attributes, aligned = _placed(place)
    cite = f"<cite>{cite}</cite>" if cite else ""
    quote = f"<blockquote><p>{'<br>'.join(lines)}</p>{cite}</blockquote>"
    return "pullquote", attributes, f'<figure class="wp-block-pullquote{aligned}">{quote}</figure>'


def without_cite(lines):
    """(the lines, who said them): WordPress keeps apart who is quoted, at the end of it all."""
    found = _CITE.fullmatch(lines[-1])
    if not found:
        return lines, ""
    return [*lines[:-1], *filter(None, [found["before"].strip()])], found["who"]


_KINDS = {
    "gallery": _gallery,
    "embed": _embed,
    "audio": _file("audio"),
    "video": _file("video"),
    "pullquote": _pullquote,
    "image": _image,
}
