"""Announcing a post: what cannot be undone once it is done, such as mail. Held back for a while, then done once, for ever.

The row is made when a post is first published, so that nothing older is ever announced, and nothing twice. While it is
held, withdrawing the post or throwing it away only lets it wait: it is announced after the post has come back, again
held back first. What is told and how is a list of `Way`s in the setting ANNOUNCEMENTS.
"""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from informed_comment import clocks, jobs
from posts.models import Announcement

logger = logging.getLogger(__name__)
AT_ONCE = 50
ARCHIVE = timedelta(days=1)


@dataclass(frozen=True)
class Way:
    """One way to announce. `make(post, by=)` writes rows and jobs; `foretold(post, by=)` says what will go out, or "".

    Both run in the transaction that marks the announcement made.
    """

    make: Callable
    foretold: Callable


def ways():
    return [import_string(name) for name in settings.ANNOUNCEMENTS]


def hold_ends(post):
    """When what is published now is announced."""
    return max(post.published_at, clocks.theirs()) + timedelta(seconds=settings.HOLD_SECONDS)


@transaction.atomic
def hold(post, *, by=None, is_first=False):
    """Begins the hold: of a new announcement when the post `is_first` published, else of the one still to be made.

    A post dated more than a day back belongs to the archive and is no news to anybody.
    """
    due_at = hold_ends(post)
    is_news = post.published_at > clocks.present() - ARCHIVE
    if is_first and is_news:
        Announcement.objects.get_or_create(post=post, defaults={"due_at": due_at, "created_by": by})
    put_off(post, due_at)


def move(post):
    """Keeps the announcement true to a date that has changed; an update of what readers see puts nothing off."""
    if post.is_scheduled:
        put_off(post, hold_ends(post))
    else:
        put_off(post, hold_ends(post), only_later_ones=True)


def put_off(post, due_at, *, only_later_ones=False):
    held = Announcement.objects.held().filter(post=post)
    if only_later_ones:
        held = held.filter(due_at__gt=due_at)
    if held.update(due_at=due_at):
        seconds = math.ceil((due_at - clocks.theirs()).total_seconds())
        lock = f"announce at {math.ceil(due_at.timestamp())}"
        jobs.defer("posts.tasks.announce", queueing_lock=lock, in_seconds=max(0, seconds))


def cancel(post, *, by=None):
    """Nothing goes out for this post; False when it has gone already, or never was to."""
    held = Announcement.objects.held().filter(post=post)
    return bool(held.update(cancelled_at=timezone.now(), cancelled_by=by))


@transaction.atomic
def allow(post):
    """Takes a cancellation back, and begins the hold anew; False when there is none."""
    cancelled = Announcement.objects.filter(post=post, cancelled_at__isnull=False)
    if not cancelled.update(cancelled_at=None, cancelled_by=None):
        return False
    if post.published_at:
        put_off(post, hold_ends(post))
    return True


def foretold(post, *, by=None):
    """What will go out, in words, one for each way that has something to tell."""
    return [said for way in ways() if (said := way.foretold(post, by=by))]


def make_due():
    """Makes every announcement whose hold is over; how many. Any number of workers may do so at once."""
    made = 0
    while batch := make_some():
        made += batch
    return made


@transaction.atomic
def make_some():
    """A few of those due, locked together with their posts: nobody withdraws one in between."""
    due = Announcement.objects.due().select_related("post", "created_by").defer("post__body")
    rows = due.select_for_update(skip_locked=True, of=("self", "post"), no_key=True)[:AT_ONCE]
    return sum(make(row) for row in rows)


def make(announcement):
    """Tells it in every way and marks it made, or, when one fails, none of it: the next minute tries again."""
    try:
        with transaction.atomic():
            for way in ways():
                way.make(announcement.post, by=announcement.created_by)
            announcement.made_at = timezone.now()
            announcement.save(update_fields=["made_at"])
    except Exception:
        logger.exception(
            "Post %s could not be announced; it is tried again every minute", announcement.post_id
        )
        return False
    return True
