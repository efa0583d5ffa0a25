"""Subscribers out as CSV: streamed by PostgreSQL's own COPY, in constant memory, from one snapshot."""

from django.db import connection, transaction
from django.db.models import CharField, F, Func

CHUNK = 64 * 1024  # bytes handed on at a time; COPY gives a row at a time, too little for a web server
COLUMNS = {
    "email": str,
    "state": str,
    "frequency": str,
    "source": str,
    "created_at": "time",
    "confirmed_at": "time",
    "unsubscribed_at": "time",
    "consent_version": int,
}


class InUtc(Func):
    """A time in UTC by ISO 8601."""

    template = """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
    output_field = CharField()


class Defused(Func):
    """A text that no spreadsheet takes for a formula: an apostrophe before = + - @, a tab or a carriage return."""

    template = (
        r"CASE WHEN %(expressions)s ~ E'^[-=+@\t\r]' THEN '''' || %(expressions)s ELSE %(expressions)s END"
    )
    output_field = CharField()


class Export:
    """Iterating gives the file in pieces of bytes; afterwards `rows` says how many subscribers were in it.

    `is_raw`, for machines, leaves texts as they are.
    """

    def __init__(self, subscribers, *, is_raw=False):
        self.subscribers = subscribers
        self.is_raw = is_raw
        self.rows = None

    def __iter__(self):
        yield (",".join(COLUMNS) + "\n").encode()  # at once, before the database has found the first row
        cells = {f"cell_{name}": self.cell(name, kind) for name, kind in COLUMNS.items()}
        rows = self.subscribers.order_by("pk").annotate(**cells).values_list(*cells)
        query, params = rows.query.sql_with_params()
        with transaction.atomic(), connection.cursor() as cursor:
            with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)", params) as copy:
                yield from in_chunks(copy)
            self.rows = cursor.rowcount

    def cell(self, name, kind):
        if kind == "time":
            return InUtc(F(name))
        return Defused(F(name)) if kind is str and not self.is_raw else F(name)


def in_chunks(pieces):
    waiting, size = [], 0
    for piece in pieces:
        waiting.append(bytes(piece))
        size += len(piece)
        if size >= CHUNK:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)
