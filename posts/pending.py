"""Pending changes: a published post edited without touching what readers see, until the change is applied."""

import math

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from informed_comment import clocks, jobs
from posts import cards, permalinks, relating, states
from posts.models import PendingChange, Post, Revision
from posts.publishing import ChangedMeanwhile, claim, missing

CHANGED_SINCE = (
    "The published text was changed after these changes were begun, in the same places: {fields}. Open the changes, "
    "look at both, and publish them or give them a new time."
)
LACKS = "The changes lack something readers need. {problems}"
AWAY = "The post is in the trash. Take it from there, then give the changes a new time."
LABELS = {"lead_image_id": "lead image", "authors": "byline"}


@transaction.atomic
def keep(post, state, *, by=None, seen=None, apply_at=None):
    """Keeps the state as the post's pending changes, to be applied at `apply_at` if given.

    `seen` is the version of the pending changes that were edited, None when there were none. ChangedMeanwhile when there
    are others by now, or when the post is no longer at the version its form was opened at.
    """
    stored = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    if stored.version != post.version:
        raise ChangedMeanwhile(f"Post {post.pk} is no longer at version {post.version}.")
    values = {
        "state": state,
        "base": states.state_of(stored),
        "base_version": stored.version,
        "apply_at": apply_at,
        "problem": "",
        "created_by": by,
    }
    if apply_at:
        ask(apply_at)
    if seen is None:
        try:
            with transaction.atomic():
                return PendingChange.objects.create(post=post, **values)
        except IntegrityError:
            raise ChangedMeanwhile(f"Post {post.pk} has pending changes of somebody else.") from None
    opened = PendingChange.objects.filter(post=post, version=seen)
    if not opened.update(version=F("version") + 1, updated_at=timezone.now(), **values):
        raise ChangedMeanwhile(f"The pending changes of post {post.pk} are no longer at version {seen}.")
    return PendingChange.objects.get(post=post)


def ask(apply_at):
    """Has the worker look at the second a change is due."""
    seconds = max(0, math.ceil((apply_at - clocks.theirs()).total_seconds()))
    jobs.defer("posts.tasks.apply_at_its_time", in_seconds=seconds)


@transaction.atomic
def retime(change, *, apply_at):
    """Gives pending changes another time, if they still are at the version that was looked at; else ChangedMeanwhile."""
    opened = PendingChange.objects.filter(pk=change.pk, version=change.version)
    if not opened.update(version=F("version") + 1, apply_at=apply_at, problem=""):
        raise ChangedMeanwhile(
            f"The pending changes of post {change.post_id} are no longer at version {change.version}."
        )
    ask(apply_at)


@transaction.atomic
def discard(post, *, seen):
    """Drops pending changes that are still at the version that was looked at; else ChangedMeanwhile."""
    if not PendingChange.objects.filter(post=post, version=seen).delete()[0]:
        raise ChangedMeanwhile(f"The pending changes of post {post.pk} are no longer at version {seen}.")


def merged(change, now):
    """(state, clashes): the change brought up to date with the state the post has now.

    What only one side has changed since the change was begun is taken from that side. What both have changed, each to
    something else, stays as the change has it and is named in `clashes`.
    """
    state, clashes = dict(change.state), []
    for name in (*states.TEXT, "slug", "authors", "categories", "tags"):
        base, mine, theirs = (side.get(name) for side in (change.base, change.state, now))
        if mine == base:
            state[name] = theirs
        elif theirs not in (base, mine):
            clashes.append(name)
    return state, clashes


def said(names):
    """Names of a state as an editor calls them."""
    words = [LABELS.get(name) or name.replace("_", " ").replace("seo", "search engine") for name in names]
    return ", ".join(words)


@transaction.atomic
def apply(post, *, by=None):
    """Makes the pending changes the post; what could not be had again, in sentences.

    CannotApply when the post has changed in the same places since, or would lack what readers need.
    """
    change = PendingChange.objects.select_for_update().get(post=post)
    state, clashes = merged(change, states.state_of(post))
    if clashes:
        raise CannotApply(CHANGED_SINCE.format(fields=said(clashes)))
    if post.status == Post.Status.TRASHED:
        raise CannotApply(AWAY)
    claim(post)
    gone = states.put(post, state, and_slug=True)
    if post.status == Post.Status.PUBLISHED:
        if problems := missing(post):
            raise CannotApply(LACKS.format(problems=" ".join(problems.values())))
        permalinks.give(post)
        cards.request(post)
    post.save()
    change.delete()
    states.keep_revision(post, Revision.Deed.APPLY, by=by)
    if post.is_public:
        relating.ask(post.pk)
    return gone


class CannotApply(ValueError):
    """Why pending changes wait for somebody, as a sentence with the cure."""


def apply_due():
    """Applies every change whose time has come; one that cannot be applied says why and waits. How many were applied."""
    applied = 0
    while (done := apply_next()) is not None:
        applied += done
    return applied


@transaction.atomic
def apply_next():
    """The change longest due: True when applied, False when it has to wait, None when none is due."""
    due = PendingChange.objects.filter(apply_at__lte=clocks.present()).order_by("apply_at", "pk")
    change = due.select_for_update(skip_locked=True, of=("self",)).select_related("created_by").first()
    if change is None:
        return None
    try:
        with transaction.atomic():
            post = Post.objects.select_for_update(of=("self",)).get(pk=change.post_id)
            apply(post, by=change.created_by)
    except CannotApply as reason:
        change.problem, change.apply_at = str(reason), None
        change.save(update_fields=["problem", "apply_at"])
        return False
    return True
