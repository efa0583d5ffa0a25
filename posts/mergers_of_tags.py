"""How tags merge: a post that has both keeps one, and the name goes on meaning the tag it became."""

from posts import tagging
from posts.models import FormerName, MergedPost, Tag, TaggedPost


def obstacles(source, target):
    return []


def begin(source, target):
    """From now on nobody tags with the source: its names mean the target."""
    names = list(FormerName.objects.filter(tag=source).values_list("name", flat=True))
    FormerName.objects.filter(name__in=names).update(tag=target)
    tagging.remember(source.name, target.pk)
    return {"names": names}


def move(merger, most):
    """Exchanges the tag on some posts, or takes it off where the other is too; their ids."""
    own = TaggedPost.objects.filter(tag=merger.source_id)
    posts = list(own.order_by("content_object").values_list("content_object", flat=True)[:most])
    with_both = TaggedPost.objects.filter(tag=merger.target_id, content_object__in=posts)
    both = set(with_both.values_list("content_object", flat=True))
    MergedPost.objects.bulk_create(
        [MergedPost(merger=merger, post_id=pk, had_both=pk in both) for pk in posts], ignore_conflicts=True
    )
    own.filter(content_object__in=both).delete()
    own.filter(content_object__in=posts).update(tag=merger.target_id)
    return posts


def obstacles_to_undoing(merger, tag):
    for other in (Tag.objects.filter(name__iexact=tag.name), Tag.objects.filter(slug=tag.slug)):
        if taken := other.first():
            return [f"“{taken}” has the name or address of “{tag}” now. Rename or merge it first."]
    return []


def bring_back(merger, tag):
    FormerName.objects.filter(name=tag.name.lower()).delete()
    FormerName.objects.filter(name__in=merger.followed.get("names", []), tag=merger.target_id).update(tag=tag)


def move_back(merger, rows):
    """Exchanges the tags again where the other still is; where both were, both are."""
    target = TaggedPost.objects.filter(tag=merger.target_id, content_object__in=[row.post_id for row in rows])
    still = set(target.values_list("content_object", flat=True))
    has = TaggedPost.objects.filter(tag=merger.source_id, content_object__in=still)
    has = set(has.values_list("content_object", flat=True))
    both = [row.post_id for row in rows if row.had_both and row.post_id in still - has]
    alone = [row.post_id for row in rows if not row.had_both and row.post_id in still - has]
    target.filter(content_object__in=alone).update(tag=merger.source_id)
    TaggedPost.objects.bulk_create(TaggedPost(tag_id=merger.source_id, content_object_id=pk) for pk in both)
