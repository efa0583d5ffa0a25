"""Readers' comments that came from an old site: their order and pages, hiding them, and what readers see of them.

They stand as WordPress had them, oldest first and answers under what they answer. A page holds about as much as a post:
it is full after fifty comments or 20,000 letters.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.shortcuts import get_object_or_404
from django.utils.safestring import mark_safe

from informed_comment import editions
from informed_comment.html import strangers_html
from posts.models import Post, ReaderComment

PER_PAGE = 50
LETTERS_PER_PAGE = 20_000
DEEPEST = 5
MENTIONS_SHOWN = 30
MENTIONS = 0  # the page that holds mentions elsewhere; they stand under the post
SAID_MARK = re.compile(r"said-\d{1,18}")
NAMELESS = "Anonymous"
PLACED = """
UPDATE posts_readercomment SET parent_id = moved.parent, page = moved.page, position = moved.position, depth = moved.depth
FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::int[], %s::int[]) AS moved (id, parent, page, position, depth)
WHERE posts_readercomment.id = moved.id
"""
PLACES = ("parent_id", "page", "position", "depth")
SAID = ("id", "kind", "name", "website", "text", "anchor", "published_at", "page", "depth")


# Order


def arrange(comments):
    """Gives each of a post's comments, all of them, its page, position and depth. Not saved here.

    A comment that answers one which is not there, or in a circle itself, stands on its own. Answers to a hidden comment
    stay where they were.
    """
    comments = sorted(comments, key=lambda one: (one.published_at, one.pk))
    of_readers = [one for one in comments if one.kind == ReaderComment.Kind.COMMENT]
    page, room, letters, place = 1, PER_PAGE, LETTERS_PER_PAGE, 0
    for one, depth in in_threads(of_readers):
        one.depth, one.page, one.position = min(depth, DEEPEST), None, None
        if not one.is_shown:
            continue
        if not room or (room < PER_PAGE and letters < len(one.text)):
            page, room, letters = page + 1, PER_PAGE, LETTERS_PER_PAGE
        one.page, one.position = page, place
        room, letters, place = room - 1, letters - len(one.text), place + 1
    mentions = [one for one in comments if one.kind == ReaderComment.Kind.MENTION]
    shown = [one for one in mentions if one.is_shown]
    for one in mentions:
        one.page = one.position = None
    for place, one in enumerate(shown):
        one.page, one.position = MENTIONS, place


def in_threads(comments):
    """(comment, depth), each after the one it answers."""
    break_circles(comments)
    answers = {}
    for one in comments:
        answers.setdefault(one.parent_id, []).append(one)
    waiting = [(one, 0) for one in reversed(answers.get(None, []))]
    while waiting:
        one, depth = waiting.pop()
        yield one, depth
        waiting += [(answer, depth + 1) for answer in reversed(answers.get(one.pk, []))]


def break_circles(comments):
    """Whoever answers nobody who is there, or closes a circle of answers, answers nobody."""
    known, sound = {one.pk: one for one in comments}, set()
    for one in comments:
        above, seen = one, set()
        while above is not None and above.pk not in sound and above.pk not in seen:
            seen.add(above.pk)
            if above.parent_id not in known:
                above.parent_id = None
            above = known.get(above.parent_id)
        if above is not None and above.pk in seen:
            above.parent_id = None
        sound |= seen


@transaction.atomic
def put_in_order(post_ids):
    """Arranges the comments of these posts anew and saves those that have moved."""
    with editions.raised_once():
        for post in sorted(set(post_ids)):
            comments = list(ReaderComment.objects.select_for_update().filter(post=post).order_by("pk"))
            before = {one.pk: places_of(one) for one in comments}
            arrange(comments)
            keep_places([one for one in comments if places_of(one) != before[one.pk]])


def keep_places(comments):
    """Saves where they stand, thousands in one statement."""
    if comments:
        columns = list(zip(*((one.pk, *places_of(one)) for one in comments), strict=True))
        with connection.cursor() as cursor:
            cursor.execute(PLACED, [list(column) for column in columns])


def places_of(comment):
    return tuple(getattr(comment, name) for name in PLACES)


# What editors do


@transaction.atomic
def hide(comments):
    """Takes comments off the site; an import does not bring them back. Answers to them stay."""
    posts = set(comments.filter(is_shown=True).order_by().values_list("post", flat=True))
    comments.update(is_shown=False, page=None, position=None)
    put_in_order(posts)


@transaction.atomic
def show(comments):
    """Puts hidden comments back where they stood."""
    hidden = comments.filter(is_shown=False)
    posts = set(hidden.order_by().values_list("post", flat=True))
    hidden.update(is_shown=True, page=1, position=0)
    put_in_order(posts)


@transaction.atomic
def delete(comments):
    """For good: what somebody asks to have forgotten. Answers to them then stand on their own."""
    posts = set(comments.order_by().values_list("post", flat=True))
    comments.delete()
    put_in_order(posts)


# What readers see


@dataclass(frozen=True)
class Said:
    """One comment as readers see it; `answers` is the name it answers, at `answers_at`."""

    mark: str
    name: str
    website: str
    html: str
    published_at: datetime
    depth: int
    answers: str
    answers_at: str


@dataclass
class Discussion:
    """One page of the comments under a post; `count` and `pages` are of all of them."""

    address: str
    count: int = 0
    pages: int = 0
    number: int = 1
    comments: list = field(default_factory=list)
    mentions: list = field(default_factory=list)

    @property
    def count_said(self):
        return f"{self.count:,}"

    def address_of(self, number):
        return self.address if number == 1 else page_address(self.address, number)

    @property
    def next_address(self):
        return f"{self.address_of(self.number + 1)}#comments" if self.number < self.pages else ""

    @property
    def previous_address(self):
        return f"{self.address_of(self.number - 1)}#comments" if self.number > 1 else ""

    @property
    def finding_address(self):
        """Where a comment on another page is found by its mark; empty if there is no other page."""
        return f"{self.address.rstrip('/')}/comments/" if self.pages > 1 else ""

    def said(self, row):
        is_there = row["parent_page"] is not None
        page = "" if row["parent_page"] == self.number else self.address_of(row["parent_page"] or 1)
        return Said(
            mark=mark_of(row["anchor"], row["id"]),
            name=row["name"] or NAMELESS,
            website=row["website"],
            html=shown_html(row["text"]),
            published_at=datetime.fromisoformat(row["published_at"]),
            depth=row["depth"],
            answers=(row["parent_name"] or NAMELESS) if is_there else "",
            answers_at=f"{page}#{mark_of(row['parent_anchor'], row['parent_id'])}" if is_there else "",
        )


def shown_html(text):
    return mark_safe(strangers_html(text))  # noqa: S308


def mark_of(anchor, pk):
    return anchor or f"said-{pk}"


def page_address(permalink, number):
    """WordPress's own address of the further comments of a post."""
    return f"{permalink.rstrip('/')}/comment-page-{number}/"


def with_comments(posts, number=1):
    """The posts with a page of their comments in their own row, for a page has no query to spare."""
    own = ReaderComment.objects.filter(post=OuterRef("pk"))
    wanted = own.filter(page=number)
    if number == 1:
        wanted = own.filter(Q(page=1) | Q(page=MENTIONS, position__lt=MENTIONS_SHOWN))
    last = own.filter(page__gte=1).order_by("-page", "-position")
    parent = {f"parent_{name}": f"parent__{name}" for name in ("id", "anchor", "name", "page")}
    told = JSONObject(**{name: name for name in SAID}, **parent)
    return posts.annotate(
        comments_told=ArraySubquery(wanted.in_order().values(told=told)),
        comments_end=Subquery(last.values(end=JSONObject(page="page", position="position"))[:1]),
    )


def discussion(post, number=1):
    """That page of the comments of a post of `with_comments()`."""
    end = post.comments_end or {"page": 0, "position": -1}
    found = Discussion(post.permalink, end["position"] + 1, end["page"], number)
    for row in post.comments_told:
        of_kind = found.mentions if row["kind"] == ReaderComment.Kind.MENTION else found.comments
        of_kind.append(found.said(row))
    return found


def post_above(path, rest, number=1):
    """The published post under whose permalink the path lies, with that page of its comments; Http404 if there is none."""
    whole = path.rstrip("/").removesuffix(f"/{rest}")
    posts = with_comments(Post.objects.published().only("title", "permalink", "language"), number)
    return get_object_or_404(posts, permalink__in=(whole, f"{whole}/"))


def address_of_comment(post, mark):
    """Where the comment with that mark stands; the head of them all if it is not there."""
    own = Q(anchor=mark) | Q(pk=int(mark[5:])) if SAID_MARK.fullmatch(mark) else Q(anchor=mark)
    page = ReaderComment.objects.filter(own, post=post, page__gte=1).values_list("page", flat=True).first()
    if page is None:
        return f"{post.permalink}#comments"
    return f"{Discussion(post.permalink).address_of(page)}#{mark}"
