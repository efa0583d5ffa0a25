"""A site whose restore has rows and is not at its end: nobody may be served by it, nor may a worker do what waits in it.

From the rows of a backup to the end of its restore (today's tables, erasures done again, mail held back) the table of the edition is
empty, so no process can make a page, and a comment on it names the backup. All of it goes with the transactions of the restore.
"""

import json

from django.db import connection
from psycopg import sql

SAID = (
    "A restore of this site, of the backup of {moment}, was ended in the middle. Give manage.py restore the same file again: it goes on "
    "where it was."
)
LEFT = """
SELECT obj_description(oid, 'pg_class') FROM pg_class
WHERE relname = 'informed_comment_edition' AND relnamespace = current_schema()::regnamespace
"""
COMMENT = "COMMENT ON TABLE informed_comment_edition IS {}"
AHEAD = "UPDATE informed_comment_edition SET number = number + extract(epoch FROM now())::bigint"


def begin(cursor, *, moment):
    """In the transaction of the rows. The edition will be far ahead of every number readers may have seen since the backup."""
    cursor.execute(AHEAD)
    cursor.execute("DELETE FROM informed_comment_edition RETURNING number")
    (number,) = cursor.fetchone()
    cursor.execute(sql.SQL(COMMENT).format(json.dumps({"moment": moment, "edition": number})))


def left(cursor=None):
    """What stands there of a restore that is not at its end: the moment of its backup, the number of the edition to come; or None."""
    if cursor is None:
        with connection.cursor() as cursor:
            return left(cursor)
    cursor.execute(LEFT)
    found = cursor.fetchone()
    return json.loads(found[0]) if found and found[0] else None


def end(cursor):
    """In the last transaction of the restore: the site can be served."""
    cursor.execute(
        "INSERT INTO informed_comment_edition (id, number) VALUES (1, %s)", [left(cursor)["edition"]]
    )
    cursor.execute("COMMENT ON TABLE informed_comment_edition IS NULL")


def said():
    """A sentence with the cure, or nothing where the site is whole."""
    found = left()
    return SAID.format(moment=found["moment"]) if found else ""
