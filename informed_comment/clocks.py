"""How late it is: by our clock, by the database's, and by whichever of them is late.

Clocks of machines differ, and somebody sets them. What comes out or goes out at its hour goes by both: a process whose clock runs
ahead shows and sends nothing early. How late it is at the database is worked out from when it last said so, by a clock that never
jumps; web processes hear it with each look at the edition, workers every few seconds.
"""

import time
from datetime import UTC, datetime

from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

NOW = "extract(epoch FROM statement_timestamp())"


class Heard:
    """What the database said last, and when that was."""

    def __init__(self):
        self.last = None

    def note(self, seconds):
        self.last = float(seconds), time.monotonic()

    def now(self):
        if self.last is None:
            return timezone.now()
        seconds, then = self.last
        return datetime.fromtimestamp(seconds + time.monotonic() - then, UTC)


of_database = Heard()


def present():
    """The moment at which something is past by both clocks; never earlier than what the database last said."""
    return min(timezone.now(), theirs())


def theirs():
    """How late it is at the database; by our own clock, where it has not said yet."""
    return of_database.now()


def ask(database):
    with database.cursor() as cursor:
        cursor.execute(f"SELECT {NOW}")
        note(database, cursor.fetchone()[0])


def note(database, seconds):
    if database.alias == DEFAULT_DB_ALIAS:
        of_database.note(seconds)
