"""What left this publication as a WordPress export, come back: beside each item stands what WordPress has no word for.

Whatever WordPress has a word for is believed to WordPress once it says something else than what went out.
"""

import html
import json
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.utils import timezone

from authors.models import Author, AuthorLink
from posts.models import Byline, Correction, Post
from wordpress.bodies import returned
from wordpress.leaving import numbers
from wordpress.taking.addresses import address_on_the_web

POST, PAGE, UPLOAD, AUTHOR, TERM, COMMENT = (
    f"_informed_comment_{kind}" for kind in ("post", "page", "upload", "author", "term", "comment")
)
MEDIA = "/media/"
_TEXT = ("lead_caption", "video_url", "video_title", "original_url", "original_name", "licence", "language")
_AWAY = {"draft": Post.Status.WITHDRAWN, "trash": Post.Status.TRASHED}
_IN_THE_FILE = {
    "title": lambda item: item.title,
    "slug": lambda item: item.slug,
    "standfirst": lambda item: item.excerpt.strip(),
    "seo_title": lambda item: item.meta_value("_yoast_wpseo_title").strip(),
    "seo_description": lambda item: item.meta_value("_yoast_wpseo_metadesc").strip(),
    "published_at": lambda item: _date(item),
}


def told(meta, name) -> dict:
    try:
        found = json.loads((meta.get(name) or ["{}"])[-1])
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _date(item):
    """As leaving.told.seconds writes it; the blog's own time where the other is empty."""
    at = item.published_at or (item.published_local and timezone.make_aware(item.published_local))
    return at and at.timestamp()


def fitting(model, name, text):
    """What the field takes of a text that a file says; of an address, one that readers may be led to."""
    if name.endswith(("_url", "website")):
        return address_on_the_web(text)
    longest = model._meta.get_field(name).max_length
    return text.replace("\x00", "")[:longest]


def pairs(links):
    return [
        link
        for link in links
        if isinstance(link, list) and len(link) == 2 and address_on_the_web(str(link[1]))
    ]


def moment(text):
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else None


def _exact(fields, item, about):
    """Where the file says what went out, what was meant by it."""
    exact = about.get("exact")
    for name, pair in exact.items() if isinstance(exact, dict) else ():
        if name not in _IN_THE_FILE or name not in fields or not isinstance(pair, list) or len(pair) != 2:
            continue
        written, meant = pair
        if name == "published_at":
            written, meant = moment(written), moment(meant)
            written = written and written.timestamp()
            if meant is None and item.published_at is None:
                fields[name] = None
        elif not isinstance(meant, str):
            continue
        if _IN_THE_FILE[name](item) == written:
            fields[name] = meant


def body(item, run) -> str | None:
    """The body to the letter, if nobody has changed it since it went out."""
    about = told(item.meta, POST) or told(item.meta, PAGE)
    kept = about.get("body")
    if not isinstance(kept, list) or len(kept) != 2 or not isinstance(kept[1], str):
        return None
    if digest(item.content) != kept[0]:
        return None
    notes = _footnotes(item)
    site = run.site.address

    def file(address):
        if not address.startswith((MEDIA, f"{site}{MEDIA}")):
            return address
        path = address.removeprefix(site)
        found = run.uploads.at(f"{site}{path}")
        return found.url if found and found.url.startswith(("/", settings.MEDIA_URL)) else path

    def picture(pk):
        found = run.uploads.by_id(numbers.item(numbers.IMAGE, pk))
        return (found.image, found.url) if found and found.image else None

    return returned.body(item.content, kept[1], returned.Known(notes, file, picture))


def _footnotes(item):
    try:
        notes = json.loads(item.meta_value("footnotes") or "[]")
        return {str(note["id"]): str(note["content"]) for note in notes}
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}


def post(plan, item, run):
    """The plan of a post with what came along beside it."""
    about = told(item.meta, POST)
    if not about:
        return plan
    fields = plan.fields
    _exact(fields, item, about)
    fields |= {name: fitting(Post, name, about[name]) for name in _TEXT if isinstance(about.get(name), str)}
    if item.status in _AWAY and about.get("status") == _AWAY[item.status]:
        fields["status"] = about["status"]
    if fields["status"] == Post.Status.TRASHED:
        fields["trashed_at"] = moment(about.get("trashed_at")) or timezone.now()
        wanted = about.get("trashed_from")
        is_status = wanted in Post.Status.values and wanted != Post.Status.TRASHED
        fields["trashed_from"] = wanted if is_status else Post.Status.DRAFT
    plan.own = _own(about)
    if isinstance(address := about.get("permalink"), str) and address.startswith("/") and address[1:2] != "/":
        plan.own["permalink"] = address
    plan.signed = _signed(about, run)
    corrections = about.get("corrections")
    plan.corrections = [
        (kind, text, moment(made_at))
        for kind, text, made_at in (corrections if isinstance(corrections, list) else ())
        if kind in Correction.Kind.values and moment(made_at)
    ]
    plan.former = former(about)
    return plan


def _own(about):
    """Dates of the row itself, for one that is made anew."""
    dates = {name: moment(about.get(name)) for name in ("created_at", "updated_at")}
    return {name: at for name, at in dates.items() if at}


def _signed(about, run):
    """(author, role) in order; empty where all sign alike."""
    lines = about.get("bylines")
    found = [
        (run.people.ensure(login), role)
        for login, role in (lines if isinstance(lines, list) else ())
        if role in Byline.Role.values and isinstance(login, str)
    ]
    return list(dict.fromkeys(line for line in found if line[0]))


def former(about):
    paths = about.get("former")
    return [path for path in (paths if isinstance(paths, list) else ()) if str(path).startswith("/")]


def page(fields, item):
    """(the texts of a page with what came along beside it, its former addresses, when it was begun)."""
    about = told(item.meta, PAGE)
    _exact(fields, item, about)
    return fields, former(about), moment(about.get("created_at"))


def upload(item, details, *, has_file):
    """What is known of a picture or document beside its title, alternative text and caption."""
    about = told(item.meta, UPLOAD)
    if not about:
        return details
    is_image = "alt" in details
    words = {
        "title": item.title,
        "caption": item.excerpt.strip(),
        "alt": item.meta_value("_wp_attachment_image_alt"),
    }
    for name, written in words.items():
        meant = str(about.get(name, ""))
        if name in details and html.unescape(written).strip() == meant.strip():
            details[name] = meant
    details |= {name: str(about[name]) for name in ("credit", "licence") if about.get(name)}
    if has_file:
        details["source_url"] = str(about.get("source_url", ""))[:1000]
    if is_image:
        details["is_decorative"] = bool(about.get("is_decorative"))
        focus = about.get("focus")
        if (
            isinstance(focus, list)
            and len(focus) == 2
            and all(isinstance(n, int | float) and 0 <= n <= 1 for n in focus)
        ):
            details |= {"focal_x": focus[0], "focal_y": focus[1]}
    return details


def author(run, item):
    """What is said of an author beyond the name; nothing that is said here already is written over."""
    about = told(item.meta, AUTHOR)
    someone = run.people.ensure(item.meta_value("cap-user_login") or item.slug) if about else None
    if someone is None or run.is_dry_run:
        return
    was = someone.get_absolute_url()
    for name in ("role", "bio", "email", "website", "fediverse"):
        if not getattr(someone, name) and isinstance(about.get(name), str):
            setattr(someone, name, fitting(Author, name, about[name]))
    if isinstance(name := about.get("name"), str) and someone.name == name.partition("@")[0]:
        someone.name = name[:200]
    slug = str(about.get("slug", ""))[:200]
    is_made_up = item.meta_value("cap-user_login") == someone.slug != slug
    if slug and is_made_up and not Author.objects.filter(slug=slug).exists():
        someone.slug = slug
    someone.portrait = someone.portrait or run.uploads.image_of(item.meta_value("_thumbnail_id"))
    someone.save()
    links = about.get("links")
    if isinstance(links, list) and not someone.links.exists():
        AuthorLink.objects.bulk_create(
            AuthorLink(author=someone, label=str(label)[:60], url=str(url)[:500], position=place)
            for place, (label, url) in enumerate(pairs(links))
        )
    for path in (*former(about), was):
        run.redirects.lead(path, someone.get_absolute_url())


def comment(record):
    """What is known of a comment, as long as it says what it said when it went out."""
    about = told(record.meta, COMMENT)
    if about.get("was") != digest(record.content):
        return {}
    names = ("text", "anchor", "published_at", "is_hidden")
    return {name: about[name] for name in names if isinstance(about.get(name), str | bool)}


def digest(text):
    return sha256(text.encode("utf-8", "replace")).hexdigest()


def term(record):
    """What is known of a category or tag, if WordPress still calls it what it was called here."""
    about = told(record.meta, TERM) if getattr(record, "meta", None) else {}
    return about if html.unescape(record.name) == str(about.get("name", "")) else {}
