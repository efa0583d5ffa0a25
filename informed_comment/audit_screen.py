"""The audit log in the newsroom: to be read, looked through and taken out as a table; nobody writes there."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode

from informed_comment import audit, spreadsheets
from informed_comment.admin_site import EditorialAdmin
from informed_comment.long_lists import LongList
from informed_comment.signing_in import proof

# Each deed there is, by hopping through the index: a list of all rows would be read whole.
DEEDS = """
WITH RECURSIVE hop AS (
    (SELECT deed FROM informed_comment_auditentry ORDER BY deed LIMIT 1)
    UNION ALL
    SELECT (SELECT deed FROM informed_comment_auditentry WHERE deed > hop.deed ORDER BY deed LIMIT 1)
    FROM hop WHERE hop.deed IS NOT NULL
) SELECT deed FROM hop WHERE deed IS NOT NULL
"""
COLUMNS = ("at", "deed", "said", "name", "about", "address", "request_id")


class DeedFilter(admin.SimpleListFilter):
    title = "deed"
    parameter_name = "deed"

    def lookups(self, request, model_admin):
        with connection.cursor() as cursor:
            cursor.execute(DEEDS)
            return [(deed, deed.replace("_", " ").capitalize()) for (deed,) in cursor.fetchall()]

    def queryset(self, request, queryset):
        return queryset.filter(deed=self.value()) if self.value() else queryset


class AuditList(LongList):
    @property
    def count_said(self):
        return f"{self.count} {'entry' if self.count.number == 1 else 'entries'}"


class AuditEntryAdmin(EditorialAdmin):
    list_display = ["at", "said", "person", "address"]
    list_filter = [DeedFilter, "at"]
    search_fields = ["said", "about"]
    search_help_text = (
        "Search by what was done and to whom. A name in the list shows all that its bearer did."
    )
    fields = ["at", "said", "deed", "name", "about", "address", "request_id", "details"]
    change_list_template = "admin/signing_in/audit_list.html"
    actions = None

    @admin.display(description="By")
    def person(self, entry):
        if not entry.name:
            return "somebody not signed in" if entry.request_id else "the site itself"
        return format_html('<a href="?{}">{}</a>', urlencode({"name": entry.name}), entry.name)

    def get_changelist(self, request, **kwargs):
        return AuditList

    def lookup_allowed(self, lookup, value, request):
        return lookup == "name" or super().lookup_allowed(lookup, value, request)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        export = self.admin_site.admin_view(proof.freshly_proved(self.export))
        return [path("export/", export, name="informed_comment_auditentry_export"), *super().get_urls()]

    def export(self, request):
        """What the list shows with its filters, whole."""
        self.refuse_others(request)
        rows = self.get_changelist_instance(request).queryset.order_by("-id")
        audit.record("audit_log_exported", "The audit log was taken out as a table.", request=request)
        return spreadsheets.download(lines(rows), name=f"audit-log-{timezone.localtime():%Y-%m-%d}.csv")

    def refuse_others(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied


def lines(rows):
    yield COLUMNS
    for row in rows.values_list(*COLUMNS).iterator(chunk_size=2000):
        yield [timezone.localtime(row[0]).isoformat(timespec="seconds"), *(cell or "" for cell in row[1:])]
