from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from informed_comment.long_lists import LongLists
from newsletter import subscribing
from newsletter.admin.read_only import ReadOnly
from newsletter.consent import Evidence
from newsletter.models import ConsentEvent, Subscriber
from newsletter.spreadsheet import Export


class ConsentEventInline(ReadOnly, admin.TabularInline):
    model = ConsentEvent
    verbose_name_plural = "history"
    fields = ["at", "what", "how", "detail", "text_version", "network", "by"]
    can_delete = False
    extra = 0


@admin.register(Subscriber)
class SubscriberAdmin(LongLists, admin.ModelAdmin):
    """The list, its export, and leaving on a reader's behalf. Nobody is made active here: only subscribers do that."""

    change_list_template = "newsletter/admin/subscriber_list.html"
    list_display = ["email", "state", "frequency", "source", "created_at", "confirmed_at", "unsubscribed_at"]
    list_filter = ["state", "frequency", "source", "created_at", "confirmed_at"]
    search_fields = ["key"]
    search_help_text = "Any part of the address."
    list_per_page = 50
    actions = ["export_chosen", "unsubscribe_chosen"]
    inlines = [ConsentEventInline]
    fields = [
        ("email", "key"),
        ("state", "frequency"),
        ("source", "consent_version"),
        ("created_at", "confirmed_at", "unsubscribed_at"),
    ]
    readonly_fields = ["key", "created_at", "confirmed_at", "unsubscribed_at"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        """Of one subscriber nothing can be changed by hand; of many, the actions may unsubscribe."""
        return obj is None and super().has_change_permission(request)

    def has_export_permission(self, request):
        return request.user.has_perm("newsletter.export_subscriber")

    def get_search_results(self, request, queryset, search_term):
        """Parts of the address, all of which must be in it; served by a trigram index."""
        for part in search_term.lower().split():
            queryset = queryset.filter(key__contains=part)
        return queryset, False

    def get_urls(self):
        export = path("export/", self.admin_site.admin_view(require_POST(self.export)))
        export.name = "newsletter_subscriber_export"
        return [export, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        context = {"may_export": self.has_export_permission(request)} | (extra_context or {})
        return super().changelist_view(request, context)

    # Taking out

    def export(self, request):
        """The whole filtered selection: what the list shows, on all its pages."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            selection = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            self.message_user(request, "This filter cannot be read. Choose it again.", messages.ERROR)
            return redirect("admin:newsletter_subscriber_changelist")
        return self.download(request, selection, request.GET.urlencode() or "everything")

    @admin.action(description="Export chosen subscribers as CSV", permissions=["export"])
    def export_chosen(self, request, queryset):
        return self.download(request, queryset, "chosen in the list")

    def download(self, request, subscribers, selection):
        """The file as a stream, with an entry in the log before the first row and one after the last."""

        def stream():
            export = Export(subscribers)
            self.log(request, f"Export of subscribers began: {selection}.")
            try:
                yield from export
            finally:
                ended = f"ended: {export.rows} rows" if export.rows is not None else "was broken off"
                self.log(request, f"Export of subscribers {ended}.")

        name = f"subscribers-{timezone.localtime():%Y-%m-%d-%H%M}.csv"
        return StreamingHttpResponse(
            stream(),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
            },
        )

    def log(self, request, message):
        LogEntry.objects.create(
            user_id=request.user.pk,
            content_type=ContentType.objects.get_for_model(Subscriber),
            object_repr="Subscribers",
            action_flag=CHANGE,
            change_message=message,
        )

    # Letting go

    @admin.action(
        description="Unsubscribe",
        permissions=["change"],
        location=[ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM],
    )
    def unsubscribe_chosen(self, request, queryset):
        evidence = Evidence("admin", by=request.user.get_username())
        chosen = list(queryset.exclude(state__in=["unsubscribed", "complained"]))
        for subscriber in chosen:
            subscribing.unsubscribe(subscriber, evidence=evidence)
        LogEntry.objects.log_actions(request.user.pk, chosen, CHANGE, "Unsubscribed.")
        self.message_user(request, f"Unsubscribed: {len(chosen)}.", messages.SUCCESS)

    def delete_model(self, request, obj):
        subscribing.erase(obj, evidence=Evidence("admin", by=request.user.get_username()))

    def delete_queryset(self, request, queryset):
        for subscriber in queryset:
            self.delete_model(request, subscriber)
