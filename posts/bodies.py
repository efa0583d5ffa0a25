"""A stored body as readers see it: nothing from elsewhere loads by itself, and nothing runs off the page."""

from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from selectolax.lexbor import LexborHTMLParser

from images import pictures, renditions
from informed_comment import footnotes
from posts import embeds

COLUMN = "(min-width: 48rem) 42rem, 100vw"  # how wide the text stands
TOUCHED = ("<figure", "<img", "<a ", "<table")


def for_reading(html, key=""):
    """Cleaned HTML with notes numbered, embeds as facades, lazy pictures, tables in a box, and safe outgoing links.

    `key` tells the notes of this text from those of others on the page.
    """
    html = with_notes(html, key)
    if not any(mark in html for mark in TOUCHED):
        return html
    body = LexborHTMLParser(html, is_fragment=True)
    for figure in body.css("figure.embed"):
        show_embed(figure)
    images = body.css("img")
    library = renditions.for_body([image.attributes["data-image"] for image in images if is_ours(image)])
    for image in images:
        show_picture(image, library)
    for link in body.css("a[href]"):
        if is_elsewhere(link.attributes["href"]):
            link.attrs["rel"] = "noopener"
    for table in body.css("table"):
        put_in_box(table)
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


def is_ours(image):
    """Whether it names a picture in the library."""
    return (image.attributes.get("data-image") or "").isdecimal()


def show_picture(image, library):
    """A picture in the library comes in the reader's size; one that lies elsewhere becomes a link to it."""
    source = image.attributes.get("src") or ""
    known = library.get(int(image.attributes["data-image"])) if is_ours(image) else None
    if known:
        alt = image.attributes.get("alt")
        image.replace_with(node(pictures.picture(known, sizes=COLUMN, alt=alt or None)))
    elif not source:
        image.decompose()
    elif is_elsewhere(source):
        context = {"address": source, "alt": image.attributes.get("alt") or ""}
        image.replace_with(node(render_to_string("posts/_picture_elsewhere.html", context).strip()))
    else:
        image.attrs["loading"] = "lazy"
        image.attrs["decoding"] = "async"
        if image.attributes.get("alt") is None:
            image.attrs["alt"] = ""


def put_in_box(table):
    caption = table.css_first("caption")
    box = node('<div class="table-box" role="region" tabindex="0"></div>')
    box.attrs["aria-label"] = (caption.text().strip() if caption else "") or "Table"
    table.insert_before(box)
    table.prev.insert_child(table)  # a copy
    table.decompose()
