"""A stored text as mail programs can show it: no player, no script, every address whole, pictures as JPEG of a known size.

It comes as a list of blocks, so that a text too long for a mail can be cut between two paragraphs; its notes are numbered
and listed only as far as the text goes.
"""

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from selectolax.lexbor import LexborHTMLParser

from images import pictures, renditions
from informed_comment import footnotes
from newsletter.mail_text import cells_of, rows_of
from posts.bodies import (
    PASSAGES,
    RIGHT_TO_LEFT,
    is_elsewhere,
    is_ours,
    node,
    set_direction,
    show_elsewhere,
    show_embed,
    with_headings_in_order,
)
from posts.syndication import EMBED, absolute, make_whole, printable

COLUMN = 528  # pixels a text is wide on the sheet of 600
FEW_COLUMNS = 4  # of a table whose words need not be broken on a telephone
SHARP = 1200  # pixels of a picture shown so wide on a good screen
HEADINGS = ("<h2", "<h3", "<h4")
LEADS_NOWHERE = ("", "#", "?", "http://", "https://", "mailto:", "tel:")


def blocks(html, address):
    """The cleaned text's blocks, each as HTML with its notes still in it. `address` is where it stands on the site."""
    body = LexborHTMLParser(with_headings_in_order(printable(html or "")))
    for figure in body.css("figure.embed"):
        show_embed(figure, EMBED)
    images = body.css("img")
    library = renditions.for_body([image.attributes["data-image"] for image in images if is_ours(image)])
    for image in images:
        show_picture(image, library)
    for figure in body.css("figure"):
        show_figure(figure)
    for table in body.css("table"):
        table.attrs["class"] = "data many" if columns_of(table) > FEW_COLUMNS else "data"
    if RIGHT_TO_LEFT.search(html or ""):
        for passage in body.css(PASSAGES):
            set_direction(passage)
    for link in body.css("a[href]"):
        if (link.attributes["href"] or "").strip() in LEADS_NOWHERE:
            del link.attrs["href"]
    make_whole(body, address)
    return [block for element in top_of(body.body) if (block := block_of(element))]


def top_of(body):
    """The outermost elements and texts; a division that says nothing by itself is seen through."""
    for element in body.iter(include_text=True):
        if element.tag == "div" and not element.attributes and element.child is not None:
            yield from top_of(element)
        else:
            yield element


def block_of(element):
    if element.tag == "-text":
        words = element.html.strip()
        return f"<p>{words}</p>" if words else ""
    return "" if element.tag == "-comment" else element.html


def show_picture(image, library):
    source = image.attributes.get("src") or ""
    known = library.get(int(image.attributes["data-image"])) if is_ours(image) else None
    if known:
        image.replace_with(node(picture(known, alt=image.attributes.get("alt"))))
    elif not source:
        image.decompose()
    elif is_elsewhere(source):
        show_elsewhere(image, source)
    else:
        show_unknown(image)


def show_unknown(image):
    """A picture of ours that the library does not know: as wide as the column at most, by what is said of it."""
    width, height = (int(image.attributes.get(name) or 0) for name in ("width", "height"))
    if width > COLUMN:
        width, height = COLUMN, round(height * COLUMN / width)
    for name, value in (("width", width), ("height", height)):
        if value:
            image.attrs[name] = str(value)
    image.attrs["alt"] = image.attributes.get("alt") or ""
    image.attrs["class"] = "picture"


def picture(image, alt=None, *, width=COLUMN):
    """A picture of the library, shown `width` pixels wide where it is not smaller."""
    address, wide, high = pictures.plain(image, SHARP)
    shown = min(width, wide) if wide else width
    return format_html(
        '<img class="picture" src="{}" width="{}"{} alt="{}">',
        absolute(address),
        shown,
        format_html(' height="{}"', round(high * shown / wide)) if wide and high else "",
        pictures.spoken(image, alt or None),
    )


def cut(image, *, width):
    """A picture cut for lists, 3:2, as (address, width, height); None without a file or a JPEG of it."""
    if not image or not image.file:
        return None
    made = renditions.of(image, "3x2").get("jpeg", [])
    fitting = [entry for entry in made if entry["width"] >= 2 * width] or made[-1:]
    if not fitting:
        return None
    entry = fitting[0]
    high = round(entry["height"] * width / entry["width"])
    return absolute(image.file.storage.url(entry["name"])), width, high


def columns_of(table):
    return max((len(list(cells_of(row))) for row in rows_of(table)), default=0)


def show_figure(figure):
    """As a division, which old mail programs know too; a quotation set apart stays one."""
    kinds = (figure.attributes.get("class") or "").split()
    for caption in figure.css("figcaption"):
        caption.replace_with(node(f'<p class="caption">{caption.inner_html}</p>'))
    kind = "pull" if "pullquote" in kinds else "figure"
    figure.replace_with(node(f'<div class="{kind}">{figure.inner_html}</div>'))


def joined(shown):
    """Blocks as one text: notes become numbers, and stand in a list at the end."""
    text, notes = footnotes.lifted("\n".join(shown), lambda number: f'<sup class="note">{number}</sup>')
    if not notes:
        return mark_safe(text)  # noqa: S308 - cleaned when it was saved
    listed = [(mark_safe(note.attributes), mark_safe(note.html)) for note in notes]  # noqa: S308
    return mark_safe(text + render_to_string("newsletter/mail/mailing/_notes.html", {"notes": listed}))  # noqa: S308


def without_loose_end(shown):
    """No heading stands last, with nothing under it."""
    while shown and shown[-1].startswith(HEADINGS):
        shown = shown[:-1]
    return shown


def made_whole(html, address):
    """A fragment with the host in every address, as seen from one."""
    body = LexborHTMLParser(html)
    make_whole(body, address)
    return body.body.inner_html
