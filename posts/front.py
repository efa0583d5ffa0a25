"""The front page: what stands in its places, what its sections hold, and putting a post there.

The places are the first posts of the list in the order of their rank; whichever no editor has filled takes the newest
post that stands nowhere else.
"""

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q, Value
from django.utils import timezone

from informed_comment import clocks, replica
from informed_comment.prepared import prepared
from posts import teasers
from posts.models import Category, FrontSection, FrontSlot, Post
from posts.models.front import MOST_SECTIONS, this_minute

PLACES = FrontSlot.Place.values
SECTION_LENGTH = 4

# Section after section takes the newest of its branch that are not taken; only the first post of each shows a picture.
SECTIONS = f"""
WITH RECURSIVE section (place, own, taken) AS (
    SELECT 0, ARRAY[]::bigint[], %(above)s::bigint[]
    UNION ALL
    SELECT place + 1, found.own, taken || found.own FROM section, LATERAL (
        SELECT array(
            SELECT post_id FROM posts_filing
            WHERE category_id = (%(categories)s::bigint[])[place + 1] AND published_at <= %(now)s
            AND post_id <> ALL (taken) ORDER BY published_at DESC, post_id DESC LIMIT %(length)s
        ) AS own
    ) AS found WHERE place < cardinality(%(categories)s::bigint[])
)
SELECT place - 1, {teasers.HEADLINE}
FROM section, unnest(own) WITH ORDINALITY AS listed (id, rank)
JOIN posts_post AS post ON post.id = listed.id
LEFT JOIN images_image AS image ON image.id = post.lead_image_id AND rank = 1
ORDER BY place, rank
"""


# What stands there


@dataclass
class Plan:
    """`pinned`: place in the list (from 0) → id of the post an editor put there. `categories`: of the sections."""

    pinned: dict
    categories: list


@prepared
def arranged():
    """Slots whose post readers may see, and sections: (place, post, position, category, its name and path)."""
    published = FrontSlot.objects.running().filter(post__in=Post.objects.published()).order_by()
    slots = published.values_list("place", "post_id", Value(0), Value(0), Value(""), Value(""))
    sections = FrontSection.objects.order_by().values_list(
        Value(""), Value(0), "position", "category_id", "category__name", "category__path"
    )
    return slots.union(sections, all=True).order_by()


def plan():
    """What editors have arranged for now, in one query."""
    rows = arranged()
    pinned = {PLACES.index(place): post for place, post, *_ in rows if place}
    chosen = sorted(row[2:] for row in rows if not row[0])
    categories = [Category(pk=pk, name=name, path=path) for _, pk, name, path in chosen]
    return Plan(pinned, categories[:MOST_SECTIONS])


@dataclass
class Section:
    """A category of the front page with the rows of its posts."""

    category: Category
    rows: list

    @property
    def source(self):
        return "\n".join([str(self.category.pk), self.category.name, self.category.path, *self.rows])

    def fields(self):
        return {"category": self.category, "posts": [teasers.headline(row) for row in self.rows]}


def sections(categories, *, above):
    """Each category with its newest posts, none of which stands `above` or in an earlier section; none is empty.

    One query, and it reads no post that is not shown.
    """
    if not categories:
        return []
    given = {"categories": [category.pk for category in categories], "above": [post.pk for post in above]}
    with replica.connection().cursor() as cursor:
        cursor.execute(SECTIONS, given | {"now": clocks.present(), "length": SECTION_LENGTH})
        rows = cursor.fetchall()
    own = {place: [] for place, _ in rows}
    for place, row in rows:
        own[place].append(row)
    return [Section(categories[place], of_place) for place, of_place in own.items()]


@dataclass
class Place:
    """A place as editors see it: the slot that runs there now or None, and those still to come."""

    value: str
    label: str
    now: FrontSlot | None
    coming: list


def places():
    """In order of rank."""
    slots = FrontSlot.objects.not_gone().select_related("post").defer("post__body")
    slots = list(slots.order_by("starts_at"))
    return [
        Place(
            value,
            label,
            next((slot for slot in slots if slot.place == value and slot.is_running), None),
            [slot for slot in slots if slot.place == value and slot.is_coming],
        )
        for value, label in FrontSlot.Place.choices
    ]


# Putting a post there


class PlaceIsTaken(ValueError):
    """Another slot stands in the way: of the same place, or of the same post."""


def obstacle(slot, *, makes_room=False):
    """The first slot that keeps this one from its place and time, or None; with `makes_room`, one that cannot end."""
    same = Q(place=slot.place) | Q(post=slot.post_id) if slot.post_id else Q(place=slot.place)
    others = FrontSlot.objects.filter(same).exclude(pk=slot.pk).during(slot.starts_at, slot.ends_at)
    if makes_room:
        others = others.filter(starts_at__gt=slot.starts_at)
    return others.select_related("post").defer("post__body").order_by("starts_at").first()


def reason(slot, other):
    """Says what stands in the way of the slot, and the cures."""
    since = f"since {said(other.starts_at)}" if other.is_running else f"from {said(other.starts_at)}"
    time = f"{since} until {said(other.ends_at)}" if other.ends_at else f"{since}, without an end"
    who = "This post" if other.post_id == slot.post_id else f"“{other.post}”"
    cure = "begin after its end, or choose another place" if other.ends_at else "give that an end first"
    if other.starts_at <= slot.starts_at:
        return f"{who} stands in the place “{other}” {time}. Tick “Make room” to end that when this begins, or {cure}."
    return f"{who} is to stand in the place “{other}” {time}. Let this end by then, or change that one."


def said(moment):
    return f"{timezone.localtime(moment):%d %B %Y, %H:%M}"


@transaction.atomic
def put(slot, *, makes_room=False):
    """Saves the slot. With `makes_room`, what stands in its place, or its post elsewhere, ends when it begins.

    Raises PlaceIsTaken when something else stands in the way.
    """
    keep_others_out()
    if other := obstacle(slot, makes_room=makes_room):
        raise PlaceIsTaken(reason(slot, other))
    if makes_room:
        same = FrontSlot.objects.filter(Q(place=slot.place) | Q(post=slot.post_id)).exclude(pk=slot.pk)
        same = same.during(slot.starts_at, slot.ends_at)
        same.filter(starts_at=slot.starts_at).delete()
        same.update(ends_at=slot.starts_at)
    slot.save()


def take_off(slot):
    """Ends a slot that runs; one that has only begun, or has not, is forgotten."""
    now = this_minute()
    if slot.starts_at < now:
        slot.ends_at = now
        slot.save()
    else:
        slot.delete()


def keep_others_out():
    """To the end of the transaction nobody else changes a slot, so that what was checked stays true."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE posts_frontslot IN SHARE ROW EXCLUSIVE MODE")
