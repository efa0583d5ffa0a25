"""The byline in the form of a post: rows that say who signs and in which role, written as a whole."""

from django import forms
from django.contrib import admin

from informed_comment.rows import NamedRows, SortableRows
from posts import bylines
from posts.admin.fields import KnownAuthor
from posts.admin.opening import byline_of
from posts.models import Byline


class BylineForm(forms.ModelForm):
    """A row is never looked up among the stored ones: what the rows say together is the byline."""

    class Meta:
        model = Byline
        fields = ("author", "role", "position")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        widget = self.fields["author"].widget
        widget = getattr(widget, "widget", widget)
        for name in self.fields:
            self.fields[name].widget.attrs["aria-label"] = self.fields[name].label
        widget.attrs["aria-label"] = "Author"
        if hasattr(widget, "known"):
            widget.known = self.initial.get("author")

    def has_changed(self):
        """A row that names somebody counts; one with a place or a role alone is empty."""
        return bool(self["author"].data)

    def validate_unique(self):
        """The rows replace what is stored, so they are compared with one another only."""

    validate_constraints = validate_unique


class BylineRows(NamedRows):
    """Shows the post's byline, or the one of `opened`, as rows yet to be written; saving replaces the byline."""

    opened = None

    def __init__(self, *args, **kwargs):
        post = kwargs.get("instance")
        if not kwargs.get("data") and "initial" not in kwargs and (self.opened or (post and post.pk)):
            lines = byline_of(post, self.opened)
            kwargs["initial"] = [
                {"author": author, "role": role, "position": place}
                for place, (author, role) in enumerate(lines)
            ]
            self.extra = len(lines)
        super().__init__(*args, **kwargs)

    def get_queryset(self):
        return Byline.objects.none()

    def initial_form_count(self):
        return 0

    def validate_unique(self):
        lines = self.lines()
        for line in lines:
            if lines.count(line) > 1:
                author, role = line
                raise forms.ValidationError(
                    f"{author} stands twice with the role “{Byline.Role(role).label}”. Remove one of the two."
                )

    def lines(self):
        """(author, role) of every row that names somebody, in the order of their places."""
        rows = [
            form.cleaned_data
            for form in self.forms
            if form.is_valid() and form.cleaned_data.get("author") and not form.cleaned_data.get("DELETE")
        ]
        rows.sort(key=lambda row: row.get("position") or 0)
        return [(row["author"], row["role"]) for row in rows]

    def save(self, commit=True):
        self.new_objects, self.changed_objects, self.deleted_objects = [], [], []
        bylines.sign(self.instance, self.lines())
        return []


class BylineInline(SortableRows, admin.TabularInline):
    model = Byline
    form = BylineForm
    formset = BylineRows
    extra = 0
    verbose_name = "author"
    verbose_name_plural = "byline"
    autocomplete_fields = ["author"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "author":
            kwargs["widget"] = KnownAuthor(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_extra(self, request, obj=None, **kwargs):
        return 1 if obj is None else 0

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.opened = getattr(request, "opened", None)
        return formset
