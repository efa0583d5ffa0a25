"""Querysets whose SQL is written once a process, and only executed from then on.

Building a queryset and turning it into SQL costs Django several times what reading its rows does. `prepared(make)` has
`make` build it once, with a `Slot` in the place of each value that differs from call to call:

    whole_post = prepared(lambda: Post.objects.published().for_page().filter(permalink=Slot("path")))
    posts = whole_post(path="/2026/06/a-post.html")

What comes back is a list of what the queryset gives. Its `Prefetch` objects work where they name a reverse foreign key
with a queryset of its own; the rows are then plain lists, so `.filter()` on one fails instead of asking again.
`make` runs once, so nothing it looks at may change: moments are `Present()`, a place in a list is `SKIPPED`.
"""

import copy
import re
from contextvars import ContextVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BooleanField, Expression, F, Prefetch

from informed_comment import clocks

SKIPPED = 987_654_321  # queryset[SKIPPED : SKIPPED + 11]; the call then says skipped=40
PARENTS = "parents"
_is_writing = ContextVar("is_writing", default=False)


class Slot(Expression):
    """A value that the call names."""

    def __init__(self, name, output_field=None):
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler, connection):
        if not _is_writing.get():
            raise TypeError(f"{self} can be filled only in a prepared queryset.")
        return "%s", (self,)

    def value(self, given):
        return given[self.name]

    def __repr__(self):
        return f"{type(self).__name__}({self.name!r})"


class Present(Slot):
    """The moment at which the statement is executed, by our clock and the database's; any queryset may use it."""

    def __init__(self):
        super().__init__("present")

    def as_sql(self, compiler, connection):
        return super().as_sql(compiler, connection) if _is_writing.get() else ("%s", (clocks.present(),))


class AnyOf(Expression):
    """Whether an expression is among the values of a slot, which is filled with a list."""

    conditional = True

    def __init__(self, expression, slot):
        super().__init__(output_field=BooleanField())
        self.expression = F(expression) if isinstance(expression, str) else expression
        self.slot = slot

    def get_source_expressions(self):
        return [self.expression, self.slot]

    def set_source_expressions(self, expressions):
        self.expression, self.slot = expressions

    def as_sql(self, compiler, connection):
        sql, params = compiler.compile(self.expression)
        listed, slots = compiler.compile(self.slot)
        return f"{sql} = ANY({listed})", (*params, *slots)


def any_of(name, slot):
    """A condition for `filter()`: the field or expression `name` is one of the list in the slot."""
    return AnyOf(name, slot)


def prepared(make):
    """A function of the slots' names, as keywords, that returns the rows of the queryset `make` builds."""
    return Prepared(make)


class Prepared:
    def __init__(self, make):
        self.make = make
        self.statement = None

    def __call__(self, **values):
        if self.statement is None:
            self.statement = Statement(self.make())
        return self.statement.rows(values)


class Statement:
    """A queryset as SQL with named places, and what Django worked out to make objects of its rows."""

    def __init__(self, queryset):
        self.prefetches = [Fetched(queryset, lookup) for lookup in queryset._prefetch_related_lookups]
        self.queryset = queryset.prefetch_related(None) if self.prefetches else queryset
        self.compiler = self.queryset.query.get_compiler(using=self.queryset.db)
        writing = _is_writing.set(True)
        try:
            self.sql, self.slots = named(*self.compiler.as_sql(), connections[self.queryset.db])
            fields = [column[0] for column in self.compiler.select[: self.compiler.col_count]]
            self.converters = self.compiler.get_converters(fields)
        except EmptyResultSet:
            self.sql = None
        finally:
            _is_writing.reset(writing)

    def rows(self, values):
        if self.sql is None:
            return []
        rows = list(self.queryset._iterable_class(Reading(self, values)))
        for fetched in self.prefetches if rows else ():
            fetched.give(rows)
        return rows

    def params(self, values):
        given = dict(values)
        if "present" in self.slots:
            given["present"] = clocks.present()
        if given.keys() != self.slots:
            raise TypeError(f"These values were expected: {sorted(self.slots)}; these came: {sorted(given)}.")
        return given


def named(sql, params, connection):
    """The SQL with its slots named and the values that never change written into it, and the names of the slots."""
    slots, waiting = set(), iter(params)

    def name(found):
        if found[0] == "%%":
            return "%%"
        param = next(waiting)
        if isinstance(param, Slot):
            slots.add(param.name)
            return f"%({param.name})s"
        return connection.ops.compose_sql("%s", (param,)).replace("%", "%%")

    sql = re.sub("%[%s]", name, sql)
    if f"OFFSET {SKIPPED}" in sql:
        sql = sql.replace(f"OFFSET {SKIPPED}", "OFFSET %(skipped)s")
        slots.add("skipped")
    return sql, slots


class Reading:
    """One execution; stands where Django's iterables look for a queryset, its query and its compiler."""

    def __init__(self, statement, values):
        self.statement, self.params = statement, statement.params(values)
        queryset, compiler = statement.queryset, statement.compiler
        self.model, self.db = queryset.model, queryset.db
        self._fetch_mode, self._known_related_objects = queryset._fetch_mode, queryset._known_related_objects
        self._fields = queryset._fields
        self.select, self.klass_info = compiler.select, compiler.klass_info
        self.annotation_col_map, self.col_count = compiler.annotation_col_map, compiler.col_count
        self.query = copy.copy(queryset.query)
        self.query.get_compiler = lambda using: self

    def execute_sql(self, **_):
        with connections[self.db].cursor() as cursor:
            cursor.execute(self.statement.sql, self.params)
            return [cursor.fetchall()]

    def results_iter(self, results=None, **_):
        (rows,) = self.execute_sql() if results is None else results
        converters = self.statement.converters
        return self.statement.compiler.apply_converters(rows, converters) if converters else iter(rows)


class Fetched:
    """The rows of a reverse foreign key, brought for all parents at once and given to each as a list."""

    def __init__(self, parents, lookup):
        name = lookup.prefetch_through if isinstance(lookup, Prefetch) else lookup
        relation = parents.model._meta.fields_map.get(name)
        if relation is None or not relation.one_to_many or getattr(lookup, "queryset", None) is None:
            raise TypeError(
                f"A prepared queryset cannot prefetch {name!r}: name a reverse foreign key and its queryset."
            )
        self.field, self.cache_name = relation.field, relation.cache_name
        self.to_attr = lookup.to_attr if lookup.to_attr != name else None
        children = lookup.queryset.fetch_mode(parents._fetch_mode)
        self.children = Statement(children.filter(AnyOf(self.field.name, Slot(PARENTS))))

    def give(self, parents):
        of_parent = {parent.pk: Listed() for parent in parents}
        by_pk = {parent.pk: parent for parent in parents}
        for child in self.children.rows({PARENTS: list(of_parent)}):
            pk = getattr(child, self.field.attname)
            self.field.set_cached_value(child, by_pk[pk])
            of_parent[pk].append(child)
        for parent in parents:
            if self.to_attr:
                setattr(parent, self.to_attr, of_parent[parent.pk])
            else:
                parent.__dict__.setdefault("_prefetched_objects_cache", {})[self.cache_name] = of_parent[
                    parent.pk
                ]


class Listed(list):
    """What a related manager gives where the rows are there already."""

    def all(self):
        return self
