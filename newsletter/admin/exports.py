"""Taking subscribers out: which columns, in which form, as a stream; with an entry in the log before and after."""

import threading

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods

from informed_comment import audit, keyset
from informed_comment.signing_in import proof
from newsletter.models import Subscriber
from newsletter.spreadsheet import Export
from newsletter.spreadsheet_columns import COLUMNS_OF, USUAL

AT_ONCE = 2  # in a process, whose other threads answer readers meanwhile
slots = threading.BoundedSemaphore(AT_ONCE)
BUSY = "Two exports are being downloaded already. Wait until one of them is done, and try again."


class ExportForm(forms.Form):
    columns = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one column."},
    )
    is_raw = forms.BooleanField(
        required=False,
        label="For machines: leave texts as they are",
        help_text="Otherwise an apostrophe stands before what a spreadsheet would take for a formula.",
    )

    def __init__(self, model, *args):
        super().__init__(*args)
        known = COLUMNS_OF[model]
        self.fields["columns"].choices = [(name, capfirst(column.label)) for name, column in known.items()]
        self.fields["columns"].initial = list(USUAL) if model is Subscriber else list(known)


class Exports:
    """For a ModelAdmin: the button above its list and the page behind it."""

    change_list_template = "admin/newsletter/exportable_list.html"

    def has_export_permission(self, request):
        return request.user.has_perm("newsletter.export_subscriber")

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        asked = proof.freshly_proved(require_http_methods(["GET", "HEAD", "POST"])(self.export))
        view = self.admin_site.admin_view(asked)
        return [path("export/", view, name=name), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        may_import = request.user.has_perm("newsletter.import_subscriber")
        may = {"may_export": self.has_export_permission(request), "may_import": may_import}
        context = may | (extra_context or {})
        return super().changelist_view(request, context)

    def export(self, request):
        """The whole filtered selection: what the list shows, on all its pages."""
        if not (self.has_export_permission(request) and self.has_view_permission(request)):
            raise PermissionDenied
        try:
            changelist = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            self.message_user(request, "This filter cannot be read. Choose it again.", messages.ERROR)
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        form = ExportForm(self.model, *([request.POST] if request.method == "POST" else []))
        if request.method == "POST" and form.is_valid():
            said = request.GET.urlencode() or "everything"
            if answer := self.download(request, changelist.queryset, said, **form.cleaned_data):
                return answer
        count = keyset.count(changelist.queryset)
        name = self.opts.verbose_name if str(count) == "1" else self.opts.verbose_name_plural
        context = self.admin_site.each_context(request) | {
            "title": f"Export {count} {name}",
            "form": form,
            "opts": self.opts,
            "is_filtered": changelist.has_active_filters or bool(changelist.query),
        }
        return TemplateResponse(request, "admin/newsletter/export.html", context)

    @admin.action(description="Export chosen rows as CSV", permissions=["export"])
    def export_chosen(self, request, queryset):
        if not proof.is_fresh(request):
            return proof.asked_for(request)
        return self.download(request, queryset, "chosen in the list")

    def download(self, request, selection, said, *, columns=None, is_raw=False):
        """The file as a stream; None, and a word to the user, when others are at it."""
        if not slots.acquire(blocking=False):
            self.message_user(request, BUSY, messages.WARNING)
            return None
        export = Export(selection, columns=columns, is_raw=is_raw)
        return as_file(Download(export, request, said), str(self.opts.verbose_name_plural))


class Download:
    """An export that is logged and that lets go of its slot, however it ends."""

    def __init__(self, export, request, said):
        self.export, self.request, self.said = export, request, said
        self.has_slot, self.rows = True, self.stream()

    def __iter__(self):
        return self.rows

    def stream(self):
        name = self.export.selection.model._meta.verbose_name_plural
        columns = ", ".join(self.export.columns)
        raw = ", raw" if self.export.is_raw else ""
        self.log(f"Export of {name} began: {self.said}. Columns: {columns}{raw}.", columns=columns)
        try:
            yield from self.export
        finally:
            ended = "was broken off"
            if self.export.sha256:
                ended = f"ended: {self.export.rows} rows, SHA-256 {self.export.sha256}"
            self.log(f"Export of {name} {ended}.", rows=self.export.rows, sha256=self.export.sha256)

    @transaction.atomic
    def log(self, message, **details):
        """For the newsroom's history, and for the audit log, where the words that were searched for have no place."""
        model = self.export.selection.model
        name = str(model._meta.verbose_name_plural)
        said = f"{name.capitalize()} were taken out as CSV."
        audit.record(f"{model._meta.model_name}_exported", said, request=self.request, about=name, **details)
        LogEntry.objects.create(
            user_id=self.request.user.pk,
            content_type=ContentType.objects.get_for_model(model),
            object_repr=str(model._meta.verbose_name_plural).capitalize(),
            action_flag=CHANGE,
            change_message=message,
        )

    def close(self):
        """Called by the server when the answer is over, also one that nobody has read."""
        self.rows.close()
        if self.has_slot:
            self.has_slot = False
            slots.release()


def as_file(rows, name):
    """A CSV for the browser to keep, sent as it is made."""
    file_name = f"{name}-{timezone.localtime():%Y-%m-%d-%H%M}.csv".replace(" ", "-")
    return StreamingHttpResponse(
        rows,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{file_name}"',
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        },
    )
