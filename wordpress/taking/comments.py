"""Readers' comments of the old site: those that were public there, in their threads, and nothing by which anybody could
be written to or traced."""

import html
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from informed_comment import editions
from informed_comment.html import clean_html, strangers_html
from posts import reader_comments
from posts.models import ReaderComment
from wordpress.bodies.comments import comment_html
from wordpress.models import Imported
from wordpress.reading.records import Item
from wordpress.taking import returned
from wordpress.taking.addresses import address_on_the_web, host_of
from wordpress.taking.outcome import published_at
from wordpress.taking.people import name_without_address
from wordpress.taking.statuses import DROPPED

SAID = ("name", "website", "text", "published_at", "is_shown")
MENTIONS = ("pingback", "trackback", "webmention")
STATES = {
    "0": "waiting for approval there",
    "hold": "waiting for approval there",
    "spam": "spam there",
    "trash": "in the trash there",
    "post-trashed": "in the trash there",
}
_MARKUP = re.compile(r"<[^>]*>")


@dataclass(slots=True)
class Under:
    """An item and the comments of the post it became; `taken` are those of its comments that are here."""

    item: Item
    key: str
    post: int | None
    here: dict = field(default_factory=dict)  # pk → comment
    taken: list = field(default_factory=list)  # (comment, its record)
    fresh: list = field(default_factory=list)  # (comment, its row)
    changed: dict = field(default_factory=dict)  # pk → its row


def take(run, items, told):
    """Those of a batch of (item, kind, key) at once; where that fails, post by post, each under the guard `told`."""
    pairs = [(item, key) for item, kind, key in items if kind == "post" and item.comments]
    if not pairs:
        return
    try:
        with transaction.atomic():
            take_comments(run, pairs)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        for item, key in pairs:
            with told(item, f"comments of {item.type} {key}"):
                take_comments(run, [(item, key)])


def take_comments(run, pairs):
    """The comments of a batch of items, given as (item, its key); within the transaction that wrote their posts."""
    pairs = {
        key: (item, key) for item, key in pairs if item.comments
    }  # of one post given twice the later counts
    if not pairs:
        return
    done, reasons = Counter(), Counter()
    many, rows = _look_up(run, pairs.values())
    for under in many:
        for record in {_key(under, record): record for record in under.item.comments}.values():
            kind, deed = _one(run, under, record, rows)
            (reasons if deed == "" else done)[kind, deed] += 1
    if not run.is_dry_run:
        _write(run, many)
    run.report.comments.update(done)
    run.report.not_taken.update({f"comments {reason}": count for (reason, _), count in reasons.items()})


def pass_over(run, item):
    """Comments that have no place here: those under pages and uploads."""
    if item.comments:
        run.report.not_taken[f"comments under {item.type or 'other'}s, which have none here"] += len(
            item.comments
        )


def _look_up(run, pairs):
    """(the items with what there is of their comments, the rows of these by key)."""
    known = Imported.objects.filter(source=run.source, kind="post", key__in=[key for _, key in pairs])
    posts = dict(known.values_list("key", "post"))
    many = [Under(item, key, posts.get(key)) for item, key in pairs]
    keys = [_key(under, record) for under in many for record in under.item.comments]
    rows = {row.key: row for row in Imported.objects.filter(source=run.source, kind="comment", key__in=keys)}
    if rows:
        comments = ReaderComment.objects.filter(post__in=posts.values()).order_by("pk")
        by_post = {under.post: under.here for under in many}
        for comment in comments if run.is_dry_run else comments.select_for_update():
            by_post[comment.post_id][comment.pk] = comment
    return many, rows


def _key(under, record):
    """Its id there, which only within its post is surely its own; without one, what it says."""
    said = f"{record.author}|{record.published_at}|{record.content}".encode("utf-8", "replace")
    return f"{under.key[:400]}/{record.id or sha256(said).hexdigest()[:20]}"


def _one(run, under, record, rows):
    """(its kind, what was done with it), or (why it is not taken, "")."""
    row = rows.get(_key(under, record))
    plan, reason = _plan(run, under, record)
    if under.item.status in DROPPED or (under.post is None and not run.is_dry_run):
        reason = "under posts that are not taken"
    here = under.here.get(row.comment_id) if row else None
    if reason:
        if here and here.is_shown:  # public there when it came in, and no longer
            here.is_shown = False
            under.changed[here.pk] = row
        return reason, ""
    checksum = sha256(json.dumps(plan, default=str, sort_keys=True).encode()).hexdigest()
    if row and not here:
        return plan["kind"], "skipped"
    if row is None:
        here = ReaderComment(post_id=under.post, **plan)
        row = Imported(source=run.source, kind="comment", key=_key(under, record), checksum=checksum)
        under.fresh.append((here, row))
        deed = "new"
    elif row.checksum != checksum:
        for name, value in plan.items():
            setattr(here, name, value)
        row.checksum = checksum
        under.changed[here.pk] = row
        deed = "changed"
    else:
        deed = "unchanged"
    under.taken.append((here, record))
    return plan["kind"], deed


def _plan(run, under, record):
    """(what it becomes here, "") or (None, why it is not taken)."""
    about = returned.comment(record)
    if record.approved not in ("1", "approve", "approved") and not about.get("is_hidden"):
        return None, STATES.get(record.approved, "not public there")
    is_mention = record.type in MENTIONS
    if not is_mention and record.type not in ("comment", ""):
        return None, f"of the type {record.type}"
    website = address_on_the_web(record.url)
    if is_mention and (not website or host_of(website) == host_of(run.site.address)):
        return (
            None,
            "that are mentions on the site itself" if website else "that are mentions without an address",
        )
    text = "" if is_mention else clean_html(about.get("text", "")) or text_of(record)
    if not text and not is_mention:
        return None, "without words"
    kind = ReaderComment.Kind.MENTION if is_mention else ReaderComment.Kind.COMMENT
    local = record.published_local and timezone.make_aware(record.published_local)
    moment = record.published_at or local or published_at(under.item) or timezone.now()
    return {
        "kind": kind.value,
        "name": name_of(record.author) or (host_of(website) if is_mention else ""),
        "website": website,
        "text": text,
        "anchor": about.get("anchor", record.anchor or (f"comment-{record.id}" if record.id else ""))[:60],
        "published_at": returned.moment(about.get("published_at")) or moment,
        **({"is_shown": False} if about.get("is_hidden") else {}),
    }, ""


def text_of(record):
    content = record.content.encode("utf-8", "replace").decode().replace("\x00", "")
    return clean_html(strangers_html(clean_html(comment_html(content, is_html=record.is_html))))


def name_of(author: str) -> str:
    """A plain name; of a mail address only what stands before the @."""
    name = " ".join(html.unescape(_MARKUP.sub("", author)).split())
    name = name_without_address(name).replace("\x00", "")[:200]
    return name.encode("utf-8", "replace").decode()


# Writing


def _write(run, many):
    touched = [under for under in many if under.fresh or under.changed]
    fresh = [one for under in touched for one in under.fresh]
    for pk, (comment, row) in zip(_numbers(len(fresh)), fresh, strict=True):
        comment.pk = row.comment_id = pk
    moved, changed, rows = [], [], []
    for under in touched:
        before = {pk: reader_comments.places_of(one) for pk, one in under.here.items()}
        _answer(under)
        reader_comments.arrange([*under.here.values(), *(comment for comment, _row in under.fresh)])
        changed += [one for pk, one in under.here.items() if pk in under.changed]
        moved += [
            one
            for pk, one in under.here.items()
            if pk not in under.changed and reader_comments.places_of(one) != before[pk]
        ]
        rows += under.changed.values()
    if touched:
        with editions.raised_once():
            ReaderComment.objects.bulk_create((comment for comment, _row in fresh), batch_size=1000)
            ReaderComment.objects.bulk_update(changed, [*SAID, *reader_comments.PLACES], batch_size=500)
            reader_comments.keep_places(moved)
        Imported.objects.bulk_create((row for _comment, row in fresh), batch_size=1000)
        Imported.objects.bulk_update(rows, ["checksum"], batch_size=500)


def _numbers(count):
    """Ids of their own for so many comments, so that each can name the one it answers before any is written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('posts_readercomment', 'id')) FROM generate_series(1, %s)",
            [count],
        )
        return [number for (number,) in cursor.fetchall()]


def _answer(under):
    """Whom each answers: the nearest above it that came in. Of several with one mark the first has it."""
    above = {record.id: record.parent for record in under.item.comments if record.id}
    by_id = {record.id: comment for comment, record in under.taken if record.id}
    marks = {one.anchor for one in under.here.values()}
    for comment, record in under.taken:
        seen, parent = {record.id}, record.parent
        while parent and parent not in by_id and parent not in seen:
            seen.add(parent)
            parent = above.get(parent)
        answered = by_id.get(parent)
        comment.parent_id = answered.pk if answered and answered is not comment else None
        if comment.pk not in under.here:
            comment.anchor = "" if comment.anchor in marks else comment.anchor
            marks.add(comment.anchor)
