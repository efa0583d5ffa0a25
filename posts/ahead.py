"""A post's page ahead of time: as readers would have it if a draft, a change or what stands in a form came out now."""

from dataclasses import dataclass, field

from django.utils import timezone

from posts import pending, permalinks, reading, states
from posts.models import Post


@dataclass
class Ahead:
    """A post of `reading.whole()`, and in sentences what of the text could not be shown."""

    post: Post
    gone: list = field(default_factory=list)


def seen(post, fill=None):
    """The post as its page fetches it, after `fill(post)` if given, which writes what it likes and says what is gone.

    All of it is done in a rehearsal: no date, address, edition or job remains. What is shown is fetched in there and
    drawn afterwards, for whatever a page keeps for an edition would be kept for one that never comes out.
    """
    if fill is None and post.permalink:
        return Ahead(reading.whole_one(post.pk))
    with states.rehearsal():
        if post.pk is None:
            post.save()
        gone = fill(post) if fill else []
        post.published_at = post.published_at or timezone.now()
        permalinks.give(post)
        post.save()
        found = reading.whole_one(post.pk)
    return Ahead(found, gone)


def of_pending(change):
    """A filling with what applying the pending changes now would make of the post."""

    def fill(post):
        state, _ = pending.merged(change, states.state_of(post))
        return states.put(post, state, and_slug=True)

    return fill


def of_draft(post):
    """The latest text that is not just somebody's typing: the pending changes, else the post as it is saved."""
    change = getattr(post, "pending", None)
    return seen(post, of_pending(change) if change else None)
