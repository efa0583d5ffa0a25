"""Who has a post's form open: advice to others, never a lock."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from posts.models import PendingChange, Post, Presence, Revision

SEEN_WITHIN = timedelta(seconds=45)
TYPING_WITHIN = timedelta(seconds=20)


@dataclass(frozen=True)
class Other:
    """Somebody else at the same post."""

    name: str
    is_typing: bool


@dataclass(frozen=True)
class Standing:
    """Where a post stands now: its versions, and who saved it last. `saved_by` is None when nobody knows."""

    version: int
    pending: int | None
    saved_by: object
    saved_at: object


def name_of(user):
    return user.get_full_name() or user.get_username()


def be_seen(post, *, by, is_typing=False):
    """Somebody has the form open; `is_typing` when a key was just pressed."""
    now = timezone.now()
    Presence.objects.bulk_create(
        [Presence(post=post, user=by, seen_at=now, typed_at=now if is_typing else None)],
        update_conflicts=True,
        unique_fields=["post", "user"],
        update_fields=["seen_at", *(["typed_at"] if is_typing else [])],
    )


def leave(post, *, by):
    Presence.objects.filter(post=post, user=by).delete()


def others(post, *, than):
    """Who else was seen at the post a moment ago, whoever came first first."""
    now = timezone.now()
    there = Presence.objects.filter(post=post, seen_at__gt=now - SEEN_WITHIN).exclude(user=than)
    return [
        Other(name_of(one.user), bool(one.typed_at and one.typed_at > now - TYPING_WITHIN))
        for one in there.select_related("user").order_by("id")
    ]


def standing(post):
    """Read anew from the database: the post's version, that of its pending changes, and the last who saved either."""
    version = Post.objects.values_list("version", flat=True).get(pk=post.pk)
    last = Revision.objects.filter(post=post).defer("state").select_related("created_by").first()
    change = (
        PendingChange.objects.filter(post=post).defer("state", "base").select_related("created_by").first()
    )
    newest = [(last.created_at, last.created_by)] if last else []
    newest += [(change.updated_at, change.created_by)] if change else []
    saved_at, saved_by = max(newest, key=lambda one: one[0], default=(None, None))
    return Standing(version, change.version if change else None, saved_by, saved_at)
