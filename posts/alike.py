"""Tags that may be one and the same: written a little differently, or with a slip."""

from django.db import connection

SHOWN = 60
LIKE = 0.6
SHARING = 200  # a beginning or end that more tags share tells nothing

# First the same but for case, accents, blanks and marks. Then those that begin or end alike, are about as long and share
# most groups of three letters; years and numbers must agree. So no tag is compared with every other.
PAIRS = """
WITH folded AS MATERIALIZED (
    SELECT id, lower(search_folded(name)) AS written FROM posts_tag
), plain AS MATERIALIZED (
    SELECT id, written, regexp_replace(written, '[^[:alnum:]]+', '', 'g') AS plain,
        regexp_replace(written, '[^0-9]+', '', 'g') AS digits
    FROM folded
), same AS (
    SELECT array_agg(id ORDER BY id) AS ids, 1.0 AS likeness FROM plain WHERE plain <> '' GROUP BY plain HAVING count(*) > 1
), all_keys AS (
    SELECT plain.*, length(plain) AS size, key, count(*) OVER (PARTITION BY key, digits) AS sharing FROM plain
    CROSS JOIN LATERAL (VALUES ('<' || left(plain, 6)), ('>' || right(plain, 6))) AS of (key)
    WHERE length(plain) > 4
), keys AS MATERIALIZED (
    SELECT * FROM all_keys WHERE sharing <= %(sharing)s
), near AS (
    SELECT DISTINCT ARRAY[one.id, other.id] AS ids, similarity(one.written, other.written) AS likeness
    FROM keys AS one JOIN keys AS other USING (key, digits)
    WHERE one.id < other.id AND abs(one.size - other.size) < 4 AND one.plain <> other.plain
        AND similarity(one.written, other.written) >= %(like)s
)
SELECT ids, likeness FROM same
UNION ALL (SELECT ids, likeness FROM near ORDER BY likeness DESC, ids LIMIT %(shown)s)
ORDER BY likeness DESC, ids LIMIT %(shown)s
"""


def groups():
    """Lists of ids of tags that look alike, the likeliest first."""
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, {"shown": SHOWN, "like": LIKE, "sharing": SHARING})
        return [ids for ids, _ in cursor.fetchall()]
