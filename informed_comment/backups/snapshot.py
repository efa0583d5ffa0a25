"""The database as it was at one moment, on a connection of its own; and any rows as bytes that are the same on every server."""

import hashlib
import json
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import connection
from procrastinate.contrib.django.utils import connector_params
from psycopg import sql

from informed_comment import caching, poolers
from informed_comment.backups import tables
from informed_comment.backups.trouble import Trouble

FORMAT = 1
LOCK_SECONDS = 60
PART = 4 << 20
PLAINLY = """
SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET bytea_output = 'hex';
SET extra_float_digits = 1; SET client_encoding = 'UTF8'; SET statement_timeout = 0;
SET idle_in_transaction_session_timeout = 0
"""


@contextmanager
def own_connection(name):
    """A session of PostgreSQL of our own, in autocommit, that says everything in the one way a backup has it."""
    given = {"connect_timeout": 5, "autocommit": True, "application_name": f"informed_comment {name}"}
    try:
        session = psycopg.connect(**connector_params() | given)
    except psycopg.OperationalError as error:
        raise Trouble(f"The database does not answer: {' '.join(str(error).split())}") from error
    with session:
        if session.execute("SELECT pg_backend_pid()").fetchone()[0] != session.info.backend_pid:
            raise Trouble(poolers.FOUND)
        session.execute(PLAINLY)
        yield session


class Snapshot:
    """`tables` are those of the backup, `others` the names of those that are none of ours, `head` what stands at its beginning."""

    def __init__(self, session):
        self.session, self.cursor = session, session.cursor()
        every, self.others = tables.sorted_out(tables.all_tables(self.cursor))
        self.tables = every
        self.sequences = tables.sequences(self.cursor, {table.name for table in every})
        self.head = self.said()

    def said(self):
        applied = {}
        for app, name in self.cursor.execute(
            "SELECT app, name FROM django_migrations ORDER BY id"
        ).fetchall():
            applied.setdefault(app, []).append(name)
        (moment, server, edition) = self.cursor.execute(
            "SELECT now(), current_setting('server_version'), (SELECT number FROM informed_comment_edition)"
        ).fetchone()
        return {
            "format": FORMAT,
            "site": settings.SITE_URL,
            "moment": moment.isoformat(),
            "release": caching.release(),
            "server": server,
            "edition": edition,
            "newsletter_key": key_name(settings.NEWSLETTER_KEY),
            "migrations": applied,
            "tables": [{"name": table.name, "columns": table.columns} for table in self.tables],
        }

    def numbers(self):
        """Where each sequence stands. They are in no snapshot, so they are at or beyond what the rows have."""
        return {
            name: list(
                self.cursor.execute(
                    sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(name))
                ).fetchone()
            )
            for name in self.sequences
        }

    def files_named(self):
        """(table, column, name) of every file a row has in a field for files."""
        for model in connection.introspection.get_migratable_models():
            for field in model._meta.local_concrete_fields:
                if field.get_internal_type() in ("FileField", "ImageField"):
                    yield from self.names_of(model._meta.db_table, field.column)

    def names_of(self, table, column):
        with self.session.cursor(name="files") as cursor:
            cursor.itersize = 5000
            statement = sql.SQL("SELECT {column} FROM {table} WHERE {column} <> ''")
            cursor.execute(statement.format(column=sql.Identifier(column), table=sql.Identifier(table)))
            for (name,) in cursor:
                yield table, column, name


@contextmanager
def snapshot():
    """All that is read through it is of one moment. No migration can change a table meanwhile."""
    with own_connection("backup") as session:
        names = [table.name for table in tables.all_tables(session.cursor())]
        if "django_migrations" not in names:
            raise Trouble("There is no site in this database yet.")
        session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            session.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            session.execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(tables.listed(names)))
            session.execute("SET LOCAL lock_timeout = 0")
            yield Snapshot(session)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.UndefinedTable) as error:
            raise Trouble(
                "The tables are being changed, by a migration it seems. Try again when it has ended."
            ) from error
        finally:
            if not session.closed:
                session.execute("ROLLBACK")


def rows_of(cursor, table):
    """Its rows as bytes, in pieces of about PART that end with a row."""
    parts, size = [], 0
    with cursor.copy(table.out()) as copy:
        for data in copy:
            parts.append(bytes(data))
            size += len(data)
            if size >= PART:
                yield b"".join(parts)
                parts, size = [], 0
    if parts:
        yield b"".join(parts)


class Tally:
    """How many rows, how many bytes, and their checksum."""

    def __init__(self):
        self.rows, self.bytes, self.digest = 0, 0, hashlib.sha256()

    def add(self, data):
        self.rows += data.count(b"\n")
        self.bytes += len(data)
        self.digest.update(data)

    def said(self):
        return {"rows": self.rows, "bytes": self.bytes, "sha256": self.digest.hexdigest()}


def tally(cursor, table):
    """What the rows of a table come to, as they are now."""
    counted = Tally()
    for piece in rows_of(cursor, table):
        counted.add(piece)
    return counted.said()


def key_name(key):
    """Names a key without giving it away."""
    return hashlib.sha256(f"informed comment backup\n{key}".encode()).hexdigest()[:16]


def as_json(value):
    return json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "surrogateescape")
