"""What an editor wants to see first: panels for the newsroom's first page."""

from django.contrib.auth import get_user_model
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from informed_comment.dashboard import Item, Panel
from posts import telling
from posts.admin import kept
from posts.admin.review import submissions
from posts.admin.statistics import live
from posts.admin.statistics.screens import opens_posts, widest
from posts.models import Autosave, Post
from posts.reads import windows

SHOWN = 6
SHOWN_OF_A_POST = ("title", "status", "published_at", "updated_at", "permalink")


def post_list(query=""):
    return reverse("admin:posts_post_changelist") + query


def items(posts, *, when="updated_at", note=lambda post: ""):
    """A line for each post, leading to its form."""
    return lines(posts.only(*SHOWN_OF_A_POST)[:SHOWN], when=when, note=note)


def lines(posts, *, when, note):
    return [
        Item(str(post), reverse("admin:posts_post_change", args=[post.pk]), note(post), getattr(post, when))
        for post in posts
    ]


def my_drafts(request):
    """What the user has begun, or signs, and nobody has published."""
    if not request.user.has_perm("posts.change_post"):
        return None
    mine = Post.objects.in_hand_of(request.user).filter(status__in=["draft", "in_review"])
    return Panel(
        "My drafts",
        items(
            mine.order_by("-updated_at"), note=lambda post: post.status_word if post.status != "draft" else ""
        ),
        post_list("?status=draft&mine=yes"),
        empty="Nothing begun. Write a post, and it waits here until it is published.",
    )


def never_saved(request):
    """What the user has typed and not saved; a panel only when there is something."""
    if not request.user.has_perm("posts.change_post"):
        return None
    rows = Autosave.objects.filter(user=request.user).select_related("post").order_by("-typed_at")[:SHOWN]
    if not rows:
        return None
    return Panel(
        "Never saved",
        [
            Item(
                str(row.post) if row.post else kept.first_words(row),
                kept.address(row.post, recover=row.pk if row.post is None else None),
                "" if row.post else "a new post",
                row.typed_at,
            )
            for row in rows
        ],
    )


def needs_review(request):
    if not request.user.has_perm("posts.publish_post"):
        return None
    sent = submissions().filter(post=OuterRef("pk"))
    waiting = Post.objects.filter(status=Post.Status.IN_REVIEW).annotate(
        sent_by=Subquery(sent.values("created_by")[:1]),
        sent_at=Coalesce(Subquery(sent.values("created_at")[:1]), "updated_at"),
    )
    shown = list(waiting.only(*SHOWN_OF_A_POST).order_by("sent_at")[:SHOWN])
    senders = get_user_model().objects.in_bulk([post.sent_by for post in shown])

    def from_whom(post):
        return f"from {telling.name_of(senders.get(post.sent_by))}" if post.sent_by else ""

    return Panel(
        "Needs review",
        lines(shown, when="sent_at", note=from_whom),
        post_list("?status=in_review"),
        empty="Nobody is waiting for you.",
    )


def scheduled(request):
    if not request.user.has_perm("posts.publish_post"):
        return None
    coming = Post.objects.scheduled().order_by("published_at")
    return Panel(
        "Scheduled",
        items(coming, when="published_at"),
        post_list("?status=scheduled"),
        empty="Nothing is scheduled. Give a post a date still to come, and it appears by itself.",
    )


def just_published(request):
    if not request.user.has_perm("posts.change_any_post"):
        return None
    newest = Post.objects.published().newest_first()
    return Panel(
        "Just published",
        items(newest, when="published_at"),
        post_list("?status=published"),
        empty="Nothing yet.",
    )


def right_now(request):
    """What is being read, shown anew by a script; of an author's own posts for an author."""
    scope = widest(request)
    if scope is None:
        return None
    context = {
        "live": live.panel(scope, opens=opens_posts(request)),
        "now_url": reverse("admin:posts_statistics_now"),
    }
    return Panel("Right now", template="admin/posts/statistics/_panel.html", context=context)


def most_read(request):
    """Counted from the hours themselves, so it is right to the minute. Leads to the statistics, as far as they may be seen."""
    if not request.user.has_perm("posts.view_post"):
        return None
    counted = windows.counted("day", SHOWN, at=timezone.now())
    posts = Post.objects.only("title", "permalink").in_bulk([pk for pk, _ in counted])
    sees_all = request.user.has_perm("posts.view_sitetally")
    rows = [
        Item(
            str(posts[pk]),
            reverse("admin:posts_post_statistics", args=[pk]) if sees_all else posts[pk].get_absolute_url(),
            f"{reads:,} {'read' if reads == 1 else 'reads'}",
        )
        for pk, reads in counted
        if pk in posts
    ]
    return Panel(
        "Most read in 24 hours",
        rows,
        reverse("admin:posts_statistics_changelist")
        if sees_all
        else reverse("posts:popular") + "?window=day",
        more_label="Statistics" if sees_all else "All",
        empty=f"No reads in the 24 hours before {timezone.localtime():%H:%M}.",
    )
