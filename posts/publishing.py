"""The deeds that move a post through its life. Each is one transaction and keeps a revision."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from informed_comment import clocks
from posts import announcing, cards, commenting, front, outgoing, permalinks, relating, states, telling
from posts.models import Post, Revision
from posts.states import keep_revision


class CannotPublish(ValueError):
    """The post lacks something readers need; `problems` maps a field to a sentence."""

    def __init__(self, problems):
        self.problems = problems
        super().__init__(" ".join(problems.values()))


class ChangedMeanwhile(Exception):
    """Somebody saved the post after this text was opened; saving it would have lost their work."""


def claim(post):
    """Counts the version up in the database, if it still is the one that was opened; else ChangedMeanwhile.

    From here to the end of the transaction the row is ours.
    """
    if post.pk is None:
        return
    opened = Post.objects.filter(pk=post.pk, version=post.version)
    if not opened.update(version=F("version") + 1):
        raise ChangedMeanwhile(f"Post {post.pk} is no longer at version {post.version}.")
    post.version += 1


def missing(post):
    """What still keeps the post from readers: field → sentence with the cure."""
    problems = {}
    if not post.title.strip():
        problems["title"] = "Give the post a title before publishing it."
    if not post.body.strip():
        problems["body"] = "Write the post before publishing it: the body is empty."
    return problems


@transaction.atomic
def submit(post, *, by=None, guest=""):
    """Hands a draft to the editors; `guest` is the name of a writer without an account."""
    claim(post)
    post.status = Post.Status.IN_REVIEW
    post.save()
    keep_revision(post, Revision.Deed.SUBMIT, by=by, guest=guest)
    telling.sent_to_review(post, by=by, who=guest)


@transaction.atomic
def publish(post, *, by=None, at=None):
    """Puts the post before readers: now, or at `at` (or its own date) if that is still to come.

    Raises CannotPublish when title or body is missing. Publishing again keeps the first date.
    """
    is_first, was_scheduled = not post.permalink, post.is_scheduled
    problems = missing(post)
    if problems:
        raise CannotPublish(problems)
    claim(post)
    post.published_at = at or post.published_at or clocks.present()
    post.status = Post.Status.PUBLISHED
    permalinks.give(post)
    post.save()
    cards.request(post)
    outgoing.ask(post.body)
    keep_revision(post, Revision.Deed.PUBLISH, by=by)
    announcing.hold(post, by=by, is_first=is_first)
    if post.is_public:
        relating.ask(post.pk)
    elif not was_scheduled:
        telling.scheduled(post, by=by)


@transaction.atomic
def withdraw(post, *, by=None):
    """Takes the post off the site; its address is kept for its return."""
    claim(post)
    post.status = Post.Status.WITHDRAWN
    post.save()
    keep_revision(post, Revision.Deed.WITHDRAW, by=by)
    telling.withdrawn(post, by=by)
    relating.ask(post.pk)


@transaction.atomic
def send_back(post, *, by=None, why=""):
    """Gives a post in review back to its writers as a draft; `why`, if said, stands among the comments."""
    claim(post)
    post.status = Post.Status.DRAFT
    post.save()
    keep_revision(post, Revision.Deed.SEND_BACK, by=by)
    if why := why.replace("\x00", "").strip()[: commenting.LONGEST]:
        commenting.keep(post, why, user=by)
    telling.sent_back(post, by=by, why=why)


@transaction.atomic
def trash(post, *, by=None):
    """Takes the post out of every list; restored from the trash, it has its address, date and status again.

    Its places on the front page end: others may have been put there by the time it comes back.
    """
    claim(post)
    post.trashed_from, post.trashed_at = post.status, timezone.now()
    post.status = Post.Status.TRASHED
    post.save()
    keep_revision(post, Revision.Deed.TRASH, by=by)
    for slot in post.front_slots.not_gone():
        front.take_off(slot)
    relating.ask(post.pk)


@transaction.atomic
def take_from_trash(post, *, by=None):
    """Puts the post back where it was thrown away from."""
    claim(post)
    post.status, post.trashed_from, post.trashed_at = post.trashed_from, "", None
    post.save()
    keep_revision(post, Revision.Deed.UNTRASH, by=by)
    if post.status == Post.Status.PUBLISHED:
        announcing.hold(post, by=by)
    if post.is_public:
        relating.ask(post.pk)


@transaction.atomic
def restore(post, revision, *, by=None):
    """Makes the post say again what it said then, which is a revision of its own; what is missing, in sentences.

    Status, date and address stay as they are now, and so do corrections. CannotPublish when the post is before readers
    and would lack what they need.
    """
    claim(post)
    gone = states.put(post, revision.state)
    if post.status == Post.Status.PUBLISHED:
        if problems := missing(post):
            raise CannotPublish(problems)
        cards.request(post)
    post.save()
    outgoing.ask(post.body)
    keep_revision(post, Revision.Deed.RESTORE, by=by)
    if post.is_public:
        relating.ask(post.pk)
    return gone


@transaction.atomic
def save(post, *, by=None, guest="", deed=Revision.Deed.SAVE):
    """Keeps an edited post; what is already before readers keeps its address true to its slug and date.

    `deed` names the revision: a save, or the changes that were pending until now.
    """
    claim(post)
    if post.status == Post.Status.PUBLISHED:
        post.published_at = post.published_at or clocks.present()
        permalinks.give(post)
        cards.request(post)
    post.save()
    outgoing.ask(post.body)
    keep_revision(post, deed, by=by, guest=guest)
    if post.status == Post.Status.PUBLISHED:
        announcing.move(post)
    if post.is_public:
        relating.ask(post.pk)
