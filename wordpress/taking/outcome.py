"""What a post or page of the old site becomes here: fields ready to be written, and a checksum to know them by."""

import html
import json
import re
import textwrap
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlsplit

from django.utils import timezone

from informed_comment.html import CleanHtml, clean_html, plain_text
from posts.models import Byline, Post
from wordpress.bodies import kept
from wordpress.content import convert
from wordpress.taking import returned, statuses
from wordpress.taking.addresses import slug_of
from wordpress.taking.signing import signing_of

_MARKUP = re.compile(
    r"</?(?:em|i|b|strong|span|br|sup|sub|small|code|a|u|s|del|ins|cite|q|font|abbr|mark|big|tt|img)\b[^>]*>",
    re.I,
)
_SEO = {
    "seo_title": (
        *(
            "_yoast_wpseo_title",
            "rank_math_title",
            "_aioseo_title",
            "_aioseop_title",
            "_seopress_titles_title",
        ),
        "_genesis_title",
    ),
    "seo_description": (
        *("_yoast_wpseo_metadesc", "rank_math_description", "_aioseo_description", "_aioseop_description"),
        *("_seopress_titles_desc", "_genesis_description"),
    ),
}
_CANONICAL = (
    *("_yoast_wpseo_canonical", "rank_math_canonical_url", "_aioseo_canonical_url", "_aioseop_custom_link"),
    *("_seopress_robots_canonical", "_genesis_canonical_uri"),
)
_IMAGE = re.compile(r'(<img (?:"[^"]*"|[^">])*?src=")[^"]*("(?:"[^"]*"|[^">])* data-image=)')
_POINTER = re.compile(r'(?<=\s)(href|data-embed)="([^"]*)"')
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?$")
_LANGUAGE_META = ("_wpml_import_language_code", "_wpml_language", "_language")


def plain_title(title: str) -> str:
    """A title is plain text here; WordPress lets inline tags and entities stand in it."""
    return " ".join(html.unescape(_MARKUP.sub("", title)).split())[:500]


def first_words(html: str) -> str:
    """What a public text without a title is known by: how it begins."""
    text = plain_text(html)
    return textwrap.shorten(text, 60, placeholder="…") if " " in text[:60] else text[:60]


def published_at(item) -> datetime | None:
    """Its moment. Where the file gives only the blog's own time, that is read in this site's zone."""
    if item.published_at:
        return item.published_at
    return timezone.make_aware(item.published_local) if item.published_local else None


def changed_at(item) -> datetime:
    """When it last changed there; never later than now."""
    now = datetime.now(UTC)
    local = timezone.make_aware(item.modified_local) if item.modified_local else None
    return min(item.modified_at or local or published_at(item) or now, now)


def seo(item) -> dict[str, str]:
    """What search engines were told, unless it is a template of the plugin's."""
    found = {}
    for name, keys in _SEO.items():
        value = next((text for text in map(item.meta_value, keys) if text.strip()), "")
        template = "%%" in value or re.search(r"%\w+%|#\w+_\w+", value)
        found[name] = "" if template else plain_title(value)[:200]
    return found


def language(item, run) -> str:
    """What a plugin for several languages says of the post, else the language of the site."""
    filed = [filing.nicename for filing in item.terms if filing.domain == "language"]
    told = (*filed, *map(item.meta_value, _LANGUAGE_META), run.site.language, "en")
    return next(found[1] for text in told if (found := _LANGUAGE.match(text.strip().lower())))


def original(item, run) -> dict[str, str]:
    """Where it came out first, if search engines were led to another site; nothing otherwise."""
    address = next((text.strip() for text in map(item.meta_value, _CANONICAL) if text.strip()), "")
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.")
        own = (urlsplit(run.site.address).hostname or "").removeprefix("www.")
    except ValueError:
        return {}
    is_elsewhere = parts.scheme in ("http", "https") and "." in host and host != own and len(address) <= 500
    return {"original_url": address} if is_elsewhere else {}


@dataclass(slots=True)
class Outcome:
    """`relations` are the keys of authors, categories and tags, in order."""

    fields: dict
    authors: list = field(default_factory=list)
    categories: list = field(default_factory=list)
    tags: list = field(default_factory=list)
    lead_image: object = None
    left: list = field(default_factory=list)  # what editors should see to; no part of the checksum
    own: dict = field(default_factory=dict)  # of a post that left this site and comes back: see returned.py
    signed: list = field(default_factory=list)
    corrections: list = field(default_factory=list)
    former: list = field(default_factory=list)
    given: list = field(default_factory=list)  # (address in the body, path of that upload there)

    @property
    def bylines(self):
        """(author, role) in order."""
        return self.signed or [(author, Byline.Role.BY) for author in self.authors]

    @property
    def checksum(self) -> str:
        uploads = list(dict.fromkeys(path for _url, path in self.given))
        told = [
            {**self.fields, "body": without_files(self.fields["body"], {url for url, _path in self.given})},
            *([one.pk for one in many] for many in (self.authors, self.categories, self.tags)),
            self.lead_image and self.lead_image.pk,
            *filter(
                None, ([(one.pk, role) for one, role in self.signed], self.corrections, self.former, uploads)
            ),
        ]
        return sha256(json.dumps(told, default=str, sort_keys=True).encode()).hexdigest()


def without_files(body, given) -> str:
    """The body without the addresses of uploads, which are others once their files have come; pictures have a number."""

    def put(found):
        return f"{found[1]}=" if html.unescape(found[2]) in given else found[0]

    return _POINTER.sub(put, _IMAGE.sub(r"\1\2", str(body)))


def outcome(item, run) -> Outcome:
    """Everything about a post; makes the authors, terms and pictures it names as it goes."""
    categories, tags = run.taxonomy.of_item(item)
    thumbnail = item.meta_value("_thumbnail_id").strip()
    signing, status = signing_of(item, run), statuses.status_of(item)
    told, left = texts(item, run, signing)
    if status == Post.Status.PUBLISHED and not told["title"]:
        told["title"] = first_words(told["body"]) or "Untitled"
    captioned = {"lead_caption": item.lead.caption} if item.lead else {}
    plan = Outcome(
        fields={
            **told,
            **(signing.fields if signing else {}),
            **captioned,
            **original(item, run),
            "status": status,
            "published_at": published_at(item),
            **statuses.trash(item, published_at=published_at(item), changed_at=changed_at(item)),
            "language": language(item, run),
        },
        authors=(signing and signing.authors) or run.people.of_item(item),
        categories=categories,
        tags=tags,
        lead_image=run.uploads.image_of(thumbnail) or (item.lead and run.uploads.image_over(item.lead)),
        left=left,
        given=run.uploads.given,
    )
    return returned.post(plan, item, run)


def texts(item, run, signing=None) -> tuple[dict[str, str], list]:
    """What posts and pages have in common, and what of the body is left for editors."""
    library = run.uploads.library(item)
    body, left = returned.body(item, run), []
    if body is None:
        body, left = _converted(item, run, library, signing)
    excerpt = (
        plain_text(convert(item.excerpt, library, is_html=item.is_html).html) if item.excerpt.strip() else ""
    )
    fields = {
        "title": plain_title(item.title),
        "slug": slug_of(statuses.slug_there(item))[:240],
        "standfirst": excerpt,
        "body": body if isinstance(body, CleanHtml) else clean_html(body),
        **seo(item),
    }
    return fields, left


def _converted(item, run, library, signing):
    converted = convert(signing.content if signing else item.content, library, is_html=item.is_html)
    converted.notes.told[:0] = [signing.told] if signing else []
    body = CleanHtml(clean_html(converted.html))
    run.report.notes.update(converted.notes)
    run.report.notes.update(item.notes)
    _compare(item, body, converted.notes.told, run)
    return body, converted.notes.left


def _compare(item, body, told, run):
    """The text is held against its source; what differs is told with its reason, or to be looked at."""
    verdict = kept.compare(item.content, body, told, is_html=item.is_html)
    if verdict.is_same:
        run.report.texts[kept.SAME] += 1
    for why in verdict.whys:
        run.report.texts[why] += 1
    if not verdict.is_explained:
        run.report.texts[kept.UNEXPLAINED] += 1
        said = f"the text differs and nothing says why: “{verdict.there}” there, “{verdict.here}” here"
        run.report.odd(said, item, run.file)
