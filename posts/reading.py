"""Choosing what stands around a post for readers: its neighbours, and the posts related to it."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, Func, IntegerField, OuterRef, Q, Subquery, When
from django.db.models.functions import JSONObject

from images import pictures
from informed_comment.prepared import Slot, prepared
from posts.labels import give_labels, with_labels
from posts.models import Filing, Post, RelatedPosts
from posts.models.post import is_right_to_left
from posts.reader_comments import with_comments
from posts.reads.popular import Unnest

RELATED_SHOWN = 4
OF_CARD = ("title", "permalink", "language", "published_at")


def whole(posts):
    """The posts with all that their own pages show, in one query; `give_labels()` makes the last of it."""
    return with_comments(with_related(with_neighbours(with_labels(posts.for_page()))))


published_at_path = prepared(lambda: whole(Post.objects.published()).filter(permalink=Slot("path")))


def readable_at(path):
    """The post that readers find at a path, or None."""
    return next(map(give_labels, published_at_path(path=path)), None)


def whole_one(pk):
    """Any post, as its page would have it."""
    return give_labels(whole(Post.objects.all()).get(pk=pk))


def with_neighbours(posts):
    """The posts, each with `newer` and `older`: {title, permalink} of the published post next in time, or None.

    Next in the section that labels the post, or in the whole site for a post that is in none.
    """
    sections = Filing.objects.filter(post=OuterRef("pk"), is_direct=True).order_by("id")
    of_all = Post.objects.published().values(found=JSONObject(title="title", permalink="permalink"))
    filed = Filing.objects.readable().filter(category=OuterRef("section"))
    filed = filed.values(found=JSONObject(title="post__title", permalink="post__permalink"))
    return posts.annotate(section=Subquery(sections.values("category")[:1])).annotate(
        newer=Case(
            When(section=None, then=next_after(of_all, "pk")),
            default=next_after(filed, "post_id"),
        ),
        older=Case(
            When(section=None, then=next_before(of_all, "pk")),
            default=next_before(filed, "post_id"),
        ),
    )


def next_after(rows, post):
    """The first of dated rows after the outer post; `post` names their post.

    The bound without the tie-break repeats what the other says, so that the index is entered where the post stands.
    """
    at, pk = OuterRef("published_at"), OuterRef("pk")
    later = rows.filter(Q(published_at__gt=at) | Q(**{f"{post}__gt": pk}), published_at__gte=at)
    return Subquery(later.order_by("published_at", post)[:1])


def next_before(rows, post):
    at, pk = OuterRef("published_at"), OuterRef("pk")
    earlier = rows.filter(Q(published_at__lt=at) | Q(**{f"{post}__lt": pk}), published_at__lte=at)
    return Subquery(earlier.order_by("-published_at", f"-{post}")[:1])


def with_related(posts):
    """The posts of `with_neighbours()`, each with `related`: what `related_to()` makes cards of.

    Until the worker has chosen a post's list, the newest of its section stand in. All of it travels in the post's own
    row, for a page may take ten queries and has none to spare.
    """
    own = RelatedPosts.objects.filter(post=OuterRef("pk"))
    kept = RelatedPosts.objects.filter(post=OuterRef(OuterRef("pk")))
    place = Func(
        Subquery(kept.values("post_ids")), F("pk"), function="array_position", output_field=IntegerField()
    )
    chosen = Post.objects.published().filter(pk__in=kept.values(listed=Unnest("post_ids")))
    chosen = chosen.annotate(place=place).order_by("place")
    newest = Filing.objects.readable().filter(category=OuterRef("section")).exclude(post=OuterRef("pk"))
    newest = newest.order_by("-published_at", "-post_id")[: RELATED_SHOWN + 2]
    return posts.annotate(
        related=Case(
            When(Exists(own), then=ArraySubquery(chosen.values(card=card("")))),
            default=ArraySubquery(newest.values(card=card("post__"))),
        )
    )


def card(prefix):
    """A post as a small card shows it, as JSON; `prefix` leads to the post."""
    return JSONObject(
        **{name: f"{prefix}{name}" for name in OF_CARD},
        picture=JSONObject(**{name: f"{prefix}lead_image__{name}" for name in pictures.SHOWN}),
    )


@dataclass(frozen=True)
class Related:
    """A post on a small card."""

    title: str
    permalink: str
    language: str
    published_at: datetime
    picture: pictures.Picture | None

    @property
    def is_right_to_left(self):
        return is_right_to_left(self.language)


def related_to(post):
    """Posts for the cards under a post of `with_related()`, best first; what stands beside it as a neighbour is none."""
    beside = [neighbour["permalink"] for neighbour in (post.newer, post.older) if neighbour]
    rows = [row for row in post.related if row["permalink"] not in beside]
    return [related(**row) for row in rows[:RELATED_SHOWN]]


def related(title, permalink, language, published_at, picture):
    return Related(
        title or "Untitled",
        permalink,
        language,
        datetime.fromisoformat(published_at),
        pictures.Picture(**picture) if picture["file"] else None,
    )
