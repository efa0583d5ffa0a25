"""Checks before publishing: what a post still lacks, in sentences that name the cure, each a warning or a bar.

How each is taken is a setting (PUBLISH_CHECKS). A bar holds back what is about to come before readers; what is there
already, imported or scheduled, is never held by one.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core.checks import Error, register
from selectolax.lexbor import LexborHTMLParser

from images.models import Image
from posts.checking import links, texts
from posts.publishing import missing

BLOCK, WARN, OFF = "block", "warn", "off"
USUAL = {
    "title": BLOCK,
    "body": BLOCK,
    "alt": WARN,
    "credit": WARN,
    "standfirst": WARN,
    "category": WARN,
    "byline": WARN,
    "heading": WARN,
    "empty_link": WARN,
    "link_without_words": WARN,
    "dead_link": WARN,
    "seo_title": WARN,
    "seo_description": WARN,
    "card": WARN,
    "table_heading": WARN,
    "embed_title": WARN,
    "shortcode": WARN,
}
ALWAYS = ("title", "body")  # without them there is no post
LONGEST_SEO_TITLE = 60
LONGEST_SEO_DESCRIPTION = 160
CARD = (1200, 630)
SHOWN = 12  # of one kind; more are counted


@dataclass(frozen=True)
class Problem:
    """`field` is the form's; `place` says where in the body: a kind and which of them, counted from 0."""

    code: str
    field: str
    sentence: str
    place: tuple[str, int] | None = None

    @property
    def level(self):
        return level_of(self.code)


def level_of(code):
    return USUAL[code] if code in ALWAYS else settings.PUBLISH_CHECKS.get(code, USUAL[code])


def problems(post, *, is_filed=None, is_signed=None):
    """All that is to be mended, bars first. What is typed and not yet stored is said by `is_filed` and `is_signed`."""
    found = [Problem(name, name, sentence) for name, sentence in missing(post).items()]
    found += of_fields(
        post,
        is_filed=post.filings.exists() if is_filed is None else is_filed,
        is_signed=post.bylines.exists() if is_signed is None else is_signed,
    )
    body = LexborHTMLParser(post.body, is_fragment=True)
    library = texts.library_of(body)
    said = [*texts.problems(body, library), *links.problems(body)]
    found += [Problem(code, "body", sentence, place) for code, sentence, place in shortened(said)]
    counted = [problem for problem in found if problem.level != OFF]
    return sorted(counted, key=lambda problem: problem.level != BLOCK)


def blocking(post, **typed):
    """What keeps the post from readers: field → sentences with the cure; empty when it may come out."""
    bars = {}
    for problem in problems(post, **typed):
        if problem.level == BLOCK:
            bars.setdefault(problem.field, []).append(problem.sentence)
    return {field: " ".join(sentences) for field, sentences in bars.items()}


def of_fields(post, *, is_filed, is_signed):
    if not post.standfirst.strip():
        yield Problem(
            "standfirst", "standfirst", "Write a standfirst: lists, feeds and search engines show it."
        )
    if not is_filed:
        yield Problem("category", "categories", "File the post under a category, so that readers find it.")
    if not is_signed:
        yield Problem("byline", "bylines", "Say who wrote it: the byline is empty.")
    length = len(post.seo_title)
    if length > LONGEST_SEO_TITLE:
        yield Problem(
            "seo_title",
            "seo_title",
            f"Shorten the title for search engines: it has {length} characters, and they show about "
            f"{LONGEST_SEO_TITLE}.",
        )
    length = len(post.seo_description)
    if length > LONGEST_SEO_DESCRIPTION:
        yield Problem(
            "seo_description",
            "seo_description",
            f"Shorten the description for search engines: it has {length} characters, and they show about "
            f"{LONGEST_SEO_DESCRIPTION}.",
        )
    if post.lead_image_id:
        yield from of_lead_image(post.lead_image)


def of_lead_image(image: Image):
    if not image.alt.strip() and not image.is_decorative:
        yield Problem(
            "alt",
            "lead_image",
            f"Say in the library what the lead image “{image}” shows: it has no alternative text.",
        )
    if not image.credit.strip():
        yield Problem("credit", "lead_image", f"Say in the library who made the lead image “{image}”.")
    width, height = image.width or 0, image.height or 0
    if image.file and (width < CARD[0] or height < CARD[1]):
        yield Problem(
            "card",
            "lead_image",
            f"Take a larger lead image: this one has {width} × {height} pixels, and a social card needs "
            f"{CARD[0]} × {CARD[1]}.",
        )


def shortened(said):
    """The first of each kind; how many more there are is said with the last."""
    by_code = {}
    for code, sentence, place in said:
        by_code.setdefault(code, []).append((sentence, place))
    for code, all_of_it in by_code.items():
        shown, rest = all_of_it[:SHOWN], len(all_of_it) - SHOWN
        for at, (sentence, place) in enumerate(shown, 1):
            more = f" There are {rest} more like it." if rest > 0 and at == SHOWN else ""
            yield code, f"{sentence}{more}", place


@register
def check_levels(app_configs, **kwargs):
    """PUBLISH_CHECKS names checks that there are, and levels that there are."""
    wrong = []
    for code, level in settings.PUBLISH_CHECKS.items():
        if code in ALWAYS and level != BLOCK:
            wrong.append((f"{code}={level}: a post without {code} is never published", "Leave it out."))
        elif code not in USUAL:
            wrong.append((f"there is no check “{code}”", f"Use {', '.join(USUAL)}."))
        elif level not in (BLOCK, WARN, OFF):
            wrong.append((f"{code}={level}: there is no such level", f"Use {BLOCK}, {WARN} or {OFF}."))
    return [Error(f"PUBLISH_CHECKS, {said}.", hint=cure, id="posts.E003") for said, cure in wrong]
