"""Feeds with the full text: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1, for the site, a category, a tag, an author."""

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed
from django.views.decorators.http import require_safe

from authors.models import Author
from informed_comment.caching import public_page
from informed_comment.publication import current_publication
from posts.models import Category, Post, Tag

FEED_LENGTH = 20
ADDRESS = re.compile(r'\b(href|src)="(/[^"/][^"]*)"')
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass
class Source:
    """What a feed is of: a name after the publication's own, the page it belongs to, and its posts."""

    name: str
    address: str
    posts: object

    def newest(self):
        return list(self.posts.newest_first().for_feeds()[:FEED_LENGTH])


def absolute(path):
    return urljoin(settings.SITE_URL + "/", path)


def full_text(post):
    """The body with every address made absolute, fit for a reader on another host."""
    body = ADDRESS.sub(lambda found: f'{found[1]}="{absolute(found[2])}"', post.body)
    if post.lead_image and post.lead_image.file:
        image = post.lead_image
        body = f'<p><img src="{absolute(image.file.url)}" width="{image.width}" height="{image.height}" alt=""></p>{body}'
    return UNPRINTABLE.sub("", body)


def names(post):
    return [line.author.name for line in post.bylines.all() if line.role == line.Role.BY]


class Rss(Rss201rev2Feed):
    """RSS with the full text, the authors by name (`dc:creator`) and no mail addresses."""

    def rss_attributes(self):
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for name in item["names"]:
            handler.addQuickElement("dc:creator", name)
        handler.addQuickElement("content:encoded", item["full_text"])


class Atom(Atom1Feed):
    """Atom with the full text and every author of the byline."""

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item | {"author_name": None})
        for name in item["names"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", name)
            handler.endElement("author")
        handler.addQuickElement("content", item["full_text"], {"type": "html"})

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        handler.startElement("author", {})
        handler.addQuickElement("name", self.feed["site_name"])
        handler.endElement("author")


def written(kind, source, path):
    publication = current_publication()
    title = f"{source.name} – {publication.title}" if source.name else publication.title
    feed = kind(
        title=title,
        link=absolute(source.address),
        description=publication.description or publication.tagline or publication.title,
        language=settings.LANGUAGE_CODE,
        feed_url=absolute(path),
        feed_guid=absolute(source.address),
        site_name=publication.title,
    )
    for post in source.newest():
        feed.add_item(**item(post))
    return HttpResponse(feed.writeString("utf-8"), content_type=kind.content_type)


def item(post):
    image = post.lead_image if post.lead_image and post.lead_image.file else None
    return {
        "title": str(post),
        "link": absolute(post.permalink),
        "unique_id": absolute(post.permalink),
        "unique_id_is_permalink": True,
        "description": post.standfirst,
        "pubdate": post.published_at,
        "updateddate": max(post.updated_at, post.published_at),
        "categories": [category.name for category in post.filed_under],
        "enclosures": [Enclosure(absolute(image.file.url), str(image.size), "image/jpeg")] if image else [],
        "names": names(post),
        "full_text": full_text(post),
    }


def as_json(source, path):
    """JSON Feed 1.1, https://www.jsonfeed.org/version/1.1/"""
    publication = current_publication()
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{source.name} – {publication.title}" if source.name else publication.title,
        "home_page_url": absolute(source.address),
        "feed_url": absolute(path),
        "description": publication.description or publication.tagline,
        "language": settings.LANGUAGE_CODE,
        "items": [json_item(post) for post in source.newest()],
    }
    response = JsonResponse(feed, content_type="application/feed+json; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    return response


def json_item(post):
    entry = {
        "id": absolute(post.permalink),
        "url": absolute(post.permalink),
        "title": str(post),
        "summary": post.standfirst,
        "content_html": full_text(post),
        "date_published": timezone.localtime(post.published_at).isoformat(),
        "date_modified": timezone.localtime(max(post.updated_at, post.published_at)).isoformat(),
        "authors": [{"name": name} for name in names(post)],
        "tags": [category.name for category in post.filed_under],
        "language": post.language,
    }
    if post.lead_image and post.lead_image.file:
        entry["image"] = absolute(post.lead_image.file.url)
    return entry


FORMS = {"rss": Rss, "atom": Atom}


def answer(request, source, form):
    if form == "json":
        return as_json(source, request.path)
    return written(FORMS[form], source, request.path)


@require_safe
@public_page
def site(request, form):
    return answer(request, Source("", reverse("posts:home"), Post.objects.published()), form)


@require_safe
@public_page
def of_category(request, path, form):
    category = get_object_or_404(Category, path=path)
    posts = Post.objects.published().in_branch(category)
    return answer(request, Source(category.name, category.get_absolute_url(), posts), form)


@require_safe
@public_page
def of_tag(request, slug, form):
    tag = get_object_or_404(Tag, slug=slug)
    posts = Post.objects.published().tagged(tag)
    return answer(request, Source(tag.name, tag.get_absolute_url(), posts), form)


@require_safe
@public_page
def of_author(request, slug, form):
    author = get_object_or_404(Author, slug=slug)
    posts = Post.objects.published().signed_by(author)
    return answer(request, Source(author.name, author.get_absolute_url(), posts), form)
