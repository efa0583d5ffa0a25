"""Posts by what stands in their heads (title, standfirst, tags, names), while somebody is still typing the last word."""

from django.db import connection

from posts.models.search import SAMPLE
from posts.searching import newsroom
from posts.searching.asked import one_line

SHORTEST = 3  # letters of a word that is still being typed
MEANT = 8  # known words it may become

# The words a beginning may become are looked up among those posts are known to have, the commonest first. A sample
# says from when on there are enough posts; what is not published is looked at whole.
LISTED = """
WITH begun AS MATERIALIZED (
    SELECT lower(search_folded(%(begun)s)) AS letters
), meant AS (
    SELECT word FROM posts_knownword
    WHERE %(begun)s <> '' AND folded LIKE (SELECT letters FROM begun) || '%%' ORDER BY posts DESC LIMIT %(meant)s
), asked AS MATERIALIZED (
    SELECT '(' || nullif(search_wanted(%(whole)s)::text, '') || ')' AS whole, (
        SELECT string_agg('(' || wanted || ')', ' | ') FROM (
            SELECT search_wanted(word)::text AS wanted FROM meant
            UNION ALL SELECT search_wanted(%(last)s)::text
        ) AS forms WHERE wanted <> ''
    ) AS ending, (
        SELECT '(' || nullif(to_tsquery('posts', letters || ':*')::text, '') || ')' FROM begun WHERE letters <> ''
    ) AS beginning
), query AS MATERIALIZED (
    SELECT concat_ws(' & ', whole, '(' || ending || ')')::tsquery AS wanted,
        concat_ws(' & ', whole, '(' || nullif(concat_ws(' | ', ending, beginning), '') || ')')::tsquery AS unpublished
    FROM asked
), bound AS MATERIALIZED (
    SELECT (
        SELECT readable_at FROM posts_searchentry
        WHERE hashint8(post_id) %% %(sample)s = 0 AND search_head(words, readable_at) @@ (SELECT wanted FROM query)
        AND readable_at IS NOT NULL ORDER BY readable_at DESC OFFSET 2 LIMIT 1
    ) AS since
), reach AS MATERIALIZED (
    SELECT coalesce(since, '-infinity') AS since, CASE WHEN since > %(until)s - interval '4 years'
        THEN wanted && search_marks(since, %(until)s) ELSE wanted END AS wanted
    FROM query CROSS JOIN bound
), readable AS MATERIALIZED (
    SELECT post_id, readable_at FROM posts_searchentry
    WHERE search_head(words, readable_at) @@ (SELECT wanted FROM reach)
    AND readable_at >= (SELECT since FROM reach)
), unpublished AS MATERIALIZED (
    SELECT post_id FROM posts_searchentry WHERE readable_at IS NULL AND words @@ (SELECT unpublished FROM query)
    AND search_head(words, readable_at) @@ (SELECT unpublished FROM query)
)
(SELECT post_id FROM unpublished ORDER BY post_id DESC LIMIT %(length)s)
UNION ALL
(SELECT post_id FROM readable ORDER BY readable_at DESC, post_id DESC LIMIT %(length)s)
"""


def find(typed, length):
    """Ids of posts whose heads have the words, the last of which may be unfinished: not published, then the newest."""
    typed = one_line(typed)
    whole, _, last = typed.rpartition(" ")
    if not last:
        return []
    begun = "".join(letter for letter in last.lower() if letter.isalnum())
    given = {
        "whole": whole,
        "last": last,
        "begun": begun if len(begun) >= SHORTEST else "",
        "meant": MEANT,
        "sample": SAMPLE,
        "until": newsroom.horizon(),
        "length": length,
    }
    with connection.cursor() as cursor:
        cursor.execute(LISTED, given)
        return [pk for (pk,) in cursor.fetchall()]
