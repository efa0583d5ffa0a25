"""The posts of a page of results: headline, byline, date, and the place in the text where the words stand."""

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import JSONObject

from authors.models import Author
from posts.models import Byline, Post
from posts.models.search import Wanted
from posts.searching import snippets

READ = 20_000  # characters of a body in which the words are looked for to be shown


class Shown(models.Func):
    """[the title, the standfirst and the beginning of the body as one plain text, the same folded and marked].

    The parts are parted, and what matches the query is marked, by characters no text has.
    """

    function = "search_shown"
    output_field = ArrayField(models.TextField())


def shown(ids, words):
    """The posts of these ids in their order, each with its bylines, `headline` and `snippet`. One query, or none."""
    if not ids:
        return []
    laid_out = Shown("title", "standfirst", "body", READ, Wanted(words))
    signed = Byline.objects.filter(post=models.OuterRef("pk")).values(
        json=JSONObject(role="role", name="author__name", slug="author__slug")
    )
    posts = (
        Post.objects.published()
        .filter(pk__in=ids)
        .only("title", "permalink", "language", "status", "published_at")
        .annotate(laid_out=laid_out, signed=ArraySubquery(signed))
        .fetch_mode(models.FETCH_RAISE)
    )
    for post in posts:
        lines = [
            Byline(role=line["role"], author=Author(name=line["name"], slug=line["slug"]))
            for line in post.signed
        ]
        post._prefetched_objects_cache = {"bylines": lines}
        post.headline, post.snippet = snippets.of(*post.laid_out)
    return sorted(posts, key=lambda post: ids.index(post.pk))
