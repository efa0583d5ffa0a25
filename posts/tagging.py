"""Naming tags, and taking them away. A name or an address that somebody used once goes on meaning the tag."""

from django.db import transaction

from informed_comment import editions, redirects
from posts.models import FormerName, Tag


@transaction.atomic
def save_tag(tag):
    """Saves a tag; a former name means it still, and its former address, pages and feeds lead to today's."""
    was = Tag.objects.filter(pk=tag.pk).first() if tag.pk else None
    tag.save()
    FormerName.objects.filter(name=tag.name.lower()).delete()
    if was and was.name.lower() != tag.name.lower():
        remember(was.name, tag.pk)
    if was and was.slug != tag.slug:
        redirects.lead(was.get_absolute_url(), tag.get_absolute_url())
    else:
        redirects.stand(tag.get_absolute_url())


def remember(name, tag_id):
    """Whoever writes this name from now on means the tag."""
    FormerName.objects.update_or_create(name=name.lower(), defaults={"tag_id": tag_id})


@transaction.atomic
def delete_tags(tags):
    """Takes the tags off every post and away."""
    with editions.raised_once():
        tags.delete()


def unused():
    """Tags that no post bears, whatever its status."""
    return Tag.objects.filter(taggings__isnull=True)


@transaction.atomic
def delete_unused():
    """Deletes the tags no post bears; how many it were. One that is given to a post at this moment is left."""
    waiting = unused().select_for_update(of=("self",), skip_locked=True)
    ids = list(waiting.values_list("pk", flat=True))
    return unused().filter(pk__in=ids).delete()[1].get("posts.Tag", 0)
