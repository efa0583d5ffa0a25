"""Rows out as CSV: streamed by PostgreSQL's own COPY, in constant memory, from one snapshot."""

import hashlib
import select
from contextlib import contextmanager

import psycopg
from django.db import connection, transaction
from psycopg import pq

from newsletter.models import Subscriber
from newsletter.spreadsheet_columns import COLUMNS_OF, USUAL

ROWS = 512  # handed on at a time; COPY gives them one by one, too little for a web server


class Export:
    """Iterating gives the file in pieces of bytes; afterwards `rows` and `sha256` say what was in it.

    `columns` are names of COLUMNS_OF the model, in the order wanted. `is_raw`, for machines, leaves texts as they are.
    """

    def __init__(self, selection, *, columns=None, is_raw=False):
        self.known = COLUMNS_OF[selection.model]
        usual = USUAL if selection.model is Subscriber else tuple(self.known)
        self.columns = tuple(columns or usual)
        self.selection = selection
        self.is_raw = is_raw
        self.rows = self.sha256 = None

    def __iter__(self):
        sum_of_all = hashlib.sha256()
        for piece in self.pieces():
            sum_of_all.update(piece)
            yield piece
        self.sha256 = sum_of_all.hexdigest()

    def pieces(self):
        yield (",".join(self.columns) + "\n").encode()  # at once, before the database has found the first row
        cells = {f"cell_{name}": self.known[name].cell(is_raw=self.is_raw) for name in self.columns}
        query, params = (
            self.selection.order_by("pk").annotate(**cells).values_list(*cells).query.sql_with_params()
        )
        with transaction.atomic():
            connection.ensure_connection()
            raw = connection.connection
            text = psycopg.ClientCursor(raw).mogrify(f"COPY ({query}) TO STDOUT (FORMAT csv)", params)
            with copied(raw, text.encode()) as answer:
                yield from in_pieces(answer)
            self.rows = answer.rows


class Answer:
    """What the server sends for a COPY, read without psycopg's step a row, which takes as long as the server does."""

    def __init__(self, wire):
        self.wire, self.rows, self.is_over = wire, None, False
        self.readable = select.poll()
        self.readable.register(wire.socket, select.POLLIN)

    def wait(self):
        self.readable.poll()
        self.wire.consume_input()

    def result(self):
        while self.wire.is_busy():
            self.wait()
        return self.wire.get_result()

    def begin(self, text):
        self.wire.send_query(text)
        self.checked(self.result(), pq.ExecStatus.COPY_OUT)

    def row(self):
        """The next one; nothing after the last."""
        while not self.is_over:
            self.is_over = True  # also when the next line raises what broke it off
            size, row = self.wire.get_copy_data(1)
            self.is_over = size < 0
            if size > 0:
                return row
            if size == 0:
                self.wait()
        return None

    def end(self):
        result = self.result()
        while self.result() is not None:
            pass
        self.rows = self.checked(result, pq.ExecStatus.COMMAND_OK).command_tuples

    def checked(self, result, status):
        if result.status != status:
            while self.result() is not None:
                pass
            raise psycopg.errors.error_from_result(result)
        return result


@contextmanager
def copied(raw, text):
    """The answer to a COPY. Left before its end, the query is cancelled and the connection is as good as before."""
    answer = Answer(raw.pgconn)
    answer.begin(text)
    try:
        yield answer
        answer.end()
    except BaseException:
        if answer.rows is None and raw.pgconn.status == pq.ConnStatus.OK:
            raw.cancel_safe()
            while answer.row() is not None:
                pass
            while answer.result() is not None:
                pass
        raise


def in_pieces(answer):
    rows = []
    while (row := answer.row()) is not None:
        rows.append(row)
        if len(rows) == ROWS:
            yield b"".join(rows)
            rows.clear()
    yield b"".join(rows)
