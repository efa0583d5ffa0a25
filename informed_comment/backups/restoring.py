"""A backup into an empty site: looked at from end to end first, then all of it or nothing.

The tables are made by the migrations as they stood at the backup, filled in one transaction, compared with the backup one by one,
and only then brought to today's state. Nothing in the file is ever run, so a hostile one brings words and no deeds. Files
wait in a folder nobody knows until the rows are right. A restore that was killed before is begun again, one that was killed after goes on
there, and until its end nobody is served (half_restored.py).
"""

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.dateparse import parse_datetime
from django.utils.module_loading import import_string
from psycopg import sql

from informed_comment import audit, half_restored
from informed_comment.backups import filling, old_state, tables
from informed_comment.backups.checking import Taker, check
from informed_comment.backups.putting_back import store
from informed_comment.backups.snapshot import key_name, own_connection, tally
from informed_comment.backups.trouble import Trouble
from informed_comment.backups.unpacking import damaged, keys_in

LOCK_SECONDS = 10
GUARD = "SELECT pg_try_advisory_lock(hashtext('informed_comment prepare'))"
NOT_EMPTY = (
    "This site is not empty: {table} has rows. A restore replaces nothing. Give it an empty database: DROP DATABASE … and "
    "CREATE DATABASE … (or DROP SCHEMA public CASCADE; CREATE SCHEMA public), then restore before anything else."
)
OTHER_KEY = (
    "NEWSLETTER_KEY is not the one of the backup, so addresses that must never be mailed again would not be known. Put the "
    "former key into NEWSLETTER_KEY or NEWSLETTER_KEY_FALLBACKS; or, if it is lost, say --lost-newsletter-key."
)
OTHER_RESTORE = "A restore of another backup, of {moment}, was ended in the middle here. Restore that one again, or give this one an empty database."
IN_USE = "Somebody works with the database. Stop the web servers and the workers, then restore again."


@dataclass
class Restored:
    rows: int = 0
    tables: int = 0
    files: int = 0
    there_already: int = 0
    said: list = field(default_factory=list)


def keys(path, ask=None):
    """The secret keys in a file, none where none is named; `ask` asks for its passphrase."""
    return keys_in(path, passphrase=ask) if path else ()


def looked_at(path, keys=(), *, say=lambda what: None):
    """What the backup at `path` holds; raises Trouble unless all of it is right."""
    with opened(path) as file:
        return check(file, keys=keys, say=say)


@contextmanager
def opened(path):
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        if error.filename != str(path):
            raise
        raise Trouble(f"{path} cannot be read: {error.strerror}.") from error


def restore(path, keys=(), *, is_key_lost=False, by=None, say=lambda what: None):
    """Brings the backup at `path` into this site, which has to be empty; what was done, as Restored."""
    found = looked_at(path, keys, say=say)
    head = found.head
    names = {key_name(key) for key in (settings.NEWSLETTER_KEY, *settings.NEWSLETTER_KEY_FALLBACKS)}
    if head["newsletter_key"] not in names and not is_key_lost:
        raise Trouble(OTHER_KEY)
    old_state.refuse_unknown(head["migrations"])
    if (
        shutil.disk_usage(nearest(settings.MEDIA_ROOT)).free < found.file_bytes
        and not settings.MEDIA_S3_BUCKET
    ):
        raise Trouble(
            f"There is no room for {found.file_bytes:,} bytes of files in {settings.MEDIA_ROOT}. Make room first."
        )
    with own_connection("restore") as session:
        if not session.execute(GUARD).fetchone()[0]:
            raise Trouble("Another process prepares or restores this database. Wait for it.")
        if half := half_restored.left(session.cursor()):
            if half["moment"] != head["moment"]:
                raise Trouble(OTHER_RESTORE.format(**half))
            done = Restored(rows=found.rows, tables=len(head["tables"]), files=found.files)
        else:
            refuse_unless_empty(session.cursor())
            say("making the tables")
            old_state.reach(head["migrations"])
            done = brought_back(session, path, keys, found, say)
        here, _ = tables.sorted_out(tables.all_tables(session.cursor()))
        session.execute(sql.SQL("ANALYZE {}").format(tables.listed(table.name for table in here)))
    finish(done, found, by=by, name=path.name, say=say)
    return done


def nearest(folder):
    return next(place for place in (folder, *folder.parents) if place.exists())


def refuse_unless_empty(cursor):
    for table in tables.all_tables(cursor):
        if table.name not in tables.NO_CONTENT:
            statement = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table.name))
            if cursor.execute(statement).fetchone()[0]:
                raise Trouble(NOT_EMPTY.format(table=table.name))


class Filler(Taker):
    """Puts rows and files where they belong as the file is read for the second time."""

    def __init__(self, cursor, targets, files):
        self.cursor, self.targets, self.files = cursor, targets, files

    def rows(self, name, pieces):
        yield from filling.copied_in(self.cursor, self.targets[name], pieces)

    def file(self, name, size, pieces):
        yield from self.files.take(name, size, pieces)


def in_the_order_of(head, here):
    """name → table, with its columns as they stand in the backup. They have to be those that the migrations made, no others."""
    said = {table["name"]: table["columns"] for table in head["tables"]}
    made = {table.name: table for table in here}
    names = said.keys() | made.keys()
    other = sorted(
        name
        for name in names
        if sorted(said.get(name, ())) != sorted(made[name].columns if name in made else ())
    )
    if other:
        raise Trouble(
            f"The tables of the backup are not those of this release: {', '.join(other[:5])}. "
            "Restore it with the release it was made by."
        )
    return {name: replace(table, columns=tuple(said[name])) for name, table in made.items()}


def brought_back(session, path, keys, found, say):
    cursor = session.cursor()
    every = tables.all_tables(cursor)
    targets, _ = tables.sorted_out(every)
    targets = in_the_order_of(found.head, targets)
    emptied = [table for table in every if table.name in targets or table.name in tables.LEFT_OUT]
    done = Restored(rows=found.rows, tables=len(targets), files=found.files)
    with store() as files, refusals(), opened(path) as file, session.transaction():
        session.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        session.execute(
            sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(tables.listed(t.name for t in emptied))
        )
        refuse_unless_empty(cursor)
        with filling.laid_bare(cursor, emptied, say=say):
            again = check(file, keys=keys, taker=Filler(cursor, targets, files), say=say)
        if again != found:
            raise damaged("it changed while it was restored")
        filling.set_numbers(cursor, allowed(found.sequences, tables.sequences(cursor, set(targets))))
        for name, table in targets.items():
            say(f"comparing {name}")
            if tally(cursor, table) != found.tables[name]:
                raise damaged(f"{name} did not come back as it was")
        half_restored.begin(cursor, moment=found.head["moment"])
        say("putting the files in their places")
        files.settle()
        done.there_already = files.there_already
    return done


def allowed(numbers, here):
    return {name: said for name, said in numbers.items() if name in here}


@contextmanager
def refusals():
    try:
        yield
    except psycopg.errors.LockNotAvailable as error:
        raise Trouble(IN_USE) from error
    except psycopg.errors.DiskFull as error:
        raise Trouble("PostgreSQL has no room left. Make room, then restore again.") from error
    except psycopg.Error as error:
        raise Trouble(f"PostgreSQL refused the rows: {' '.join(str(error).split())[:300]}") from error


def finish(done, found, *, by, name, say):
    """Today's state of the tables, and what each room has to do about the time that is lost.

    Jobs that were being done then are taken up by the worker (left_behind.py).
    """
    if not old_state.is_todays():
        say("bringing the tables to today's state")
        call_command("migrate", interactive=False, verbosity=0)
        done.said.append("The tables were brought from the state of the backup to today's.")
    moment = parse_datetime(found.head["moment"])
    with transaction.atomic():
        for room in settings.AFTER_RESTORE:
            done.said += import_string(room)(moment) or []
        audit.record(
            "backup_restored",
            f"The site was restored from the backup {name}, of {moment:%Y-%m-%d %H:%M} UTC.",
            by=by,
            about=name,
            rows=done.rows,
            files=done.files,
        )
        with connection.cursor() as cursor:
            half_restored.end(cursor)
    connection.close()
