"""What lists show of posts: fetched in one row each, worked out once, and nothing more can be asked of it.

A list is made of these and of no models: a page of ten costs one question, and a relation that a template reaches for
and that was not fetched is a fault, not a query. A row is text and tells all that is shown, so what was made of one is
right wherever the same row comes again, in whatever list and edition.
"""

import json
import sys
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, OuterRef, Subquery, TextField
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone
from django.utils.dates import MONTHS

from images import pictures
from informed_comment import remembered
from informed_comment.addresses import address_of
from informed_comment.prepared import prepared
from posts.models import Byline, Filing
from posts.models.byline import signatures
from posts.models.post import is_right_to_left

STANDFIRST_WORDS = 40
OF_POST = ("title", "permalink", "language", "standfirst", "published_at")


@dataclass(frozen=True)
class Section:
    """The category that labels a post."""

    name: str
    address: str


@dataclass(frozen=True)
class Teaser:
    """A post in a list. `published_at` is in the publication's own time, `moment` and `day` say it to machines and readers."""

    pk: int
    title: str
    permalink: str
    language: str
    is_right_to_left: bool
    standfirst: str
    summary: str
    published_at: datetime
    moment: str
    day: str
    section: Section | None
    signatures: list
    picture: pictures.Picture | None
    source: str

    def __str__(self):
        return self.title

    def fields(self):
        return vars(self)


@dataclass(frozen=True)
class Headline:
    """A post of which a list shows the title, and at most a picture."""

    title: str
    permalink: str
    language: str
    is_right_to_left: bool
    picture: pictures.Picture | None


class OfLists(Func):
    """Of a picture's renditions those that lists show: the cut of their shape, or all where there is none."""

    template = "coalesce(nullif(jsonb_path_query_array(%(expressions)s, '$[*] ? (@.crop == \"3x2\")'), '[]'), %(expressions)s)"


def row():
    """The expression for all of it: JSON as text, in one column of a query of posts."""
    lines = Byline.objects.filter(post=OuterRef("pk"))
    lines = lines.values(line=JSONObject(role="role", name="author__name", slug="author__slug"))
    sections = Filing.objects.filter(post=OuterRef("pk"), is_direct=True)
    sections = sections.values(section=JSONObject(name="category__name", path="category__path"))[:1]
    picture = {name: f"lead_image__{name}" for name in pictures.SHOWN}
    found = JSONObject(
        **{name: name for name in OF_POST},
        pk="pk",
        picture=JSONObject(**picture | {"renditions": OfLists(picture["renditions"])}),
        section=Subquery(sections),
        lines=ArraySubquery(lines),
    )
    return Cast(found, TextField())


def of(make):
    """A function that asks for the posts of the queryset `make` builds, as `prepared()` does, and gives them as teasers."""
    rows = prepared(lambda: make().values_list(row(), flat=True))
    return lambda **values: [teaser(source) for source in rows(**values)]


def teaser(source):
    found = remembered.of_process.get(source)
    if found is None:
        found = made(source)
        remembered.of_process.put(source, found, 4 * sys.getsizeof(source) + remembered.OVERHEAD)
    return found


def made(source):
    found = json.loads(source)
    at = timezone.localtime(datetime.fromisoformat(found["published_at"]))
    section, picture = found["section"], found["picture"]
    return Teaser(
        pk=found["pk"],
        title=found["title"] or "Untitled",
        permalink=found["permalink"],
        language=found["language"],
        is_right_to_left=is_right_to_left(found["language"]),
        standfirst=found["standfirst"],
        summary=shortened(found["standfirst"]),
        published_at=at,
        moment=f"{at:%Y-%m-%dT%H:%M:%S%z}",
        day=f"{MONTHS[at.month]} {at.day}, {at.year:04}",
        section=Section(section["name"], address_of("posts:category", section["path"])) if section else None,
        signatures=signatures([(line["role"], line["name"], line["slug"]) for line in found["lines"]]),
        picture=pictures.Picture(**picture) if picture["file"] else None,
        source=source,
    )


def shortened(text):
    """As many words as a card has room for."""
    words = text.split()
    return " ".join(words[:STANDFIRST_WORDS]) + ("…" if len(words) > STANDFIRST_WORDS else "")


# A headline as a query of our own gives it; the tables go by the aliases `post` and `image`.
HEADLINE = f"""
jsonb_build_object('title', post.title, 'permalink', post.permalink, 'language', post.language, 'picture',
CASE WHEN image.file <> '' THEN jsonb_build_object({", ".join(f"'{name}', image.{name}" for name in pictures.SHOWN)}) END)::text
"""


def headline(source):
    found = json.loads(source)
    picture = found["picture"]
    return Headline(
        found["title"] or "Untitled",
        found["permalink"],
        found["language"],
        is_right_to_left(found["language"]),
        pictures.Picture(**picture) if picture else None,
    )
