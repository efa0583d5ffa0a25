"""Choosing what stands around a post for readers: its neighbours."""

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from posts.models import Post


def with_neighbours(posts):
    """The posts, each with `newer` and `older`: {title, permalink} of the published post next in time, or None.

    The bound without the tie-break repeats what the other says, so that the index is entered where the post stands.
    """
    at, pk = OuterRef("published_at"), OuterRef("pk")
    published = Post.objects.published().values(found=JSONObject(title="title", permalink="permalink"))
    newer = published.filter(Q(published_at__gt=at) | Q(pk__gt=pk), published_at__gte=at)
    older = published.filter(Q(published_at__lt=at) | Q(pk__lt=pk), published_at__lte=at)
    return posts.annotate(
        newer=Subquery(newer.order_by("published_at", "pk")[:1]), older=Subquery(older.newest_first()[:1])
    )
