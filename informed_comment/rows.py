"""Rows that an editor puts in order: the position is a number, which a script turns into two arrows."""

from django import forms
from django.forms.widgets import Script


class NamedRows(forms.BaseInlineFormSet):
    """Django names the fields of a row by the head of their column only, and the box that removes it not at all."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for field in form.fields.values():
            if field.label:
                field.widget.attrs.setdefault("aria-label", field.label)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = "Remove"


class SortableRows:
    """For an inline, or a ModelAdmin that lists `position` as editable: its rows can be moved up and down."""

    classes = ("sortable",)
    formset = NamedRows

    @property
    def media(self):
        return super().media + forms.Media(js=[Script("js/editor/rows.js", type="module")])
