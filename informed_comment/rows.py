"""Rows that an editor puts in order: the position is a number, which a script turns into two arrows."""

from django import forms
from django.forms.widgets import Script


class NamedRows(forms.BaseInlineFormSet):
    """Django leaves the box that removes a row without a name."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = "Remove"


class SortableRows:
    """For an inline, or a ModelAdmin that lists `position` as editable: its rows can be moved up and down."""

    classes = ("sortable",)
    formset = NamedRows

    @property
    def media(self):
        return super().media + forms.Media(js=[Script("js/editor/rows.js", type="module")])
