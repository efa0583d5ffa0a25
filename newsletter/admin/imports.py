"""Subscribers in: a file, what it is, what would become of its rows, and what became of them."""

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from informed_comment import audit
from informed_comment.long_lists import LongLists
from newsletter.admin.exports import BUSY, Download, as_file, slots
from newsletter.admin.import_forms import FileForm, LookForm
from newsletter.importing import course, receiving, telling
from newsletter.importing.judging import not_taken
from newsletter.importing.layouts import BY_NAME
from newsletter.models import ImportBatch
from newsletter.spreadsheet import Export

PAGE = "admin/newsletter/import_{}.html"
State = ImportBatch.State


@admin.register(ImportBatch)
class ImportBatchAdmin(LongLists, admin.ModelAdmin):
    """The list of imports; adding one is sending a file; the page of one follows its course."""

    list_display = ["__str__", "state", "from_product", "lines", "created_at", "begun_by"]
    list_per_page = 50
    add_form_template = PAGE.format("file")

    def may_import(self, request):
        return request.user.has_perm("newsletter.import_subscriber")

    def has_add_permission(self, request):
        return self.may_import(request)

    def has_view_permission(self, request, obj=None):
        return self.may_import(request)

    def has_change_permission(self, request, obj=None):
        return self.may_import(request)

    def has_delete_permission(self, request, obj=None):
        """Rows of an import are cleared in time; a file that was not imported is forgotten on its own page."""
        return False

    def has_module_permission(self, request):
        return self.may_import(request)

    @admin.display(description="from")
    def from_product(self, batch):
        return BY_NAME[batch.layout].label if batch.layout else "not known"

    def get_urls(self):
        report = path(
            "<int:pk>/report/",
            self.admin_site.admin_view(require_safe(self.report)),
            name="newsletter_importbatch_report",
        )
        return [report, *super().get_urls()]

    # A file

    def add_view(self, request, form_url="", extra_context=None):
        if not self.may_import(request):
            raise PermissionDenied
        sent = [request.POST, request.FILES] if request.method == "POST" else []
        form = FileForm(*sent)
        if sent and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                batch = receiving.receive(
                    file.chunks(receiving.PIECE),
                    name=file.name,
                    by=request.user,
                    limit=settings.SUBSCRIBER_FILE_MAX_BYTES,
                )
            except (receiving.CannotRead, OSError) as reason:
                form.add_error("file", str(reason))
            else:
                return HttpResponseRedirect(page_of(batch))
        return self.page(request, "file", title="Import subscribers", form=form)

    # Its course

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.may_import(request):
            raise PermissionDenied
        batch = get_object_or_404(ImportBatch, pk=object_id if str(object_id).isdecimal() else 0)
        deed = DEEDS.get(request.POST.get("do"))
        if request.method == "POST" and deed:
            try:
                if answer := deed(self, request, batch):
                    return answer
            except course.CannotGoOn as reason:
                messages.warning(request, str(reason))
            return HttpResponseRedirect(page_of(batch))
        return self.one(request, batch)

    def one(self, request, batch, form=None):
        if batch.state == State.RECEIVED:
            return self.page(request, "look", batch=batch, title=str(batch), form=form or LookForm(batch))
        told, lines = telling.told_of(batch), telling.lines(batch)
        kept, first_kept = telling.kept(batch)
        done, total = telling.progress(batch)
        return self.page(
            request,
            "result",
            batch=batch,
            title=str(batch),
            product=BY_NAME[batch.layout].label,
            lines=lines,
            will_change=sum(line.count for line in lines if line.is_taken),
            not_taken=not_taken(told),
            remarks=telling.remarks(told),
            kept=kept,
            first_kept=first_kept,
            taken_away=batch.undone.get("taken away", {}).get("count", 0),
            lowered=batch.found.get("lowered", {}).get("count", 0),
            done=done,
            total=total,
            kept_days=settings.IMPORTS_KEPT_DAYS,
        )

    def report(self, request, pk):
        """The rows that were not taken, or not as they stand, as CSV; `?rows=all` gives every row."""
        if not self.may_import(request):
            raise PermissionDenied
        batch = get_object_or_404(ImportBatch, pk=pk, cleared_at=None)
        if not slots.acquire(blocking=False):
            messages.warning(request, BUSY)
            return HttpResponseRedirect(page_of(batch))
        rows = batch.rows.all() if request.GET.get("rows") == "all" else telling.reported(batch)
        return as_file(Download(Export(rows), request, str(batch)), f"import-{batch.pk}")

    def page(self, request, name, **context):
        context = self.admin_site.each_context(request) | {"opts": self.opts} | context
        return TemplateResponse(request, PAGE.format(name), context)

    @transaction.atomic
    def log(self, request, batch, said):
        audit.record("subscribers_imported", said, request=request, about=str(batch), rows=batch.lines)
        LogEntry.objects.log_actions(request.user.pk, [batch], ADDITION, said, single_object=True)


def page_of(batch):
    return reverse("admin:newsletter_importbatch_change", args=[batch.pk])


# What is posted on the page of an import; an answer, or nothing to show it again


def look(modeladmin, request, batch):
    form = LookForm(batch, request.POST)
    if batch.state == State.RECEIVED and not form.is_valid():
        return modeladmin.one(request, batch, form)
    course.look(batch, **(form.said() if form.is_valid() else {"frequency": batch.frequency}))
    return None


def begin(modeladmin, request, batch):
    course.begin(batch, by=request.user.get_username())
    modeladmin.log(
        request, batch, "Began to import." + (f" {batch.declaration}" if batch.declaration else "")
    )


def undo(modeladmin, request, batch):
    course.undo(batch, by=request.user.get_username())
    modeladmin.log(request, batch, "Began to undo it.")


def reconsider(modeladmin, request, batch):
    course.reconsider(batch)


def drop(modeladmin, request, batch):
    course.drop(batch)
    messages.success(request, "The file has been forgotten. Nothing of it was imported.")
    return HttpResponseRedirect(reverse("admin:newsletter_importbatch_changelist"))


DEEDS = {"look": look, "begin": begin, "undo": undo, "reconsider": reconsider, "drop": drop}
