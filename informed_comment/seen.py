"""Forms that notice when somebody else has saved the same row since they were opened.

A form brings along how each field stood when it was shown. When a field has been changed by somebody else since, and stands
otherwise in this form, nothing is written: the form comes back with everything typed, and theirs beside the field. Posts
have versions of their own (posts/publishing.py).
"""

import hashlib
import json

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from informed_comment.html import HtmlField, plain_text

CHANGED = (
    "{who} saved this while you were writing. Nothing of yours is lost: it stands in the form, theirs beside each field "
    "that differs. Take over what you need and save again; saving replaces theirs."
)
THEIRS = "{who} changed this meanwhile to: {theirs}"
LONGEST_SHOWN = 20_000


class SeenForm(forms.ModelForm):
    """Mixed into the forms of EditorialAdmin. `seen` holds a short hash of each field as it was shown."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = json.dumps(self.marks())

    def marks(self):
        return {
            name: mark(value)
            for name, value in self.initial.items()
            if name in self.fields and name != "seen"
        }

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and self.data.get(self.add_prefix("seen")):
            self.compare(read(self.data[self.add_prefix("seen")]))
        return cleaned if cleaned is not None else self.cleaned_data

    def compare(self, seen):
        """`initial` is the row as it stands now: the form is made from it anew when it is sent."""
        now = self.marks()
        both = [
            name for name in self.changed_data if name in seen and name in now and seen[name] != now[name]
        ]
        if not both:
            return
        who = self.who_saved()
        for name in both:
            self.add_error(name, THEIRS.format(who=who, theirs=self.shown(name)))
        self.add_error(None, CHANGED.format(who=who))
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = json.dumps(now)

    def who_saved(self):
        rows = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(self.instance), object_id=str(self.instance.pk)
        )
        last = rows.select_related("user").order_by("-action_time").first()
        if last is None:
            return "Somebody"
        return f"{last.user.get_full_name() or last.user.username} ({timezone.localtime(last.action_time):%H:%M})"

    def shown(self, name):
        """What the field holds by now, in words."""
        value, field = self.initial[name], self.fields[name]
        column = self._meta.model._meta.get_field(name)
        if isinstance(column, HtmlField):
            value = plain_text(value)
        elif isinstance(value, bool):
            value = "ticked" if value else "not ticked"
        elif isinstance(field, forms.ModelChoiceField):
            rows = field.queryset.filter(pk__in=value if isinstance(value, list) else [value])
            value = ", ".join(str(row) for row in rows)
        elif getattr(column, "choices", None):
            value = dict(column.flatchoices).get(value, value)
        return f"“{str(value)[:LONGEST_SHOWN]}”" if value not in ("", None) else "nothing"


def mark(value):
    """A short hash of a value as it stands in a form's `initial`."""
    if isinstance(value, (list, tuple)):
        value = sorted(str(getattr(one, "pk", one)) for one in value)
    return hashlib.sha256(str(value).encode()).hexdigest()[:12]


def read(text):
    """The marks a form brought along; none when somebody has tampered with them."""
    try:
        marks = json.loads(text)
    except ValueError:
        return {}
    return marks if isinstance(marks, dict) else {}
