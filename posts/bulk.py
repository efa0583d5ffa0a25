"""Deeds on many posts: proposed as rows that can be looked at, done post by post, and undone.

Each row carries the version its post had when the deed was proposed; a post that somebody has changed since is left as
it is and named. A few posts are done while the browser waits. Many are the worker's, and it also finishes what a
process that died has begun: rows are done once, whoever gets to them first.
"""

import logging
from datetime import timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count, Prefetch, Q
from django.utils import timezone

from informed_comment import jobs
from posts import bulk_deeds, publishing
from posts.bulk_deeds import CHANGED, CHANGED_SINCE, GONE, Left
from posts.models import BulkDeed, BulkRow, Byline, Filing, Post, TaggedPost

logger = logging.getLogger(__name__)
MOST = 5000
AT_ONCE = 100
CHUNK = 10  # posts in a transaction, for whose time others who publish wait
FORGOTTEN_AFTER = timedelta(days=1)
Outcome = BulkRow.Outcome
BROKEN = "It could not be changed; the reason is in the server's log."


class TooMany(ValueError):
    """More posts than one deed may change."""


# Proposing


@transaction.atomic
def propose(posts, deed, *, by):
    """A bulk deed with a row for each of the posts, not begun. Raises TooMany."""
    forgotten = timezone.now() - FORGOTTEN_AFTER
    BulkDeed.objects.filter(created_by=by, begun_at=None, created_at__lt=forgotten).delete()
    chosen = Post.objects.filter(pk__in=posts.order_by().values("pk")).order_by("pk")
    found = list(chosen.values_list("pk", "version", "title")[: MOST + 1])
    if len(found) > MOST:
        raise TooMany(f"More than {MOST:,} posts are selected. Narrow the list, or do it in several goes.")
    bulk = BulkDeed.objects.create(deed=deed, created_by=by)
    BulkRow.objects.bulk_create(
        (BulkRow(bulk=bulk, post_id=pk, version=version, title=title) for pk, version, title in found),
        batch_size=1000,
    )
    if deed not in bulk_deeds.GIVEN:
        judge(bulk, by=by)
    return bulk


@transaction.atomic
def give(bulk, given, name, *, by):
    """Says what to add or remove, which tells what will become of each post."""
    BulkDeed.objects.filter(pk=bulk.pk, begun_at=None).update(given=given, given_name=name[:500])
    bulk.given, bulk.given_name = given, name[:500]
    bulk.rows.update(outcome=Outcome.WAITING, why="")
    judge(bulk, by=by)


def judge(bulk, *, by):
    """Marks the posts that the deed leaves as they are, with the reason."""
    left = []
    for rows in chunks_of(bulk.rows.all()):
        posts = fetched(bulk, rows)
        for row in rows:
            row.why = bulk_deeds.why_not(bulk, posts[row.post_id], by) if row.post_id in posts else GONE
            row.outcome = Outcome.SKIPPED if row.why else Outcome.WAITING
        left += [row for row in rows if row.why]
    BulkRow.objects.bulk_update(left, ["why", "outcome"], batch_size=500)


def chunks_of(rows, size=500):
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:size]):
        yield chunk
        last = chunk[-1].pk


def fetched(bulk, rows, *, whole=False):
    """The posts of the rows by id, with what the deed looks at; `whole` with the text too."""
    posts = Post.objects.prefetch_related(
        Prefetch("filings", Filing.objects.filter(is_direct=True).order_by("id").select_related("category")),
        Prefetch("taggings", TaggedPost.objects.select_related("tag")),
        Prefetch("bylines", Byline.objects.select_related("author")),
    )
    if not whole and bulk.deed != BulkDeed.Deed.PUBLISH:
        posts = posts.defer("body")
    return posts.in_bulk([row.post_id for row in rows if row.post_id])


def with_counts(deeds):
    """Each with the numbers of its rows by outcome: `count_waiting`, `count_done` and so on."""
    names = {**{outcome.value: outcome.value for outcome in Outcome}, "": "waiting"}
    return deeds.annotate(
        **{f"count_{name}": Count("rows", filter=Q(rows__outcome=value)) for value, name in names.items()}
    )


# Doing and undoing


def begin(bulk, *, by):
    """Does what was proposed; False when it was begun already. When it returns a small one is done, a large one waits."""
    with transaction.atomic():
        now = timezone.now()
        if not BulkDeed.objects.filter(pk=bulk.pk, begun_at=None).update(begun_at=now, created_by=by):
            return False
        count = ask(bulk)
    if count <= AT_ONCE:
        run(bulk.pk)
    return True


def begin_undo(bulk, *, by):
    """Undoes it; False when it was undone already, or is not done yet."""
    with transaction.atomic():
        undoable = BulkDeed.objects.filter(pk=bulk.pk, done_at__isnull=False, undo_begun_at=None)
        if not undoable.update(undo_begun_at=timezone.now(), undone_by=by):
            return False
        count = ask(bulk)
    if count <= AT_ONCE:
        run(bulk.pk)
    return True


def ask(bulk):
    """Has the worker do the rows that wait, at once when they are many; how many they are."""
    count = waiting(BulkDeed.objects.get(pk=bulk.pk)).count()
    later = None if count > AT_ONCE else 60
    jobs.defer("posts.tasks.do_bulk", lock=f"bulk deed {bulk.pk}", in_seconds=later, bulk_id=bulk.pk)
    return count


def waiting(bulk):
    """The rows still to be done, or to be undone."""
    return bulk.rows.filter(outcome=Outcome.DONE if bulk.undo_begun_at else Outcome.WAITING)


def run(bulk_id):
    """Does, or undoes, every row that waits."""
    bulk = BulkDeed.objects.select_related("created_by", "undone_by").filter(pk=bulk_id).first()
    if bulk is None or not bulk.is_running:
        return
    while run_some(bulk):
        pass
    if waiting(bulk).exists():
        return  # another process has them and will say when they are done
    ended = "undone_at" if bulk.undo_begun_at else "done_at"
    BulkDeed.objects.filter(pk=bulk.pk, **{ended: None}).update(**{ended: timezone.now()})


@transaction.atomic
def run_some(bulk):
    """A few rows, each post in a savepoint of its own; how many."""
    rows = list(waiting(bulk).order_by("pk").select_for_update(skip_locked=True)[:CHUNK])
    posts = fetched(bulk, rows, whole=True)
    for row in rows:
        try:
            with transaction.atomic():
                one = undo_one if bulk.undo_begun_at else do_one
                one(bulk, row, posts.get(row.post_id))
        except Left as reason:
            row.outcome, row.why = left_as(bulk), str(reason)
        except publishing.ChangedMeanwhile:
            row.outcome, row.why = left_as(bulk), CHANGED_SINCE if bulk.undo_begun_at else CHANGED
        except (OperationalError, InterfaceError):
            raise  # the database's trouble: the job is done again, with these rows
        except Exception:
            logger.exception(
                "The change of many posts with number %s could not change post %s, and went on with the others",
                bulk.pk,
                row.post_id,
            )
            row.outcome, row.why = left_as(bulk), BROKEN
    BulkRow.objects.bulk_update(rows, ["outcome", "why", "before", "after_version"])
    return len(rows)


def left_as(bulk):
    return Outcome.KEPT if bulk.undo_begun_at else Outcome.SKIPPED


def do_one(bulk, row, post):
    by = bulk.created_by
    if post is None or by is None:
        raise Left(GONE)
    if post.version != row.version:
        raise Left(CHANGED)
    if reason := bulk_deeds.why_not(bulk, post, by):
        raise Left(reason)
    was = bulk_deeds.before(bulk, post)
    bulk_deeds.do(bulk, post, by=by)
    row.before, row.after_version, row.outcome = was, post.version, Outcome.DONE


def undo_one(bulk, row, post):
    if post is None:
        raise Left(GONE)
    if post.version != row.after_version:
        raise Left(CHANGED_SINCE)
    bulk_deeds.undo(bulk, post, row.before, by=bulk.undone_by)
    row.outcome = Outcome.UNDONE
