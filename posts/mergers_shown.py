"""What a merger would do, told before it is done. Nothing here writes."""

from dataclasses import dataclass, field

from django.db.models import Count

from posts import mergers
from posts.models import Category, Filing, Tag, TaggedPost


@dataclass
class Preview:
    """One thing that would go: how many posts it has, how many have the other too, and what follows them."""

    source: object
    posts: int
    both: int
    leads: list = field(default_factory=list)
    follow: list = field(default_factory=list)
    obstacles: list = field(default_factory=list)


def preview(sources, target, *, shown):
    """A Preview for each source. `shown` holds the models whose rows editors know; what points at it there is named."""
    rows, post = ties(type(target))
    name = "tag" if isinstance(target, Tag) else "category"
    of_target = rows.filter(**{name: target}).values(post)
    own = counted(rows.filter(**{f"{name}__in": sources}), name)
    both = counted(rows.filter(**{f"{name}__in": sources, f"{post}__in": of_target}), name)
    found = {
        source.pk: Preview(source, own.get(source.pk, 0), both.get(source.pk, 0), leads(source, target))
        for source in sources
    }
    for relation in mergers.pointing(type(target)):
        if relation.related_model in shown:
            add_pointing(found, relation)
    for one in found.values():
        one.obstacles = mergers.obstacles(one.source, target)
    return list(found.values())


def ties(model):
    """The rows that tie posts to it, and the name of their post."""
    if model is Category:
        return Filing.objects.filter(is_direct=True), "post"
    return TaggedPost.objects.all(), "content_object"


def counted(rows, name):
    return dict(rows.order_by().values_list(name).annotate(n=Count("pk")))


def leads(source, target):
    """(old, new) for the address and, of a category, for all that lie under it."""
    moves = [(source.get_absolute_url(), target.get_absolute_url())]
    if isinstance(source, Category):
        below = Category.objects.filter(path__startswith=f"{source.path}/").order_by("path")
        moves += [
            (one.get_absolute_url(), moves[0][1] + one.path.removeprefix(f"{source.path}/") + "/")
            for one in below
        ]
    return moves


def add_pointing(found, relation):
    rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": list(found)})
    for row in rows.select_related(relation.field.name):
        pk = getattr(row, relation.field.attname)
        found[pk].follow.append(f"{relation.related_model._meta.verbose_name} “{row}”")
