"""What a list is of, found by its address with what stands at its head: a category, a tag, an author."""

from django.db.models import Prefetch
from django.db.models.functions import Length
from django.http import Http404

from authors.models import Author, AuthorLink
from informed_comment.prepared import Slot, any_of, prepared
from posts.models import Category, Tag
from posts.models.category import paths_to

way_to = prepared(lambda: Category.objects.filter(any_of("path", Slot("paths"))).order_by(Length("path")))
children_of = prepared(lambda: Category.objects.filter(parent=Slot("parent")).order_by("position", "name"))
tags_called = prepared(lambda: Tag.objects.filter(slug=Slot("slug")))
used_with = prepared(lambda: Tag.objects.used_with(Slot("tag")))
authors_called = prepared(
    lambda: (
        Author.objects.filter(slug=Slot("slug"))
        .select_related("portrait")
        .prefetch_related(Prefetch("links", AuthorLink.objects.all()))
    )
)


def category(path):
    """(the categories above, the category, those right under it)."""
    *above, found = way_to(paths=paths_to(path)) or [None]
    if found is None or found.path != path:
        raise Http404("There is no such category.")
    return above, found, children_of(parent=found.pk)


def tag(slug):
    """(the tag, those most often beside it)."""
    found = one(tags_called(slug=slug), "tag")
    return found, used_with(tag=found.pk)


def author(slug):
    """The author with portrait and links."""
    return one(authors_called(slug=slug), "author")


def one(found, kind):
    if not found:
        raise Http404(f"There is no such {kind}.")
    return found[0]
