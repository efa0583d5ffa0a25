"""What is to be mended in a text itself: pictures, headings, tables, embeds. Each as (code, sentence, place)."""

import re
from pathlib import PurePosixPath

from django.utils.text import Truncator

from images.models import Image
from posts import embeds

# With a value, an end, or a name that nobody writes in prose; [sic] and [1] are words.
SHORTCODE = re.compile(
    r"\[(?:/[a-z][\w-]*|[a-z]\w*[-_][\w-]*|[a-z][\w-]*\s[^\]\n]*?\w=[^\]\n]*)\s*/?\]", re.I
)
SHOWN_AS_CODE = ("code", "pre", "kbd")
SAID_BY_ITSELF = re.compile(r"(?:video|sound|post) on |from the internet archive$|https?://", re.I)


def library_of(body):
    """{id: Image} of the library's pictures in the text, in one query."""
    numbers = {image.attributes.get("data-image") or "" for image in body.css("img")}
    return Image.objects.in_bulk([int(number) for number in numbers if number.isdecimal()])


def problems(body, library):
    yield from of_pictures(body, library)
    yield from of_headings(body)
    yield from of_tables(body)
    yield from of_embeds(body)
    yield from of_shortcodes(body)


def of_pictures(body, library):
    for at, image in enumerate(body.css("img")):
        number = image.attributes.get("data-image") or ""
        known = library.get(int(number)) if number.isdecimal() else None
        name = named(image, known)
        alt = image.attributes.get("alt") or (known.alt if known else "")
        if not alt.strip() and not (known and known.is_decorative):
            yield "alt", f"Say what the picture {name} shows: it has no alternative text.", ("picture", at)
        if not (known and known.credit.strip()) and not credit_beside(image):
            yield "credit", f"Say who made the picture {name}: it has no credit.", ("picture", at)


def named(image, known):
    source = PurePosixPath((image.attributes.get("src") or "").partition("?")[0]).name
    return f"“{Truncator(str(known) if known else source).chars(60)}”"


def credit_beside(image):
    """A credit is what stands in small type in the caption."""
    above = image.parent
    while above is not None and above.tag != "figure":
        above = above.parent
    small = above.css_first("figcaption small") if above is not None else None
    return small is not None and bool(small.text().strip())


def of_headings(body):
    """The title is the first level, so a text begins at the second, and no level is left out on the way down."""
    above = 1
    for at, heading in enumerate(body.css("h2, h3, h4")):
        level = int(heading.tag[1])
        words = Truncator(heading.text().strip()).chars(60)
        if level > above + 1:
            wanted = {2: "Heading", 3: "Subheading"}[above + 1]
            yield (
                "heading",
                f"Make “{words}” a {wanted}: it leaves out a level of headings.",
                ("heading", at),
            )
        if not words:
            yield "heading", "Write the empty heading or take it away.", ("heading", at)
        above = level


def of_tables(body):
    for at, table in enumerate(body.css("table")):
        if table.css_first("th") is None:
            words = Truncator(" ".join(table.text(separator=" ").split())).chars(50)
            yield (
                "table_heading",
                f"Mark the heading cells of the table that begins “{words}”: it has none.",
                ("table", at),
            )


def of_embeds(body):
    for at, figure in enumerate(body.css("figure[data-embed]")):
        link = figure.css_first("a[href]")
        words = link.text().strip() if link else ""
        if words and not SAID_BY_ITSELF.match(words):
            continue
        address = link.attributes.get("href") if link else figure.attributes.get("data-embed")
        known = embeds.recognised(address or "")
        provider = embeds.PROVIDERS[known.provider][0] if known and known.provider in embeds.PROVIDERS else ""
        which = f"from {provider}" if provider else "from elsewhere"
        yield (
            "embed_title",
            f"Give the embed {which} a title: it is what readers see before they click.",
            ("embed", at),
        )


def of_shortcodes(body):
    """What a plugin of WordPress put something in place of; here readers see the brackets."""
    said = " ".join(
        node.text_content or ""
        for node in (body.root.traverse(include_text=True) if body.root is not None else ())
        if node.is_text_node and (node.parent is None or node.parent.tag not in SHOWN_AS_CODE)
    )
    for found in dict.fromkeys(SHORTCODE.findall(said)):
        if not found.startswith("[/"):
            shown = Truncator(found).chars(60)
            yield (
                "shortcode",
                f"Put something in the place of {shown}, or take it out: readers see it as it is.",
                None,
            )
