"""Whether the database takes what is written, and has connections left: it can fall short of either and still answer readers."""

import threading
import time
from dataclasses import dataclass

import psycopg
from django.db import DatabaseError, connection

from informed_comment import trying_again
from informed_comment.watching import of_machines
from informed_comment.watching.lights import Light, State

FRESH = 10.0  # seconds that an answer is good for, where many ask
# One question. What does not fit into so little memory goes to PostgreSQL's disk, some three megabytes, and is gone with the answer.
STATE = """
WITH little AS MATERIALIZED (SELECT set_config('work_mem', '64kB', true))
SELECT current_setting('transaction_read_only') = 'on', extract(epoch FROM clock_timestamp()),
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
    (SELECT count(*) FROM little, generate_series(1, 150000))
"""
MANY, NEARLY_ALL = 0.8, 0.95
FULL = "PostgreSQL finds no room on its disk: nothing can be saved or sent, and readers go on reading."
MAKE_ROOM = (
    "Make room on the disk of PostgreSQL's data: look for old files beside it, logs and what a replication slot keeps (pg_wal), "
    "or enlarge it. Never delete anything in its data folder. Nothing has to be started anew."
)
READ_ONLY = "The database is read-only: nothing can be saved or sent, and readers go on reading."
TAKE_OVER = (
    "If another server has taken over, name it in DATABASE_URL and restart web and worker; a replica becomes the primary by "
    "SELECT pg_promote(). Else look for who set default_transaction_read_only."
)
NO_CONNECTION = (
    "has no connection left: look who holds them (pg_stat_activity), end what hangs, or raise max_connections"
)


@dataclass(frozen=True)
class Found:
    """What was found: `trouble` is what keeps the database from taking what is written, and the cure."""

    trouble: tuple = ()
    taken: int = 0
    most: int = 0
    clock: float = 0.0


def look():
    try:
        with connection.cursor() as cursor:
            cursor.execute(STATE)
            is_read_only, clock, taken, most, _ = cursor.fetchone()
    except DatabaseError as error:
        if not trying_again.is_full_of_rows(error):
            raise
        return Found(trouble=(FULL, MAKE_ROOM))
    return Found((READ_ONLY, TAKE_OVER) if is_read_only else (), taken, most, float(clock))


def lights():
    """The last of them: our clock and the database's, since what is scheduled goes by both."""
    begun, found, ended = time.time(), look(), time.time()
    says = "It takes what is written."
    yield (
        Light("Database", State.BAD, *found.trouble) if found.trouble else Light("Database", State.GOOD, says)
    )
    if found.most:
        yield connections(found.taken, found.most)
        yield of_machines.clocks(max(0, begun - found.clock, found.clock - ended))


def connections(taken, most):
    says, share = f"{taken} of {most} connections are taken.", taken / most
    if share < MANY:
        return Light("Connections", State.GOOD, says)
    cure = (
        "Look who holds them (SELECT application_name, client_addr, state, count(*) FROM pg_stat_activity GROUP BY 1, 2, 3) and end "
        "what hangs; or raise max_connections of PostgreSQL, or put PgBouncer before it (docs/operations.md)."
    )
    return Light("Connections", State.BAD if share > NEARLY_ALL else State.WATCH, says, cure)


class Kept:
    """The answer of a moment ago, for whoever is asked by many."""

    def __init__(self):
        self.lock, self.said, self.at = threading.Lock(), "ok", float("-inf")

    def says(self):
        with self.lock:
            if time.monotonic() - self.at > FRESH:
                found = look().trouble
                self.said, self.at = f"refused. {' '.join(found)}" if found else "ok", time.monotonic()
            return self.said


writes = Kept()


def why_away():
    """What the server says to whoever knocks, past the pool: "" unless it is that there is no connection left."""
    given = connection.get_connection_params() | {"connect_timeout": 1}
    try:
        psycopg.connect(**given).close()
    except psycopg.OperationalError as error:
        said = str(error)
        return NO_CONNECTION if any(words in said for words in trying_again.NO_CONNECTION) else ""
    return ""
