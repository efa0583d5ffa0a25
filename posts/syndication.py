"""A stored body as it is read away from the site, in feeds: no script of ours runs there and every address is whole."""

import functools
import re
from urllib.parse import urljoin

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from selectolax.lexbor import LexborHTMLParser

from images import pictures, renditions
from posts import embeds
from posts.bodies import is_elsewhere, is_ours, node, show_elsewhere, show_embed, with_notes

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
EMBED = "posts/_embed_in_feed.html"


@functools.cache
def root_of(site):
    return urljoin(f"{site}/", "/")[:-1]


def absolute(path):
    """The whole address. A page asks for dozens, and nearly all of them are plain paths."""
    if path.startswith("/") and "/." not in path and "//" not in path:
        return f"{root_of(settings.SITE_URL)}{path}"
    return urljoin(settings.SITE_URL + "/", path)


def printable(text):
    """The text without the characters that XML 1.0 forbids or discourages."""
    return UNPRINTABLE.sub("", text or "")


def bodies(posts):
    """{pk: HTML} of posts that have their bodies: all their pictures in one query."""
    parsed = {post.pk: LexborHTMLParser(text_of(post), is_fragment=True) for post in posts}
    images = [image for body in parsed.values() for image in body.css("img") if is_ours(image)]
    library = renditions.for_body([image.attributes["data-image"] for image in images])
    return {post.pk: full_text(post, parsed[post.pk], library) for post in posts}


def text_of(post):
    """The body with its notes, where it came out first, and what has been corrected."""
    text = with_notes(post.body or "")
    if post.original_url or post.licence:
        text += render_to_string("posts/_credit.html", {"post": post}).strip()
    if post.corrections_made:
        text += render_to_string("posts/_corrections.html", {"corrections": post.corrections_made}).strip()
    return text


def full_text(post, body, library):
    """Lead picture, text and video of a post."""
    for figure in body.css("figure.embed"):
        show_embed(figure, EMBED)
    for image in body.css("img"):
        show_picture(image, library)
    make_whole(body, absolute(post.permalink))
    text = f"{lead_picture(post)}{body.html or ''}{related_video(post)}"
    if post.language != "en":
        direction = "rtl" if post.is_right_to_left else "ltr"
        text = format_html('<div lang="{}" dir="{}">{}</div>', post.language, direction, mark_safe(text))  # noqa: S308
    return printable(text)


def show_picture(image, library):
    """A picture in the library as one JPEG; one that lies elsewhere as a link to it, as on the page."""
    source = image.attributes.get("src") or ""
    known = library.get(int(image.attributes["data-image"])) if is_ours(image) else None
    if known:
        image.replace_with(node(picture(known, alt=image.attributes.get("alt"))))
    elif not source:
        image.decompose()
    elif is_elsewhere(source):
        show_elsewhere(image, source)


def picture(image, alt=None):
    address, width, height = pictures.plain(image)
    return format_html(
        '<img src="{}" width="{}" height="{}" alt="{}">',
        *(absolute(address), width or "", height or "", pictures.spoken(image, alt or None)),
    )


def lead_picture(post):
    image = post.lead_image
    if not image or not image.file:
        return ""
    words = " / ".join(filter(None, [post.lead_caption or image.caption, image.credit]))
    caption = format_html("<figcaption>{}</figcaption>", words) if words else ""
    return format_html("<figure>{}{}</figure>", picture(image), caption)


def related_video(post):
    embed = embeds.recognised(post.video_url, post.video_title)
    return render_to_string(EMBED, {"embed": embed, "caption": ""}).strip() if embed else ""


def make_whole(body, address):
    """Every link and source with its host, as seen from the post's own address."""
    for name in ("href", "src", "cite"):
        for element in body.css(f"[{name}]"):
            try:
                element.attrs[name] = urljoin(address, element.attributes[name] or "")
            except ValueError:  # no address at all: `http://[`
                del element.attrs[name]
