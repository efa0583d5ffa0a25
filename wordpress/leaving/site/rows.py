"""A row as plain values, by its model's own fields, and back."""

import json
from datetime import date, datetime, time
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models

from wordpress.leaving.site.kinds import fields_of


class Unfit(Exception):
    """A value that its field cannot hold; the message says which and why."""


def as_line(row):
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=_plain).encode() + b"\n"


def _plain(value):
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{value!r} cannot be written as JSON")


class Shape:
    """The rows of one model: `but` is a field that another row says already, by what it stands within."""

    def __init__(self, model, *, but=""):
        self.model = model
        self.but = model._meta.get_field(but) if but else None
        self.fields = fields_of(model, but=but)
        self.names = [column.name for column in self.fields]
        self.by_name = dict(zip(self.names, self.fields, strict=True))
        self.filled = [column for column in model._meta.concrete_fields if self._has_to_be_filled(column)]
        self.files = [column.name for column in self.fields if isinstance(column, models.FileField)]

    def _has_to_be_filled(self, column):
        """Whether a column that stays out may not be empty either."""
        is_known = column in self.fields or column is self.but or column.generated
        return not is_known and not column.null and not column.is_relation

    @property
    def names_its_own(self):
        """Whether a row may point to another of its kind."""
        return any(column.related_model is self.model for column in self.fields)

    @property
    def attributes(self):
        return [column.attname for column in self.fields]

    @property
    def columns(self):
        """As `values` has them."""
        return [*self.fields, *self.filled, *([self.but] if self.but else [])]

    def row(self, values):
        return dict(zip(self.names, values, strict=True))

    def values(self, row, within=None):
        """The values to be written, in the order of the columns. Raises Unfit."""
        if not isinstance(row, dict):
            raise Unfit("this is no row")
        if unknown := [name for name in row if name not in self.by_name]:
            raise Unfit(
                f"{self.model._meta.verbose_name} has no field called {', '.join(sorted(unknown))} in this version. "
                "Restore with the version that wrote the export, and update after"
            )
        found = [self._value(column, row) for column in self.fields]
        found += [column.get_default() for column in self.filled]
        return [*found, within] if self.but else found

    def _value(self, column, row):
        if column.name not in row:
            return self._missing(column)
        value = row[column.name]
        try:
            value = (column.target_field if column.is_relation else column).to_python(value)
        except (ValidationError, TypeError, ValueError) as error:
            raise Unfit(f"{column.name}: {_words(error)}") from error
        if trouble := _trouble(column, value):
            raise Unfit(f"{column.name} {trouble}")
        return value

    def _missing(self, column):
        """A field that an older version did not have yet is filled as the version that has it would."""
        if column.has_default() or column.null or column.blank:
            return column.get_default()
        raise Unfit(f"{column.name} is missing")


def _words(error):
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)


def _trouble(column, value):
    if value is None:
        return "" if column.null else "is empty, and has to say something"
    if isinstance(value, datetime) and value.tzinfo is None:
        return "has no time zone"
    if isinstance(value, str) and "\x00" in value:
        return "holds a NUL, which no text may"
    if isinstance(value, str) and column.max_length and len(value) > column.max_length:
        return f"is longer than {column.max_length} characters"
    if column.choices and value not in ("", *dict(column.flatchoices)):
        return f"is “{value}”, which is none of {', '.join(map(str, dict(column.flatchoices)))}"
    if isinstance(column, models.FileField) and value and not is_inside(value):
        return f"is “{value}”, which is no path within the media folder"
    return ""


def is_inside(name):
    """Whether a path of an export stays within its folder."""
    parts = name.split("/")
    return bool(name) and not ({"", ".", ".."} & set(parts)) and "\\" not in name and "\x00" not in name
