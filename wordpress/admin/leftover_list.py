"""All that imports left for editors to see to, in posts and pages, in one list."""

from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator

from informed_comment.long_lists import LongLists
from wordpress import seeing_to
from wordpress.models import Leftover


class OpenFilter(admin.SimpleListFilter):
    """What is still open, unless somebody asks for the rest."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("done", "Seen to"), ("all", "All")]

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        return [first | {"display": "Open"}, *rest]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.filter(done_at__isnull=self.value() != "done")


@admin.register(Leftover)
class LeftoverAdmin(LongLists, admin.ModelAdmin):
    """Imports write it, editors tick it off: here many at once, beside a post one by one."""

    list_display = ["what", "where", "after", "markup_begins"]
    list_filter = [OpenFilter, "kind"]
    list_display_links = None
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    ordering = ["id"]
    sortable_by = ()
    actions = ["see_to"]

    def get_queryset(self, request):
        texts = super().get_queryset(request).select_related("imported__post", "imported__page")
        return texts.only(
            *("kind", "name", "markup", "after", "done_at", "imported__kind"),
            *("imported__post__title", "imported__page__title"),
        )

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description="These are seen to", permissions=["change"])
    def see_to(self, request, queryset):
        number = seeing_to.see_to(Leftover.objects.filter(pk__in=queryset.values("pk")), by=request.user)
        self.message_user(request, f"{number} seen to.", messages.SUCCESS)

    @admin.display(description="what")
    def what(self, leftover):
        return str(leftover)

    @admin.display(description="where")
    def where(self, leftover):
        for name, app in (("post", "posts"), ("page", "pages")):
            text = getattr(leftover.imported, name)
            if text is not None:
                return format_html(
                    '<a href="{}">{}</a>', reverse(f"admin:{app}_{name}_change", args=[text.pk]), text
                )
        return "deleted here"

    @admin.display(description="its markup")
    def markup_begins(self, leftover):
        return Truncator(" ".join(leftover.markup.split())).chars(70)
