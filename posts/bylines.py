"""Signing a post: its byline as a list of authors with their roles, in order."""

from django.db import transaction

from posts.models import Byline


@transaction.atomic
def sign(post, lines):
    """The post is signed by exactly these (author, role), in this order."""
    lines = list(dict.fromkeys(lines))
    have = [(line.author_id, line.role) for line in post.bylines.all()]
    if have == [(author.pk, role) for author, role in lines]:
        return
    post.bylines.all().delete()
    Byline.objects.bulk_create(
        Byline(post=post, author=author, role=role, position=place)
        for place, (author, role) in enumerate(lines)
    )
    getattr(post, "_prefetched_objects_cache", {}).pop("bylines", None)
