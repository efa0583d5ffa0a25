"""Who signs a post, where it is filed and its tags, fetched in the post's own row: a page has few queries to spare.

They become the very objects that `bylines.all()`, `filings.all()` and `taggings.all()` give, with what a page shows of
them and no more: reaching further fails.
"""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import FETCH_RAISE, OuterRef
from django.db.models.functions import JSONObject

from authors.models import Author
from images import pictures
from informed_comment.prepared import Listed
from posts.models import Byline, Category, Filing, Tag, TaggedPost

OF_AUTHOR = ("id", "name", "slug", "role", "bio", "fediverse")
OF_CATEGORY = ("id", "slug", "path", "name", "is_opinion")
OF_TAG = ("id", "name", "slug")


def with_labels(posts):
    """The posts, each with what `give_labels()` makes objects of."""
    portrait = JSONObject(**{name: f"author__portrait__{name}" for name in pictures.SHOWN})
    lines = Byline.objects.filter(post=OuterRef("pk"))
    lines = lines.values(
        told=JSONObject(byline_role="role", portrait=portrait, **fields("author", OF_AUTHOR))
    )
    filed = Filing.objects.filter(post=OuterRef("pk"))
    filed = filed.values(told=JSONObject(is_direct="is_direct", **fields("category", OF_CATEGORY)))
    tagged = TaggedPost.objects.filter(content_object=OuterRef("pk")).order_by("id")
    tagged = tagged.values(told=JSONObject(**fields("tag", OF_TAG)))
    return posts.annotate(
        lines_told=ArraySubquery(lines), filings_told=ArraySubquery(filed), tags_told=ArraySubquery(tagged)
    )


def fields(relation, names):
    return {name: f"{relation}__{name}" for name in names}


def give_labels(post):
    """Lets a post of `with_labels()` have its bylines, filings and taggings."""
    post.__dict__.setdefault("_prefetched_objects_cache", {}).update(
        bylines=Listed(byline(row) for row in post.lines_told),
        filings=Listed(filing(row) for row in post.filings_told),
        taggings=Listed(tagging(row) for row in post.tags_told),
    )
    return post


def byline(row):
    author = made(Author, OF_AUTHOR, row)
    portrait = pictures.Picture(**row["portrait"]) if row["portrait"]["file"] else None
    signed = made(Byline, ("role",), {"role": row["byline_role"]})
    return linked(signed, author=linked(author, portrait=portrait))


def filing(row):
    return linked(made(Filing, ("is_direct",), row), category=made(Category, OF_CATEGORY, row))


def tagging(row):
    return linked(made(TaggedPost, (), row), tag=made(Tag, OF_TAG, row))


def made(model, names, row):
    """An object of a model with these fields of it, named in the model's order."""
    return model.from_db(None, names, [row[name] for name in names], fetch_mode=FETCH_RAISE)


def linked(line, **related):
    line._state.fields_cache.update(related)
    return line
