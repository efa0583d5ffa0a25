"""The forms a feed is written in: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1.

RSS carries the full text (`content:encoded`), names (`dc:creator`), pictures (Media RSS) and the date of change
(`atom:updated`) in the modules that readers' apps know.
"""

import json
import mimetypes
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed, rfc3339_date
from django.utils.text import Truncator

from images import pictures, renditions
from informed_comment.footnotes import without_notes
from informed_comment.html import plain_text
from posts.syndication import absolute, bodies, printable

SUMMARY_LENGTH = 280
ASK_AGAIN_AFTER = 30  # minutes
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
JSON_FEED = "https://jsonfeed.org/version/1.1"


@dataclass
class Entry:
    """One post as all forms need it."""

    post: object
    full_text: str

    @property
    def title(self):
        return printable(str(self.post))

    @property
    def address(self):
        return absolute(self.post.permalink)

    @property
    def changed_at(self):
        return self.post.changed_at

    @property
    def summary(self):
        return printable(
            self.post.standfirst
            or Truncator(plain_text(without_notes(self.post.body[:2000]))).chars(SUMMARY_LENGTH)
        )

    @property
    def people(self):
        """(name, address, whether they wrote it) of everybody in the byline, each once."""
        found = {}
        for line in self.post.bylines.all():
            name, address = printable(line.author.name), absolute(line.author.get_absolute_url())
            found[name, address] = found.get((name, address)) or line.role == line.Role.BY
        return [(name, address, wrote) for (name, address), wrote in found.items()]

    @property
    def subjects(self):
        """The categories it is filed under and its tags."""
        names = [category.name for category in self.post.filed_under]
        names += [tagging.tag.name for tagging in self.post.taggings.all()]
        return list({name.casefold(): printable(name) for name in reversed(names)}.values())[::-1]

    @property
    def image(self):
        image = self.post.lead_image
        return image if image and image.file else None

    @property
    def picture(self):
        """(address, width, height) of the lead picture, or None."""
        if not self.image:
            return None
        address, width, height = pictures.plain(self.image)
        return absolute(address), width, height


@dataclass
class Feed:
    title: str
    description: str
    address: str
    own_address: str
    publication: object
    entries: list

    @classmethod
    def of(cls, source, path, publication):
        texts = bodies(source.posts)
        title = f"{source.name} – {publication.title}" if source.name else publication.title
        return cls(
            printable(title),
            printable(publication.description or publication.tagline or publication.title),
            absolute(source.address),
            absolute(path),
            publication,
            [Entry(post, texts[post.pk]) for post in source.posts],
        )

    @property
    def changed_at(self):
        """The newest change to a post in it; without posts a date that never changes."""
        return max((entry.changed_at for entry in self.entries), default=EPOCH)


class Dated:
    """A feed dated by what is in it, and never by the moment it is asked for."""

    def latest_post_date(self):
        return self.feed["changed_at"]


class Rss(Dated, Rss201rev2Feed):
    def rss_attributes(self):
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
            "xmlns:media": "http://search.yahoo.com/mrss/",
            "xmlns:sy": "http://purl.org/rss/1.0/modules/syndication/",
        }

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        handler.addQuickElement("sy:updatePeriod", "hourly")
        handler.addQuickElement("sy:updateFrequency", str(60 // ASK_AGAIN_AFTER))
        handler.startElement("image", {})
        handler.addQuickElement("url", absolute(static("img/favicon.png")))
        handler.addQuickElement("title", self.feed["title"])
        handler.addQuickElement("link", self.feed["link"])
        handler.endElement("image")

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        entry = item["entry"]
        for name, _, wrote in entry.people:
            handler.addQuickElement("dc:creator" if wrote else "dc:contributor", name)
        handler.addQuickElement("atom:updated", rfc3339_date(entry.changed_at))
        handler.addQuickElement("content:encoded", entry.full_text)
        if entry.image:
            self.add_picture(handler, entry)  # last: some apps take its description for the text

    def add_picture(self, handler, entry):
        address, width, height = entry.picture
        about = {"url": address, "medium": "image", "type": type_of(address)}
        handler.startElement("media:content", about | {"width": str(width), "height": str(height)})
        for name, words in (
            ("description", entry.post.lead_caption or entry.image.alt),
            ("credit", entry.image.credit),
        ):
            if words:
                handler.addQuickElement(f"media:{name}", printable(words))
        thumbnail = renditions.of(entry.image, "3x2").get("jpeg")
        if thumbnail:
            small = thumbnail[0]
            location = absolute(entry.image.file.storage.url(small["name"]))
            size = {"width": str(small["width"]), "height": str(small["height"])}
            handler.addQuickElement("media:thumbnail", "", {"url": location} | size)
        handler.endElement("media:content")


class Atom(Dated, Atom1Feed):
    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        add_person(handler, "author", self.feed["site_name"], absolute("/"))
        handler.addQuickElement("icon", absolute(static("img/favicon.png")))

    def item_attributes(self, item):
        return super().item_attributes(item) | {"xml:lang": item["entry"].post.language}

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for name, address, wrote in item["entry"].people:
            add_person(handler, "author" if wrote else "contributor", name, address)
        handler.addQuickElement("content", item["entry"].full_text, {"type": "html"})


def add_person(handler, element, name, address):
    handler.startElement(element, {})
    handler.addQuickElement("name", name)
    handler.addQuickElement("uri", address)
    handler.endElement(element)


def type_of(address):
    return mimetypes.guess_type(address)[0] or "image/jpeg"


def written(kind, feed):
    """A feed in one of Django's forms, as bytes."""
    out = kind(
        title=feed.title,
        link=feed.address,
        description=feed.description,
        subtitle=feed.description,
        language=settings.LANGUAGE_CODE,
        feed_url=feed.own_address,
        feed_guid=feed.address,
        feed_copyright=printable(feed.publication.copyright_now),
        ttl=ASK_AGAIN_AFTER,
        site_name=printable(feed.publication.title),
        changed_at=feed.changed_at,
    )
    for entry in feed.entries:
        out.add_item(
            title=entry.title,
            link=entry.address,
            unique_id=printable(entry.post.feed_id),
            unique_id_is_permalink=False,
            description=entry.summary,
            pubdate=entry.post.published_at,
            updateddate=entry.changed_at,
            categories=entry.subjects,
            enclosures=enclosures(entry.image),
            entry=entry,
        )
    return out.writeString("utf-8")


def enclosures(image):
    """The original of the lead picture with its true type and length; none while its file is missing."""
    if not image:
        return []
    try:
        length = image.size or image.file.size
    except OSError:
        return []
    return [Enclosure(absolute(image.file.url), str(length), type_of(image.file.name))]


def as_json(feed):
    about = {
        "version": JSON_FEED,
        "title": feed.title,
        "home_page_url": feed.address,
        "feed_url": feed.own_address,
        "description": feed.description,
        "icon": absolute(static("img/touch-icon.png")),
        "favicon": absolute(static("img/favicon.png")),
        "authors": [{"name": feed.publication.title, "url": absolute("/")}],
        "language": settings.LANGUAGE_CODE,
        "items": [json_item(entry) for entry in feed.entries],
    }
    return json.dumps(about, ensure_ascii=False)


def json_item(entry):
    item = {
        "id": entry.post.feed_id,
        "url": entry.address,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.full_text,
        "date_published": timezone.localtime(entry.post.published_at).isoformat(),
        "date_modified": timezone.localtime(entry.changed_at).isoformat(),
        "authors": [{"name": name, "url": address} for name, address, _ in entry.people],
        "tags": entry.subjects,
        "language": entry.post.language,
    }
    return item | ({"image": entry.picture[0]} if entry.image else {})


WRITERS = {
    "rss": lambda feed: written(Rss, feed),
    "atom": lambda feed: written(Atom, feed),
    "json": as_json,
}
CONTENT_TYPES = {
    "rss": Rss.content_type,
    "atom": Atom.content_type,
    "json": "application/feed+json; charset=utf-8",
}
