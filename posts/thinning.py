"""Thinning out old revisions: of plain saves, one an hour is kept after a week, and one a day after a month more.

What is never dropped: whatever readers may have seen, a revision with a name, any deed but a plain save, a post's first
and last revision, and the one that pending changes or somebody's unsaved text were begun from.
"""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

ALL_KEPT = timedelta(days=7)
HOURLY = timedelta(days=30)
WINDOW = 20_000  # numbers of revisions looked at in one statement

# One that is followed by another of the same hour or day is too much. The state is read last and only of rows that would
# go, for it is by far the longest thing in the table.
THIN_OUT = """
WITH old AS MATERIALIZED (
    SELECT revision.id
    FROM posts_revision revision
    CROSS JOIN LATERAL (
        SELECT created_at FROM posts_revision later
        WHERE later.post_id = revision.post_id AND later.id > revision.id
        ORDER BY later.id LIMIT 1
    ) following
    WHERE revision.id > %(after)s AND revision.id <= %(to)s
      AND revision.created_at < %(all_kept_from)s
      AND revision.deed = 'save'
      AND revision.name = ''
      AND date_trunc(
          CASE WHEN revision.created_at < %(hourly_until)s THEN 'day' ELSE 'hour' END, revision.created_at, 'UTC'
      ) = date_trunc(
          CASE WHEN revision.created_at < %(hourly_until)s THEN 'day' ELSE 'hour' END, following.created_at, 'UTC'
      )
      AND EXISTS (
          SELECT FROM posts_revision earlier
          WHERE earlier.post_id = revision.post_id AND earlier.id < revision.id
      )
      AND NOT EXISTS (
          SELECT FROM posts_pendingchange change
          WHERE change.post_id = revision.post_id AND change.base_version = revision.version
      )
      AND NOT EXISTS (
          SELECT FROM posts_autosave typed
          WHERE typed.post_id = revision.post_id AND typed.base_version = revision.version
      )
)
DELETE FROM posts_revision
WHERE id IN (SELECT id FROM old) AND state ->> 'status' IS DISTINCT FROM 'published'
"""


def thin_out(*, now=None):
    """Drops what is too much; how many revisions went. Doing it again drops nothing more.

    One short statement after another, each a transaction of its own unless the caller has begun one.
    """
    now = now or timezone.now()
    ages = {"all_kept_from": now - ALL_KEPT, "hourly_until": now - ALL_KEPT - HOURLY}
    dropped = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM posts_revision")
        first, last = cursor.fetchone()
        after = (first or 1) - 1
        while after < (last or 0):
            cursor.execute(THIN_OUT, ages | {"after": after, "to": after + WINDOW})
            dropped += cursor.rowcount
            after += WINDOW
    return dropped
