"""A stored body as readers see it: nothing from elsewhere loads by itself, and nothing runs off the page."""

import functools
import re
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from selectolax.lexbor import LexborHTMLParser

from images import pictures, renditions
from informed_comment import footnotes
from posts import embeds

COLUMN = "(min-width: 48rem) 42rem, 100vw"  # how wide the text stands
SIZES = {  # how wide a picture stands in a figure of that class
    "gallery": "(min-width: 40rem) 18rem, 50vw",
    "left": "(min-width: 40rem) 21rem, 100vw",
    "right": "(min-width: 40rem) 21rem, 100vw",
    "wide": "(min-width: 75rem) 48rem, 100vw",
}
TOUCHED = ("<figure", "<img", "<a ", "<table", "<pre")
HEADING = re.compile(r"<(/?)h([2-4])(?=[\s>])")
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
FIRST_LETTER = re.compile(r"[^\W\d_]")
PASSAGES = "p, h2, h3, h4, ul, ol, blockquote, figcaption, caption, th, td, dl"
SHORT = 1500  # letters
PLAYED = re.compile(r"\.(?:mp3|m4a|ogg|oga|wav|flac|mp4|m4v|webm|ogv)$", re.I)


def for_reading(html, key=""):
    """Cleaned HTML with notes numbered, embeds as facades, lazy pictures, tables in a box, and safe outgoing links.

    `key` tells the notes of this text from those of others on the page. What is said of an author under each of their
    posts is worked out once: a short text without pictures depends on nothing else.
    """
    if len(html) < SHORT and "<img" not in html:
        return short_for_reading(html, key, settings.SITE_URL)
    return worked_out(html, key)


@functools.lru_cache(maxsize=500)
def short_for_reading(html, key, site):
    return worked_out(html, key)


def worked_out(html, key):
    html = with_notes(with_headings_in_order(html), key)
    is_mixed = RIGHT_TO_LEFT.search(html)
    if not is_mixed and not any(mark in html for mark in TOUCHED):
        return html
    body = LexborHTMLParser(html, is_fragment=True)
    for figure in body.css("figure.embed"):
        show_embed(figure)
    for figure in body.css("figure.audio, figure.video"):
        show_player(figure)
    images = body.css("img")
    library = renditions.for_body([image.attributes["data-image"] for image in images if is_ours(image)])
    for image in images:
        show_picture(image, library)
    for link in body.css("a[href]"):
        if is_elsewhere(link.attributes["href"]):
            link.attrs["rel"] = "noopener"
    for table in body.css("table"):
        put_in_box(table)
    for block in body.css("pre"):
        block.attrs["tabindex"] = "0"
    for passage in body.css(PASSAGES) if is_mixed else ():
        set_direction(passage)
    return body.html


def with_notes(html, key=""):
    """Cleaned HTML with a number for every note and the notes in a list at the end, each leading to the other."""
    prefix = f"{key}-" if key else ""
    text, notes = footnotes.lifted(html, lambda number: note_mark(number, prefix))
    if not notes:
        return html
    shown = [(mark_safe(note.attributes), mark_safe(note.html)) for note in notes]  # noqa: S308 - cleaned when saved
    return text + render_to_string("posts/_notes.html", {"notes": shown, "prefix": prefix})


def note_mark(number, prefix):
    place = f"{prefix}{number}"
    return (
        f'<sup class="footnote-ref"><a id="note-ref-{place}" href="#note-{place}" role="doc-noteref"'
        f' aria-label="Note {number}">{number}</a></sup>'
    )


def with_headings_in_order(html):
    """Headings begin at the second level and skip none downwards: h4, h4, h3 under the title become three h2."""
    above, level = [1], 2

    def placed(found):
        nonlocal level
        if not found[1]:
            stood = int(found[2])
            while above[-1] >= stood:
                above.pop()
            above.append(stood)
            level = len(above)
        return f"<{found[1]}h{level}"

    return HEADING.sub(placed, html)


def set_direction(passage):
    """A passage that begins in Arabic or Hebrew letters runs from right to left, whoever forgot to say so."""
    first = FIRST_LETTER.search(passage.text())
    if first and RIGHT_TO_LEFT.match(first[0]) and "dir" not in passage.attributes:
        passage.attrs["dir"] = "rtl"


def is_elsewhere(address):
    """Whether an address leads to another site."""
    try:
        host = urlsplit(address or "").hostname
    except ValueError:
        return True
    return bool(host) and host != urlsplit(settings.SITE_URL).hostname


def node(html):
    return LexborHTMLParser(html, is_fragment=True).root


def show_embed(figure, template="posts/_embed.html"):
    """Believes the address and nothing that is said about it; without a good address the words remain."""
    link = figure.css_first("a[href]")
    address = link.attributes["href"] if link else figure.attributes.get("data-embed")
    embed = embeds.recognised(address or "", link.text() if link else "")
    if embed is None:
        del figure.attrs["class"]
        return
    caption = figure.css_first("figcaption")
    words = mark_safe(caption.inner_html) if caption else ""  # noqa: S308 - cleaned when it was saved
    context = {"embed": embed, "caption": words}
    figure.replace_with(node(render_to_string(template, context).strip()))


def show_player(figure):
    """A sound or film in our own library plays here; one that lies elsewhere stays a link."""
    link = figure.css_first("a[href]")
    address = (link.attributes["href"] if link else "") or ""
    if link is None or is_elsewhere(address) or not PLAYED.search(address.partition("?")[0]):
        return
    kind = "video" if "video" in figure.attributes["class"].split() else "audio"
    context = {"kind": kind, "address": address, "title": link.text().strip()}
    link.replace_with(node(render_to_string("posts/_player.html", context).strip()))


def is_ours(image):
    """Whether it names a picture in the library."""
    return (image.attributes.get("data-image") or "").isdecimal()


def show_picture(image, library):
    """A picture in the library comes in the reader's size; one that lies elsewhere becomes a link to it."""
    source = image.attributes.get("src") or ""
    known = library.get(int(image.attributes["data-image"])) if is_ours(image) else None
    if known:
        alt = image.attributes.get("alt")
        sizes = set_in_figure(image, known)
        image.replace_with(node(pictures.picture(known, sizes=sizes, alt=alt or None)))
    elif not source:
        image.decompose()
    elif is_elsewhere(source):
        show_elsewhere(image, source)
    else:
        image.attrs["loading"] = "lazy"
        image.attrs["decoding"] = "async"
        if image.attributes.get("alt") is None:
            image.attrs["alt"] = ""


def show_elsewhere(image, source):
    """A link to a picture on another site; only words where it stands in a link already."""
    is_linked = any(one.tag == "a" for one in around(image))
    context = {"address": source, "alt": image.attributes.get("alt") or "", "is_linked": is_linked}
    image.replace_with(node(render_to_string("posts/_picture_elsewhere.html", context).strip()))


def around(image):
    """What a picture stands in, from the inside out."""
    parent = image.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def set_in_figure(image, known):
    """Marks the figure of a tall picture, and says how wide the picture will stand."""
    figures = [one for one in around(image) if one.tag == "figure"]
    names = {name for one in figures for name in (one.attributes.get("class") or "").split()}
    sizes = next((SIZES[name] for name in SIZES if name in names), COLUMN)
    if figures and known.is_tall:
        figures[0].attrs["class"] = f"{figures[0].attributes.get('class') or ''} tall".strip()
    return sizes


def put_in_box(table):
    caption = table.css_first("caption")
    box = node('<div class="table-box" role="region" tabindex="0"></div>')
    box.attrs["aria-label"] = (caption.text().strip() if caption else "") or "Table"
    table.insert_before(box)
    table.prev.insert_child(table)  # a copy
    table.decompose()
