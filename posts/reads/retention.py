"""How long reads are kept: hours 60 days, minutes two hours, and who has read what until an hour after its day.

The hour is for what a process still has to write; and after a start of the database all of them have ten minutes. Days, totals and tallies are kept for ever.
"""

from django.conf import settings
from django.db import connection

BATCH = 10_000  # rows in one statement

# The days that are over, or that a clock put right by now had once brought; none while late reads may still come.
PAST_DAY = """(
    day < ((now() - interval '1 hour') AT TIME ZONE %(zone)s)::date OR day > (now() AT TIME ZONE %(zone)s)::date + 1
) AND pg_postmaster_start_time() < now() - interval '10 minutes'"""
OVER = {
    "posts_readerskey": PAST_DAY,
    "posts_readersofday": PAST_DAY,
    "posts_networkofday": PAST_DAY,
    "posts_namesofday": PAST_DAY,
    "posts_readminute": "minute < now() - interval '2 hours'",
    "posts_readhour": "hour < now() - interval '60 days'",
}
DROP = """
DELETE FROM {table} WHERE ctid IN (SELECT ctid FROM {table} WHERE {over} LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
"""


def forget():
    """Drops what has been kept long enough; {table: rows}. Two may do it at once: each passes over the other's rows."""
    return {table: drop(table, over) for table, over in OVER.items()}


def drop(table, over):
    """One short statement after another, each a transaction of its own unless the caller has begun one."""
    statement, dropped = DROP.format(table=table, over=over), 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(statement, {"zone": settings.TIME_ZONE, "batch": BATCH})
            dropped += cursor.rowcount
            if cursor.rowcount < BATCH:
                return dropped
