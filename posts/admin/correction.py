from django import forms
from django.contrib import admin
from django.db import models

from informed_comment.admin_site import Moment
from informed_comment.rows import NamedRows
from posts.models import Correction

TYPED = ("kind", "text", "made_at")


class CorrectionRows(NamedRows):
    """Shows the stored corrections, or what `opened` was typed into them and beside them."""

    opened = None

    def __init__(self, *args, **kwargs):
        typed = getattr(self.opened, "rows", None)
        self.typed = (typed("corrections") or []) if typed and not kwargs.get("data") else []
        if added := [row for row in self.typed if not row.get("id") and row.get("text")]:
            kwargs["initial"] = [{name: row.get(name, "") for name in TYPED} for row in added]
            self.extra = len(added)
        super().__init__(*args, **kwargs)

    def _construct_form(self, i, **kwargs):
        """Django's hook for each row."""
        form = super()._construct_form(i, **kwargs)
        for row in self.typed:
            if form.instance.pk and row.get("id") == str(form.instance.pk):
                form.initial |= {name: row[name] for name in TYPED if name in row}
        return form


class CorrectionInline(admin.StackedInline):
    """Under a post that has been before readers: what was wrong with it, or has become known since."""

    model = Correction
    formset = CorrectionRows
    extra = 0
    verbose_name = "correction or update"
    verbose_name_plural = "corrections and updates"
    fields = [*TYPED]
    classes = ["collapse"]
    formfield_overrides = {models.DateTimeField: {"form_class": forms.DateTimeField, "widget": Moment}}

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.opened = getattr(request, "opened", None)
        return formset
