"""Choosing what stands where for readers: the lead, the neighbours of a post."""

from django.db.models import Q

from posts.models import Post


def lead_id():
    """The id of the post that leads the homepage: the newest featured one, or the newest of all; None on day one."""
    published = Post.objects.published().newest_first().values_list("is_featured", "pk")
    candidates = published.filter(is_featured=True)[:1].union(published[:1], all=True).order_by()
    return max(candidates, default=(False, None))[1]


def neighbours(post):
    """(the next newer, the next older) published post, either None, in one query."""
    published = Post.objects.published().only("title", "permalink", "published_at")
    at, pk = post.published_at, post.pk
    newer = published.filter(Q(published_at__gt=at) | Q(published_at=at, pk__gt=pk)).order_by(
        "published_at", "pk"
    )
    older = published.filter(Q(published_at__lt=at) | Q(published_at=at, pk__lt=pk)).newest_first()
    around = newer[:1].union(older[:1], all=True)
    found = {(row.published_at, row.pk) > (at, pk): row for row in around}
    return found.get(True), found.get(False)
