"""Tags that may be one and the same: written a little differently, or with a slip."""

from django.db import connection, transaction

SHOWN = 60
LIKE = 0.6

# First the same but for case, accents, blanks and marks; then those that share most groups of three letters.
PAIRS = """
WITH folded AS MATERIALIZED (
    SELECT id, name, lower(search_folded(name)) AS written,
        regexp_replace(lower(search_folded(name)), '[^[:alnum:]]+', '', 'g') AS plain
    FROM posts_tag
), same AS (
    SELECT plain, array_agg(id ORDER BY id) AS ids, 1.0 AS likeness
    FROM folded WHERE plain <> '' GROUP BY plain HAVING count(*) > 1
), near AS (
    SELECT ARRAY[one.id, other.id] AS ids, similarity(one.written, lower(search_folded(other.name))) AS likeness
    FROM folded AS one JOIN posts_tag AS other
        ON lower(search_folded(other.name)) %% one.written AND other.id > one.id
    WHERE length(one.written) > 4
        AND regexp_replace(lower(search_folded(other.name)), '[^[:alnum:]]+', '', 'g') <> one.plain
        AND regexp_replace(one.written, '[^0-9]', '', 'g')
            = regexp_replace(lower(search_folded(other.name)), '[^0-9]', '', 'g')
)
SELECT ids, likeness FROM same
UNION ALL (SELECT ids, likeness FROM near ORDER BY likeness DESC, ids LIMIT %(shown)s)
ORDER BY likeness DESC, ids LIMIT %(shown)s
"""


@transaction.atomic
def groups():
    """Lists of ids of tags that look alike, the likeliest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(LIKE)])
        cursor.execute(PAIRS, {"shown": SHOWN})
        return [ids for ids, _ in cursor.fetchall()]
