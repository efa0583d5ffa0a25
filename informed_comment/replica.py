"""Readers' questions answered by a replica, a copy of PostgreSQL that follows the primary (DATABASE_REPLICA_URL).

A page is labelled with the edition that the primary has, looked at before the page is made. The replica may make it
only when the replica itself has that edition: the number is raised in the very transaction that changes rows, so a replica that
shows the number shows the rows. One that is behind is passed by, and the primary makes the page; nobody is ever shown
an older text because of a replica, however far it is behind.

Only public pages without a session come by here. Staff, whoever writes, and the beacons ask the primary.
"""

import contextlib
import logging
import threading
import time

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections

from informed_comment.databases import REPLICA
from informed_comment.edition_look import DatabaseAway, label_in, of_process

TRIED_AGAIN_AFTER = 1  # seconds, while it is away
ASKED_AGAIN_AFTER = 0.05  # seconds, while it is behind
EDITION = "SELECT number FROM informed_comment_edition"
FORBIDDEN = {"25006": "writes", "0A000": "reads a table without a log"}  # on a replica
logger = logging.getLogger(__name__)
_thread = threading.local()


class Router:
    """Sends what models ask to the replica while `answered()` says so, and everything else to the primary."""

    def db_for_read(self, model, **hints):
        return alias()

    def db_for_write(self, model, **hints):
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one, other, **hints):
        return True  # they are the same rows

    def allow_migrate(self, db, app_label, **hints):
        return db == DEFAULT_DB_ALIAS


def alias():
    return REPLICA if getattr(_thread, "is_reading", False) else DEFAULT_DB_ALIAS


def connection():
    """What SQL of our own is asked by where readers' pages are made, in the place of `django.db.connection`."""
    return connections[alias()]


class State:
    """What this process knows of the replica."""

    def __init__(self):
        self.lock = threading.Lock()
        self.is_away = False
        self.behind_until = 0.0
        self.last_error = ""

    def lost(self, error):
        """From now on the primary is asked, until a thread that tries meanwhile finds the replica again."""
        with self.lock:
            if self.is_away:
                return
            self.is_away, self.last_error = True, " ".join(str(error).split())
        logger.warning("The replica is away, the primary answers readers: %s", self.last_error)
        threading.Thread(target=self.wait, name="replica", daemon=True).start()

    def wait(self):
        while True:
            time.sleep(TRIED_AGAIN_AFTER)
            with contextlib.suppress(DatabaseError, InterfaceError):
                edition_of_replica()
                break
            connections[REPLICA].close()
        connections[REPLICA].close()
        logger.warning("The replica is back.")
        self.is_away = False


state = State()


def answered(make, *, look):
    """`make()`, which only reads, by the replica if that is there and has the edition of the look; else by the primary.

    A replica may break a question off, because it holds up what the primary sends, or go away in the middle: then the
    primary is asked from the beginning. While the primary is away, the replica makes what the last known edition shows.
    """
    if REPLICA in connections.settings and has(look.label):
        was_reading, _thread.is_reading = getattr(_thread, "is_reading", False), True
        try:
            return make()
        except (DatabaseError, InterfaceError) as error:
            if not of_the_replica(error):
                raise
        finally:
            _thread.is_reading = was_reading
    if look.is_away:
        raise DatabaseAway("The database does not answer, and this page is not finished.")
    return make()


def has(label):
    """Whether the replica is there and as new as the edition with this label."""
    if state.is_away or time.monotonic() < state.behind_until:
        return False
    try:
        is_new_enough = reached(int(label.partition(".")[0]))
    except (DatabaseError, InterfaceError) as error:
        connections[REPLICA].close()
        state.lost(error)
        return False
    if not is_new_enough:
        state.behind_until = time.monotonic() + ASKED_AGAIN_AFTER
    return is_new_enough


def reached(number):
    """A session that has seen an edition sees every older one: it is asked once an edition, not once a page."""
    ours = connections[REPLICA]
    ours.close_if_health_check_failed()
    ours.ensure_connection()
    session = ours.connection
    if number > getattr(session, "edition", -1):
        session.edition = edition_of_replica()
    return number <= session.edition


def edition_of_replica():
    with connections[REPLICA].cursor() as cursor:
        cursor.execute(EDITION)
        return cursor.fetchone()[0]


def of_the_replica(error):
    """Whether it was the replica that failed, and the primary may do better; a mistake of ours fails there too."""
    code = getattr(error.__cause__, "sqlstate", None)
    if code in FORBIDDEN:
        logger.error("A page for readers %s, which belongs elsewhere: %s", FORBIDDEN[code], error)
        return True
    if code is None or code.startswith(("08", "57P", "53")):
        connections[REPLICA].close()
        state.lost(error)
        return True
    return code.startswith("40") or code == "57014"


def label():
    """The edition that the replica has, for a process that has begun while the primary is away; or None."""
    if REPLICA not in connections.settings or state.is_away:
        return None
    try:
        return label_in(connections[REPLICA])
    except (DatabaseError, InterfaceError) as error:
        connections[REPLICA].close()
        state.lost(error)
        return None


of_process.otherwise = label


def says():
    """For operators: how it is with the replica; nothing where there is none. Readers are served either way."""
    if REPLICA not in connections.settings:
        return ""
    if state.is_away:
        return f"away, the primary answers readers: {state.last_error}"
    try:
        there = edition_of_replica()
    except (DatabaseError, InterfaceError) as error:
        return f"away, the primary answers readers: {' '.join(str(error).split())}"
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(EDITION)
        here = cursor.fetchone()[0]
    return "ok" if there >= here else f"behind by {here - there}, the primary answers readers"
