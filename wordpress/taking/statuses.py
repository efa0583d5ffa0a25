"""What becomes of the statuses of the old system. What is not plainly public there is a draft here, and says so."""

import re
from datetime import UTC, datetime

from posts.models import Post

_STATUSES = {
    "publish": Post.Status.PUBLISHED,
    "future": Post.Status.PUBLISHED,
    "pending": Post.Status.IN_REVIEW,
}
_PLAIN = {*_STATUSES, "draft", "trash"}
DROPPED = {"auto-draft": "an automatic draft", "inherit": "a revision"}
NO_TRASH = "in the trash there; pages have none here"
_SUFFIX = re.compile(r"__trashed(-\d+)?$")


def status_of(item) -> str:
    if item.status == "trash":
        return Post.Status.TRASHED
    return Post.Status.DRAFT if item.password else _STATUSES.get(item.status, Post.Status.DRAFT)


def before_trash(item) -> str:
    """What it was before it was thrown away there; empty for what was not."""
    return item.meta_value("_wp_trash_meta_status").strip() or "draft" if item.status == "trash" else ""


def slug_there(item) -> str:
    """Its slug; WordPress gives that of something in the trash away and notes it."""
    if item.status != "trash":
        return item.slug
    return item.meta_value("_wp_desired_post_slug").strip() or _SUFFIX.sub("", item.slug)


def trash(item, *, published_at, changed_at) -> dict:
    """The fields of a post about the trash, which are empty for one that is not in it."""
    if item.status != "trash":
        return {"trashed_from": "", "trashed_at": None}
    was = Post.Status.DRAFT if item.password else _STATUSES.get(before_trash(item), Post.Status.DRAFT)
    if was == Post.Status.PUBLISHED and published_at is None:
        was = Post.Status.DRAFT
    return {"trashed_from": was, "trashed_at": _moment(item.meta_value("_wp_trash_meta_time")) or changed_at}


def _moment(seconds):
    try:
        return min(datetime.fromtimestamp(int(seconds), UTC), datetime.now(UTC))
    except (ValueError, OverflowError, OSError):
        return None


def there(item) -> dict:
    """What `Imported` keeps of it, so that it can be told and given back."""
    words = " ".join(filter(None, (item.status, before_trash(item))))
    return {"status_there": _safe(words)[:50], "password_there": _safe(item.password)[:255]}


def told(item) -> str:
    """In words, for editors and the report, what it was there that it cannot be here; empty for most."""
    was = before_trash(item) or item.status
    if item.password:
        return "behind a password there, a draft here"
    if was == "private":
        return "private there, a draft here"
    if was.startswith(("for ", "sent ")):
        return f"{_safe(was)[:50]} there, a draft here"
    if was not in _PLAIN:
        return f"of the status {_safe(was)[:30] or '(none)'} there, a draft here"
    return ""


def _safe(text):
    return text.replace("\x00", "")
