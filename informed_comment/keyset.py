"""Pages of a list by where the last one ended, not by number: the deepest costs what the first does, and no row is
missed or shown twice when others are added meanwhile.

A cursor stands in the address: `a` or `b` (the rows after or before) and the values that order the row it names.
"""

import json
from dataclasses import dataclass, field

from django.core.exceptions import EmptyResultSet, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models.constants import LOOKUP_SEP
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

COUNTED = 1_000  # rows up to which a list is counted one by one
SURELY = 5  # times as many as those, and the planner's word is taken without counting
FIRST, LAST = "", "last"


class Beyond(models.Func):
    """Whether a row's columns, taken together, stand beyond some values: `(a, b) < (x, y)`, which an index answers."""

    output_field = models.BooleanField()

    def __init__(self, names, values, *, is_descending):
        self.half, self.sign = len(names), "<" if is_descending else ">"
        super().__init__(*(models.F(name) for name in names), *values)

    def as_sql(self, compiler, connection):
        compiled = [compiler.compile(part) for part in self.source_expressions]
        sides = [", ".join(sql for sql, _ in part) for part in (compiled[: self.half], compiled[self.half :])]
        return f"({sides[0]}) {self.sign} ({sides[1]})", [one for _, given in compiled for one in given]


@dataclass(frozen=True)
class Key:
    """One of what a list is ordered by. As in PostgreSQL, nothing comes last upwards and first downwards."""

    name: str
    is_descending: bool
    is_nullable: bool
    field: models.Field

    @property
    def term(self):
        return f"-{self.name}" if self.is_descending else self.name

    @property
    def reversed(self):
        return Key(self.name, not self.is_descending, self.is_nullable, self.field)

    def value(self, value):
        """The value as the database compares it."""
        return models.Value(value, output_field=self.field)

    def read(self, value):
        """What JSON kept of a value; ValueError for what cannot be one."""
        if value is None and not self.is_nullable:
            raise ValueError(self.name)
        return self.field.to_python(value)


def keys_of(rows, order):
    """The keys of an order such as `["-updated_at", "-id"]`; the last one has to tell any two rows apart."""
    return [key_of(rows, term.removeprefix("-"), term.startswith("-")) for term in order]


def key_of(rows, name, is_descending):
    """The key of a column, of one beyond relations (`post__title`), or of an annotation."""
    if name in rows.query.annotations:
        return Key(name, is_descending, True, rows.query.annotations[name].output_field)
    model, column, is_nullable = rows.model, None, False
    for step in name.split(LOOKUP_SEP):
        column = model._meta.pk if step == "pk" else model._meta.get_field(step)
        is_nullable |= column.null
        model = column.related_model
    return Key(name, is_descending, is_nullable, getattr(column, "target_field", column))


def after(keys, values):
    """Conditions that together hold for every row after `values`, each for rows that come before those of the next."""
    key, value = keys[0], values[0]
    rest = [(one, given) for one, given in zip(keys[1:], values[1:], strict=True)]
    is_together = all(
        given is not None and one.is_descending == key.is_descending and not one.is_nullable
        for one, given in rest
    )
    if value is None:
        deeper = after(keys[1:], values[1:]) if rest else []
        found = [models.Q(**{f"{key.name}__isnull": True}) & condition for condition in deeper]
        return found + [models.Q(**{f"{key.name}__isnull": False})] * key.is_descending
    if is_together:
        given = [one.value(value) for one, value in zip(keys, values, strict=True)]
        found = [models.Q(Beyond([one.name for one in keys], given, is_descending=key.is_descending))]
    else:
        same = models.Q(**{key.name: value})
        found = [same & condition for condition in after(keys[1:], values[1:])]
        found.append(models.Q(**{f"{key.name}__{'lt' if key.is_descending else 'gt'}": value}))
    if key.is_nullable and not key.is_descending:
        found.append(models.Q(**{f"{key.name}__isnull": True}))
    return found


@dataclass
class Page:
    """The values of the keys of each row on a page; cursors of the pages before and after, None where there is none."""

    rows: list = field(default_factory=list)
    previous: str | None = None
    next: str | None = None


def page(rows, order, cursor, length, *, beside=()):
    """The page of `rows` a cursor names, the first for one that cannot be read.

    `beside` names more rows, each as (rows, order), whose keys mean the same; what several have comes once.
    """
    sources = [(rows, keys_of(rows, order)), *((others, keys_of(others, order)) for others, order in beside)]
    keys = sources[0][1]
    where, values = read(cursor, keys)
    if where == "a":
        found = fetch(sources, values, length + 1)
        if found:
            return Page(found[:length], cursor_of("b", found[0]), next_of(found, length))
        where = LAST
    if where in ("b", LAST):
        backwards = [(rows, [key.reversed for key in keys]) for rows, keys in sources]
        found = fetch(backwards, values if where == "b" else None, length + 1)
        if len(found) > length or where == LAST:
            shown = found[:length][::-1]
            is_last = where == LAST
            return Page(
                shown,
                cursor_of("b", shown[0]) if len(found) > length else None,
                None if is_last else cursor_of("a", shown[-1]),
            )
    found = fetch(sources, None, length + 1)
    return Page(found[:length], None, next_of(found, length))


def next_of(found, length):
    return cursor_of("a", found[length - 1]) if len(found) > length else None


def fetch(sources, values, length):
    """The values of the keys of the first rows of all sources, or of the first after `values`, in order."""
    found = [keys for rows, order in sources for keys in fetch_from(rows, order, values, length)]
    if len(sources) > 1:
        for place, key in reversed(list(enumerate(sources[0][1]))):
            found.sort(key=lambda row: (row[place] is None, row[place] or 0), reverse=key.is_descending)
    return list(dict.fromkeys(found))[:length]


def fetch_from(rows, keys, values, length):
    ordered = rows.order_by(*(key.term for key in keys)).values_list(*(key.name for key in keys))
    found = []
    for condition in [models.Q()] if values is None else after(keys, values):
        found += ordered.filter(condition)[: length - len(found)]
        if len(found) >= length:
            break
    return found


def cursor_of(where, values):
    told = json.dumps(values, cls=Exactly, separators=(",", ":"))
    return f"{where}{urlsafe_base64_encode(told.encode())}"


class Exactly(DjangoJSONEncoder):
    """Moments to the microsecond: Django's JSON cuts them to the millisecond, and rows between would be lost."""

    def default(self, value):
        return value.isoformat() if hasattr(value, "isoformat") else super().default(value)


def read(cursor, keys):
    """(where, values) of a cursor; that of the first page for one nobody made for this order."""
    if cursor == LAST:
        return LAST, None
    try:
        values = json.loads(urlsafe_base64_decode(cursor[1:]))
        if cursor[0] in "ab" and len(values) == len(keys):
            return cursor[0], [key.read(value) for key, value in zip(keys, values, strict=True)]
    except (ValueError, TypeError, IndexError, ValidationError, OverflowError):
        pass
    return FIRST, None


# How many there are


@dataclass(frozen=True)
class Count:
    """How many rows there are; beyond a thousand as the planner takes it, in two figures."""

    number: int
    is_estimate: bool = False

    def __str__(self):
        return f"about {self.number:,}" if self.is_estimate else f"{self.number:,}"


def count(rows, most=COUNTED):
    """Exact up to `most`; of more rows no more than that is read, or none, and the planner is asked."""
    slim = rows.order_by() if rows.query.distinct else rows.order_by().values("pk")
    try:
        expected = planned(slim)
    except EmptyResultSet:
        return Count(0)
    if expected <= most * SURELY:
        counted = slim[: most + 1].count()
        if counted <= most:
            return Count(counted)
    return Count(max(rounded(expected), most), is_estimate=True)


def planned(rows):
    """How many rows the planner expects."""
    sql, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", values)
        (plan,) = cursor.fetchone()[0]
    return plan["Plan"]["Plan Rows"]


def rounded(number):
    """To two figures: 41,873 is about 42,000."""
    step = 10 ** max(0, len(str(int(number))) - 2)
    return round(number / step) * step
