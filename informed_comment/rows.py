"""Rows that an editor puts in order: the position is a number, which a script turns into two arrows."""

from django import forms
from django.forms.widgets import Script


class SortableRows:
    """For an inline, or a ModelAdmin that lists `position` as editable: its rows can be moved up and down."""

    classes = ("sortable",)

    @property
    def media(self):
        return super().media + forms.Media(js=[Script("js/editor/rows.js", type="module")])
