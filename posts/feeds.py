"""Feeds with the full text for the site, a category, a tag, an author: what is in them. Their forms: feed_forms.py."""

import functools
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import http_date

from authors.models import Author
from informed_comment.caching import public_page
from informed_comment.methods import require_safe
from informed_comment.prepared import Slot, prepared
from informed_comment.publication import current_publication
from posts import feed_forms
from posts.labels import give_labels, with_labels
from posts.models import Category, Post, Tag
from posts.paging import OWNER

FEED_LENGTH = 20


@dataclass
class Source:
    """What a feed is of: a name after the publication's own, the page it belongs to, and its posts."""

    name: str
    address: str
    posts: list


def fetched(posts):
    """Asks for posts with all that a feed says of them."""
    return prepared(lambda: with_labels(posts().for_page()).newest_first()[:FEED_LENGTH])


newest = fetched(lambda: Post.objects.published())


@functools.cache
def newest_of_rows(model):
    """Those that the rows of a model tie to a category, an author or a tag, the `owner`: read from one index."""
    rows = model.objects.filter(**{OWNER[model]: Slot("owner")})
    return fetched(lambda: Post.objects.published().filter(pk__in=rows.post_ids()[:FEED_LENGTH]))


def of(owner, rows):
    """The feed's source for a category, an author or a tag, whose posts the `rows` are."""
    posts = newest_of_rows(rows.model)(owner=owner.pk)
    return Source(owner.name, owner.get_absolute_url(), list(map(give_labels, posts)))


def answer(request, source, form):
    """The feed in one of its forms; Last-Modified is when the newest change to a post in it was made.

    A post that is withdrawn can make it go back, which is why `public_page` asks for the very same date.
    """
    feed = feed_forms.Feed.of(source, request.path, current_publication())
    response = HttpResponse(feed_forms.WRITERS[form](feed), content_type=feed_forms.CONTENT_TYPES[form])
    if feed.entries:
        response["Last-Modified"] = http_date(feed.changed_at.timestamp())
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
@public_page(by_content=True)
def site(request, form):
    return answer(request, Source("", reverse("posts:home"), list(map(give_labels, newest()))), form)


@require_safe
@public_page(by_content=True)
def of_category(request, path, form):
    category = get_object_or_404(Category, path=path)
    return answer(request, of(category, category.filings), form)


@require_safe
@public_page(by_content=True)
def of_tag(request, slug, form):
    tag = get_object_or_404(Tag, slug=slug)
    return answer(request, of(tag, tag.taggings), form)


@require_safe
@public_page(by_content=True)
def of_author(request, slug, form):
    author = get_object_or_404(Author, slug=slug)
    return answer(request, of(author, author.bylines), form)
