"""Which edition readers see, and what puts out a new one.

An edition is a number that goes up whenever something readers can see has changed. PostgreSQL raises it: every
table readers see has a trigger, so no deed, script or cascade can forget it, and the number changes in the very
transaction that changes the rows.

Dated things come and go without a deed. So what is served is the number *and* the newest moment, already past,
at which something dated came or went: a model names its dated columns in `edition_moments`, each with the SQL
condition under which a row counts. How a process learns of all this: edition_look.py.
"""

import contextlib
import functools

from django.db import connection, migrations

from informed_comment import edition_look


def raised_by(table, *, when_row="", when_changed="", of_post=""):
    """A migration operation: each change to `table` raises the edition.

    It can be narrowed: `when_row`, to rows that pass an SQL condition on `row` (the old one or the new), such as
    ``row.status = 'published'``; `when_changed`, to updates that change that column; `of_post`, to rows whose
    post, named by that column, is published.
    """
    name = f"{table}_raises_edition"
    if not (when_row or when_changed or of_post):
        return migrations.RunSQL(
            f"CREATE TRIGGER {name} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION raise_edition()",
            f"DROP TRIGGER {name} ON {table}",
        )
    conditions = {"insert": "true", "delete": "true", "update": "true"}
    if when_row:
        old, new = when_row.replace("row.", "OLD."), when_row.replace("row.", "NEW.")
        conditions = {"insert": new, "delete": old, "update": f"({old}) OR ({new})"}
    if when_changed:
        conditions["update"] = f"OLD.{when_changed} IS DISTINCT FROM NEW.{when_changed}"
    deed = f"raise_edition_of_published('{of_post}')" if of_post else "raise_edition()"
    return migrations.RunSQL(
        [
            f"CREATE TRIGGER {name}_on_{kind} AFTER {kind.upper()} ON {table} "
            f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {deed}"
            for kind, condition in conditions.items()
        ],
        [f"DROP TRIGGER {name}_on_{kind} ON {table}" for kind in conditions],
    )


@contextlib.contextmanager
def raised_once():
    """Inside a transaction: many rows are written, and the edition goes up once, at the end, instead of for each."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('informed_comment.edition_waits', 'on', true)")
        yield
        cursor.execute("SELECT set_config('informed_comment.edition_waits', 'off', true)")
        cursor.execute("UPDATE informed_comment_edition SET number = number + 1")


def current():
    """The label of the edition to serve now, such as ``"412.1764012345"``."""
    return edition_look.of_process.now().label


def forget():
    """Look again at the next call."""
    edition_look.of_process.forget()


def look_of(request):
    """The look a request is answered from: made once, before any row the answer is made of."""
    look = getattr(request, "edition_look", None)
    if look is None:
        look = request.edition_look = edition_look.of_process.now()
    return look


def of_request(request):
    """The label a request is answered from."""
    return look_of(request).label


_kept = {}


def kept(make):
    """Decorates a function of no arguments that reads what many pages show: the menu, the promos.

    The function it becomes takes the request; what was made is kept in this process until the edition changes. The
    edition is known before the rows are read, so what is kept can be newer than its label and never older.
    """

    @functools.wraps(make)
    def of(request):
        edition = of_request(request)
        label, value = _kept.get(make, (None, None))
        if label != edition:
            value = make()
            _kept[make] = (edition, value)
        return value

    return of


def forget_kept():
    """Make everything anew at the next call, whatever the edition."""
    _kept.clear()
