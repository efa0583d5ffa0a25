from django import forms
from django.contrib import admin
from django.db import models

from informed_comment.admin_site import Moment
from informed_comment.rows import NamedRows
from posts.models import Correction


class CorrectionInline(admin.StackedInline):
    """Under a post that has been before readers: what was wrong with it, or has become known since."""

    model = Correction
    formset = NamedRows
    extra = 0
    verbose_name = "correction or update"
    verbose_name_plural = "corrections and updates"
    fields = ["kind", "text", "made_at"]
    classes = ["collapse"]
    formfield_overrides = {models.DateTimeField: {"form_class": forms.DateTimeField, "widget": Moment}}
