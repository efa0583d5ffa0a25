"""What an editor's search finds: posts of every status, by number, address, beginning of the title or words.

However common a word, the newest posts that have it are found by the marks of the months they came out in, as for
readers; what is not published is in an index of its own.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.db import connection
from django.utils import timezone

from informed_comment import redirects
from posts.models import Post, SearchEntry
from posts.models.search import ROUGH, SAMPLE
from posts.searching import facets
from posts.searching.asked import one_line
from posts.searching.finding import CHECKED, MANY, MATCHED, ROUGHLY, narrowed

LISTED = 200  # of each, published or not
BEGINNING = 20  # titles that begin so
NUMBER = re.compile(r"#?([1-9]\d{0,17})")
SCREEN = re.compile(r"/admin/posts/post/(\d{1,18})/")
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)

OF_ALL = """, unpublished AS MATERIALIZED (
    SELECT post_id FROM posts_searchentry
    WHERE %(and_unpublished)s AND readable_at IS NULL AND words @@ (SELECT wanted FROM asked)
    AND (categories @> (SELECT categories FROM asked)) IS TRUE AND (authors @> (SELECT authors FROM asked)) IS TRUE
)
SELECT ARRAY(SELECT post_id FROM unpublished ORDER BY post_id DESC LIMIT %(ranked)s),
    ARRAY(SELECT post_id FROM newest ORDER BY readable_at DESC, post_id DESC),
    (SELECT count(*) FROM unpublished),
    CASE WHEN is_estimate THEN (SELECT count(*) FROM sample) * (SELECT times FROM scale) ELSE (SELECT count(*) FROM matched) END,
    is_many
FROM reach
"""


@dataclass(frozen=True)
class Within:
    """What narrows a search before it is cut: the path of a category, the slug of an author, a span of dates.

    `own` is a user who is looking for posts they wrote; `author` is then the name they sign with, if they have one.
    """

    category: str = ""
    author: str = ""
    own: object = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass
class Found:
    """Ids of posts, the best first; how many there are in all, exactly or about."""

    ids: list
    total: int
    is_estimate: bool = False

    @property
    def is_cut(self):
        return self.total > len(self.ids)


def find(text, within=Within()):
    """What the text names, then what begins with it, then what has its words: those not published, then the newest.

    A beginning that very many titles share says little, and comes last.
    """
    text = one_line(text)
    if address := at_address(text):
        return Found(address, len(address))
    begun = beginning(text)
    first, last = ([], begun) if len(begun) > BEGINNING else (begun, [])
    found = by_words(text, within) if within.author or not within.own else Found([], 0)
    own = begun_by(within.own, text) if within.own else []
    ids = list(dict.fromkeys([*numbered(text), *first, *own, *found.ids, *last]))
    return Found(ids, max(found.total, len(ids)), found.is_estimate)


def numbered(text):
    number = NUMBER.fullmatch(text)
    return list(Post.objects.filter(pk=number[1]).values_list("pk", flat=True)) if number else []


def at_address(text):
    """The post of an address of the site, old ones too, or of a screen of the newsroom."""
    if not text.startswith(("/", "http://", "https://")):
        return []
    try:
        path = redirects.plain(urlsplit(text).path)
    except ValueError:
        return []
    if screen := SCREEN.match(path):
        return list(Post.objects.filter(pk=screen[1]).values_list("pk", flat=True))
    permalinks = Post.objects.order_by().values_list("pk", flat=True)
    found = list(permalinks.filter(permalink=path)) if path.strip("/") else []
    if not found and (now := redirects.where_now(path)):
        found = list(permalinks.filter(permalink=now))
    return found


def beginning(text):
    if len(text) < 2:
        return []
    ids = Post.objects.titled(text).order_by().values_list("pk", flat=True)[:LISTED]
    return sorted(ids, reverse=True)


def begun_by(user, text):
    """The newest posts with the words that a user began, whoever signs them."""
    entries = SearchEntry.objects.matching(text).filter(post__created_by=user).order_by("-post_id")
    return list(entries.values_list("pk", flat=True)[:LISTED])


def by_words(text, within):
    if not text:
        return Found([], 0)
    given = values(text, within)
    with connection.cursor() as cursor:
        cursor.execute(narrowed(MATCHED + OF_ALL, given), given)
        drafts, published, unpublished, readable, is_many = cursor.fetchone()
    ids, total = drafts + published, unpublished + readable
    return Found(ids, facets.rounded(total) if is_many else total, is_many)


def values(text, within):
    """What the statement is given."""
    return {
        "words": text,
        "category": within.category,
        "author": within.author,
        "in_year": within.since is not None,
        "since": within.since or EARLIEST,
        "until": within.until or horizon(),
        "and_unpublished": within.since is None,
        "sample": SAMPLE,
        "rough": ROUGH,
        "roughly": ROUGHLY,
        "ranked": LISTED,
        "few": LISTED,
        "many": MANY,
        "checked": CHECKED,
        "enough": LISTED * 3 // 2 // SAMPLE + 6,  # hardly ever too few
    }


def horizon():
    """The last moment a post comes out, now at the earliest: one scheduled for next year is one of the newest."""
    published = Post.objects.filter(status=Post.Status.PUBLISHED).newest_first()
    return max([timezone.now(), *published.values_list("published_at", flat=True)[:1]])
