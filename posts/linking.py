"""What an editor may link to, found as the words are typed: the newest first, and never slowly.

The last word may be half typed. A word that half of all posts have is looked for among the newest: heads of posts
before bodies, the last year before all years; what is found ends the search.
"""

import re
from datetime import timedelta

from django.db import connection

from authors.models import Author
from informed_comment import clocks
from posts.models import Category, Post, Tag
from posts.searching.asked import one_line

MOST = 10
MOST_NAMES = 3  # of categories, tags and authors each
SHORTEST_BEGINNING = 3  # letters; fewer begin half the words there are
AHEAD = timedelta(days=730)  # scheduled posts
NEWEST = timedelta(days=365)

WANTED = """
SELECT (search_wanted(%(whole)s) && CASE WHEN %(beginning)s = '' THEN search_wanted(%(last)s) ELSE
    (CASE WHEN last::text ~ '^''[^'']+''$' THEN (last::text || ':*')::tsquery ELSE last END)
    || search_wanted(coalesce((
        SELECT string_agg(word, ' or ') FROM (
            SELECT word FROM posts_knownword
            WHERE folded LIKE btrim(translate(lower(search_folded(%(beginning)s)), E'\\x1f', '')) || '%%'
            ORDER BY posts DESC LIMIT 6
        ) AS begun
    ), ''))
END)::text
FROM search_wanted(%(last)s) AS last
"""
FOUND = """
SELECT post_id FROM posts_searchentry
WHERE {words} @@ (SELECT %(wanted)s::tsquery && {marks}) AND readable_at BETWEEN %(since)s AND %(until)s
ORDER BY readable_at DESC, post_id DESC LIMIT %(most)s
"""
UNREAD = """
SELECT post_id FROM posts_searchentry JOIN posts_post ON posts_post.id = post_id
WHERE search_head(words, readable_at) @@ (SELECT %(wanted)s::tsquery && '''@'''::tsquery) AND status <> 'trashed'
ORDER BY updated_at DESC LIMIT %(most)s
"""
HEAD, ALL = "search_head(words, readable_at)", "words"
MARKED, ANY_TIME = "search_marks(%(since)s, %(until)s)", "''::tsquery"


def posts(typed, *, drafts):
    """Posts with the words, newest first: those with an address, and of `drafts` those that have none yet."""
    wanted = wanted_for(one_line(typed))
    if not wanted:
        return []
    now = clocks.present()
    until, year, ever = now + AHEAD, now - NEWEST, now - timedelta(days=365 * 200)
    ids = {}
    with connection.cursor() as cursor:
        for words, marks, since in (
            (HEAD, MARKED, year),
            (HEAD, ANY_TIME, ever),
            (ALL, MARKED, year),
            (ALL, ANY_TIME, ever),
        ):
            values = {"wanted": wanted, "since": since, "until": until, "most": MOST}
            cursor.execute(FOUND.format(words=words, marks=marks), values)
            ids |= dict.fromkeys(pk for (pk,) in cursor.fetchall())
            if len(ids) >= MOST:
                break
        cursor.execute(UNREAD, {"wanted": wanted, "most": MOST})
        unread = [pk for (pk,) in cursor.fetchall()]
    shown = ("title", "status", "published_at", "updated_at", "permalink")
    found = [
        *Post.objects.filter(pk__in=list(ids)[:MOST]).only(*shown),
        *drafts.filter(pk__in=unread).only(*shown),
    ]
    return sorted(found, key=lambda post: post.published_at or post.updated_at, reverse=True)[:MOST]


def wanted_for(typed):
    """The words as a query of the index, as text; "" when there is nothing to look for."""
    whole, _, last = typed.rpartition(" ")
    beginning = re.sub(r"[^\w]", "", last.lower()).replace("_", "")
    values = {
        "whole": whole,
        "last": last,
        "beginning": beginning if len(beginning) >= SHORTEST_BEGINNING else "",
    }
    with connection.cursor() as cursor:
        cursor.execute(WANTED, values)
        return cursor.fetchone()[0]


def named(typed):
    """Categories, tags and authors whose name has the words, those that begin with them first."""
    words = one_line(typed)
    if len(words) < 2:
        return []
    found = []
    for kind, model in (("Category", Category), ("Author", Author), ("Tag", Tag)):
        rows = list(model.objects.filter(name__istartswith=words)[:MOST_NAMES])
        if len(rows) < MOST_NAMES:
            others = model.objects.filter(name__icontains=words).exclude(pk__in=[row.pk for row in rows])
            rows += others[: MOST_NAMES - len(rows)]
        found += [(kind, row) for row in rows]
    return found
