"""What came in from old sites: each thing by its id there, and what it is here."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from informed_comment.long_lists import LongLists
from wordpress.models import Imported

HERE = ("post", "page", "author", "category", "tag", "image", "document")


class SourceFilter(admin.SimpleListFilter):
    """Old sites there is something from; found by an index, one jump a source."""

    title = "old site"
    parameter_name = "source"

    def lookups(self, request, model_admin):
        return [(source, source) for source in model_admin.sources()]

    def queryset(self, request, queryset):
        return queryset.filter(source=self.value()) if self.value() else queryset


@admin.register(Imported)
class ImportedAdmin(LongLists, admin.ModelAdmin):
    """Read only: an import alone writes it."""

    list_display = ["here", "kind", "number_there", "was_there"]
    list_filter = [SourceFilter, "kind"]
    list_display_links = None
    list_per_page = 50
    change_list_template = "admin/wordpress/imported_list.html"
    show_facets = admin.ShowFacets.NEVER
    ordering = ["source", "kind", "key"]
    sortable_by = ()
    actions = None

    def sources(self):
        """Each source that has rows, without reading them all."""
        found, last = [], ""
        while len(found) < 10:
            rows = Imported.objects.filter(source__gt=last).order_by("source")
            last = rows.values_list("source", flat=True).first()
            if last is None:
                break
            found.append(last)
        return found

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*HERE)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="number there")
    def number_there(self, row):
        return row.key

    @admin.display(description="status there")
    def was_there(self, row):
        return row.status_there or "–"

    @admin.display(description="here")
    def here(self, row):
        for name in HERE:
            thing = getattr(row, name)
            if thing is not None:
                return format_html('<a href="{}">{}</a>', form_of(thing), thing)
        return "deleted here"


def form_of(thing):
    return reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change", args=[thing.pk])
