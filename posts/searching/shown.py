"""The posts of a page of results: headline, byline, date, and the place in the text where the words stand."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import JSONObject

from authors.models import Author
from posts.models import Byline, Post
from posts.models.search import Wanted
from posts.searching import snippets

READ = 20_000  # characters of a body in which the words are looked for to be shown


class Told(models.Func):
    """Title, standfirst and the beginning of the body as one plain text, parted by a character no text has."""

    template = f"search_told(%(expressions)s, {READ})"
    output_field = models.TextField()


class Marked(models.Func):
    """The text folded, word for word, with what matches a query between two characters no text has."""

    template = (
        "ts_headline('posts', search_folded(%(expressions)s, "
        f"'HighlightAll=true, StartSel={snippets.START}, StopSel={snippets.STOP}')"
    )
    arg_joiner = "), "
    output_field = models.TextField()


def shown(ids, words):
    """The posts of these ids in their order, each with its bylines, `headline` and `snippet`. One query, or none."""
    if not ids:
        return []
    told = Told("title", "standfirst", "body")
    signed = Byline.objects.filter(post=models.OuterRef("pk")).values(
        json=JSONObject(role="role", name="author__name", slug="author__slug")
    )
    posts = (
        Post.objects.published()
        .filter(pk__in=ids)
        .only("title", "permalink", "language", "status", "published_at")
        .annotate(plain=told, marked=Marked(told, Wanted(words)), signed=ArraySubquery(signed))
        .fetch_mode(models.FETCH_RAISE)
    )
    for post in posts:
        lines = [
            Byline(role=line["role"], author=Author(name=line["name"], slug=line["slug"]))
            for line in post.signed
        ]
        post._prefetched_objects_cache = {"bylines": lines}
        post.headline, post.snippet = snippets.of(post.plain, post.marked)
    return sorted(posts, key=lambda post: ids.index(post.pk))
