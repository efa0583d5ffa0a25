"""The look: how a process learns which edition readers see, by one query for all its threads.

What it found is good until EDITION_LOOK_SECONDS are over or a new second of the wall clock has begun, so that whatever
is labelled with its moment may be kept to the end of that second and never longer. One thread looks; the others go on
with what is known unless that is too old.

While the database does not answer, the last known edition stands for EDITION_STALE_SECONDS: pages that are finished are
still served, and no reader waits. A thread of its own tries again every second; when the database is back, that is all it
takes.
"""

import contextlib
import functools
import logging
import threading
import time
from typing import NamedTuple

import psycopg
from django.apps import apps
from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connection
from django.utils import timezone

from informed_comment import clocks, half_restored

logger = logging.getLogger(__name__)

OLDEST = 1.0  # seconds: nobody goes on with a look that is older while another thread looks
PATIENCE = 2.0  # seconds a look may take before the others take the database for away
AGAIN_AFTER = 0.25  # seconds from a failed look to the next


class DatabaseAway(OperationalError):
    """The database does not answer, and what was asked for cannot be had without it."""


class Look(NamedTuple):
    """A label, the epoch second at which the look that found it began, and that moment by the clock that never jumps."""

    label: str
    at: float
    begun: float
    is_away: bool = False  # the database did not answer, and this is the last that was known

    @property
    def good_until(self):
        """The second, in epoch seconds, to whose end an answer made from this look may be kept."""
        return int(self.at)


@functools.cache
def moments_sql():
    """One SELECT: the edition's number and the newest dated moment already past, in epoch seconds.

    Past by our clock and by the database's, whichever is late: pages are made by either, so a moment that one of them has
    not reached may not stand in the label yet. Takes `now`.
    """
    latest = ["0"]
    for model in apps.get_models():
        table = connection.ops.quote_name(model._meta.db_table)
        for field, condition in getattr(model, "edition_moments", {}).items():
            column = connection.ops.quote_name(model._meta.get_field(field).column)
            latest.append(
                f"(SELECT extract(epoch FROM max({column})) FROM {table} "
                f"WHERE {column} <= least(%(now)s, statement_timestamp()) AND {condition})"
            )
    return f"SELECT number, greatest({', '.join(latest)}), {clocks.NOW} FROM informed_comment_edition"


def label_in(database):
    """The label by the rows of this database connection, such as ``"412.1764012345"``."""
    with database.cursor() as cursor:
        cursor.execute(moments_sql(), {"now": timezone.now()})
        found = cursor.fetchone()
    if found is None:
        raise DatabaseAway(half_restored.said() or "The row of the edition is gone.")
    number, moment, theirs = found
    clocks.note(database, theirs)
    return f"{number}.{float(moment):.6f}".rstrip("0").rstrip(".")


def asked_of_primary():
    """The label; a connection that was kept and broke meanwhile is replaced once."""
    was_kept = connection.connection is not None
    try:
        return label_in(connection)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block or not was_kept:
            raise
        connection.close()
        return label_in(connection)


def watched_by_a_thread(looks):
    """Has the database tried again until it answers."""

    def watch():
        while True:
            time.sleep(AGAIN_AFTER)
            try:
                if is_reachable() and looks.is_found_again():
                    break
            finally:
                connection.close()

    threading.Thread(target=watch, name="edition", daemon=True).start()


def is_reachable():
    """Tried past the process's pool, which would make whoever asks wait though the database is long back."""
    try:
        with psycopg.connect(**connection.get_connection_params() | {"connect_timeout": 2}):
            return True
    except psycopg.Error:
        return False


class Looks:
    """What the threads of a process know of the edition."""

    def __init__(self, ask=asked_of_primary, watch=watched_by_a_thread):
        self.ask, self.watch = ask, watch
        self.otherwise = lambda: (
            None
        )  # a label for whoever knows none while the database is away (replica.py)
        self.lock = threading.Lock()
        self.last = None
        self.since = None  # when the look under way began
        self.error = None  # that of a look that failed, until one succeeds
        self.not_before = 0.0  # what was looked at earlier is forgotten

    def forget(self):
        self.not_before = time.monotonic()

    def now(self):
        """The newest look that is good enough. Raises DatabaseAway when there is none."""
        arrived = time.monotonic()
        last = self.last
        if last and self.is_fresh(last, arrived):
            return last
        if self.error:
            return self.last_known(arrived)
        if self.lock.acquire(blocking=False):
            return self.look_and_release()
        if last and self.may_go_on(last, arrived):
            return last
        return self.waited_for(last, arrived)

    def at_hand(self):
        """A look that is good enough without asking the database, or None."""
        now, last = time.monotonic(), self.last
        if last is None:
            return None
        if self.is_fresh(last, now):
            return last
        if self.error:
            return self.last_known(now) if self.is_known_still(now) else None
        if self.lock.locked() and self.may_go_on(last, now):
            return last
        return self.last_known(now) if self.hangs(now) and self.is_known_still(now) else None

    def hangs(self, now):
        since = self.since
        return since is not None and now - since > PATIENCE

    def is_fresh(self, last, now):
        return (
            now - last.begun < settings.EDITION_LOOK_SECONDS
            and last.begun >= self.not_before
            and int(time.time()) == last.good_until
        )

    def may_go_on(self, last, now):
        """Whether one may go on with this while another thread looks."""
        oldest = min(OLDEST, 4 * settings.EDITION_LOOK_SECONDS)
        return now - last.begun < oldest and last.begun >= self.not_before

    def waited_for(self, before, arrived):
        """What the thread that looks has found, or what is known when it takes too long."""
        since = self.since or arrived
        if not self.lock.acquire(timeout=max(0, since + PATIENCE - arrived)):
            return self.last_known(arrived)
        last = self.last
        if last and self.is_found_for(last, before, arrived):
            self.lock.release()
            return last
        if self.error:
            self.lock.release()
            return self.last_known(arrived)
        return self.look_and_release()

    def is_found_for(self, last, before, arrived):
        """Whether one who waited from then on may go by this; where every request looks for itself, it must be newer."""
        is_new = last is not before and last.begun >= self.not_before
        return is_new and (last.begun >= arrived or settings.EDITION_LOOK_SECONDS > 0)

    def look_and_release(self):
        try:
            return self.look()
        finally:
            self.lock.release()

    def look(self):
        at, begun = time.time(), time.monotonic()
        self.since = begun
        try:
            label = self.ask()
        except (OperationalError, InterfaceError) as error:
            is_news, self.error = self.error is None, error
            if is_news:
                logger.error("The database does not answer, so readers get finished pages only: %s", error)
                self.watch(self)
            return self.last_known(begun)
        finally:
            self.since = None
        self.last = Look(label, at, begun)
        return self.last

    def is_found_again(self):
        """Looks while nobody waits for it; whether the database answered."""
        with self.lock, contextlib.suppress(Error):
            if not self.look().is_away:
                logger.warning("The database answers again.")
                self.error = None
        return self.error is None

    def is_away_now(self):
        """Whether the database does not answer; asks it unless that is known."""
        look = self.found()
        return look is None or look.is_away

    def is_well(self):
        """Whether the database answers, as far as is known."""
        return self.error is None and not self.hangs(time.monotonic())

    def found(self):
        """A look that is good enough, or None, for whoever is no request."""
        try:
            return self.now()
        except Error:
            return None
        finally:
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()  # back into the pool

    def is_known_still(self, now):
        return self.last is not None and now - self.last.begun <= settings.EDITION_STALE_SECONDS

    def last_known(self, now):
        if self.is_known_still(now):
            return self.last._replace(is_away=True)
        if label := self.otherwise():
            return Look(label, time.time(), now, is_away=True)
        raise DatabaseAway("The database does not answer.") from self.error


of_process = Looks()
