"""Subscribers out as CSV: streamed by PostgreSQL's own COPY, in constant memory, from one snapshot."""

from django.db import connection, transaction
from django.db.models import CharField, F, Func

CHUNK = 64 * 1024  # bytes handed on at a time; COPY gives a row at a time, too little for a web server
COLUMNS = (
    "email",
    "state",
    "frequency",
    "source",
    "created_at",
    "confirmed_at",
    "unsubscribed_at",
    "consent_version",
)
FREE_TEXT = ("email", "source")  # the other columns hold words, times and numbers of ours alone


class InUtc(Func):
    """A time in UTC by ISO 8601."""

    template = """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
    output_field = CharField()


class Defused(Func):
    """A text that no spreadsheet takes for a formula: an apostrophe before = + - @, a tab or a carriage return."""

    template = (
        r"CASE WHEN left(%(expressions)s, 1) IN ('=', '+', '-', '@', E'\t', E'\r')"
        r" THEN '''' || %(expressions)s ELSE %(expressions)s END"
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
        cells = {f"cell_{name}": self.cell(name) for name in COLUMNS}
        rows = self.subscribers.order_by("pk").annotate(**cells).values_list(*cells)
        query, params = rows.query.sql_with_params()
        with transaction.atomic(), connection.cursor() as cursor:
            psycopg_cursor = cursor.cursor  # Django's wrapper of DEBUG copies without parameters only
            with psycopg_cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)", params) as copy:
                yield from in_chunks(copy)
            self.rows = psycopg_cursor.rowcount

    def cell(self, name):
        if name.endswith("_at"):
            return InUtc(F(name))
        return Defused(F(name)) if name in FREE_TEXT and not self.is_raw else F(name)


def in_chunks(pieces):
    waiting, size = [], 0
    for piece in pieces:
        waiting.append(bytes(piece))
        size += len(piece)
        if size >= CHUNK:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)
