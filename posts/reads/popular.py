"""Which posts are most read within a window: computed by the worker, shown from one row."""

from datetime import timedelta

from django.db.models import F, Func, IntegerField, Subquery, Sum, Value
from django.utils import timezone

from posts.models import PopularList, Post, ReadHour, ReadTotal

KEPT = 50


class Unnest(Func):
    """The elements of an array as rows."""

    function = "unnest"
    set_returning = True


SPANS = {
    "day": timedelta(hours=24),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "rising": timedelta(hours=6),
}


def rank(window):
    """(post id, reads) pairs of a window, most read first, filled up with the newest posts on a quiet site."""
    ranked = counted(window)
    if len(ranked) < KEPT:
        seen = [pk for pk, _ in ranked]
        newest = Post.objects.published().exclude(pk__in=seen).newest_first()
        ranked += [(pk, 0) for pk in newest.values_list("pk", flat=True)[: KEPT - len(ranked)]]
    return ranked


def counted(window):
    """(post id, reads) pairs of the posts readers may see and have read within the window."""
    readable = Post.objects.published().values("pk")
    if window == PopularList.Window.ALL:
        rows = ReadTotal.objects.filter(post__in=readable, reads__gt=0).values_list("post_id", "reads")
        return list(rows.order_by("-reads", "-post_id")[:KEPT])
    since = timezone.now() - SPANS[window]
    rows = ReadHour.objects.filter(hour__gt=since - timedelta(hours=1), post__in=readable)
    rows = rows.values("post_id").annotate(total=Sum("reads")).filter(total__gt=0)
    return list(rows.order_by("-total", "-post_id").values_list("post_id", "total")[:KEPT])


def refresh():
    """Computes every window's list again; a list that has not changed raises no edition."""
    for window in PopularList.Window.values:
        ranked = rank(window)
        PopularList.objects.update_or_create(
            window=window,
            defaults={"post_ids": [pk for pk, _ in ranked], "reads": [reads for _, reads in ranked]},
        )


def most_read(window):
    """Posts of a window's list that readers may see, most read first, each with its `rank`. Slice it."""
    kept = PopularList.objects.filter(window=window)
    return (
        Post.objects.published()
        .filter(pk__in=kept.values(listed=Unnest("post_ids")))
        .annotate(
            rank=Func(
                Subquery(kept.values("post_ids")),
                F("pk"),
                function="array_position",
                output_field=IntegerField(),
            )
        )
        .order_by("rank")
    )


def for_sidebar(length, window="week"):
    """Titles and addresses of the most read posts; before the first list is computed, the newest."""
    read = most_read(window).only("title", "permalink")[:length]
    newest = Post.objects.published().newest_first().only("title", "permalink")
    newest = newest.annotate(rank=Value(None, output_field=IntegerField()))[:length]
    posts = list(read.union(newest, all=True).order_by("rank"))
    return [post for post in posts if post.rank] or posts
