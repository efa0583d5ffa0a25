"""Deleting a post for good. Only from the trash, only because somebody says so; nothing is deleted by itself."""

from django.db import transaction

from informed_comment.models import Redirect
from posts.models import Post, ReadTotal


class NotInTrash(ValueError):
    """The post was taken from the trash meanwhile."""


def what_goes(post):
    """What is lost with the post, in words, as far as there is any."""
    reads = ReadTotal.objects.filter(post=post).values_list("reads", flat=True).first() or 0
    counted = [
        (1, "the text with its byline, categories and tags", ""),
        (post.revisions.count(), "revision", "revisions"),
        (post.draft_comments.count(), "comment", "comments"),
        (post.corrections.count(), "correction", "corrections"),
        (reads, "counted read", "counted reads"),
    ]
    said = [one if not many else f"{n:,} {one if n == 1 else many}" for n, one, many in counted if n]
    if post.permalink:
        said.append(f"the address {post.permalink}, and every old address that leads to it")
    return said


@transaction.atomic
def delete(post):
    """Deletes the post and all that hangs on it. Raises NotInTrash."""
    locked = Post.objects.select_for_update(of=("self",)).filter(pk=post.pk).first()
    if locked is None or locked.status != Post.Status.TRASHED:
        raise NotInTrash(f"Post {post.pk} is not in the trash.")
    if locked.permalink:
        Redirect.objects.filter(target=locked.permalink).delete()
    locked.delete()
