from django.contrib import admin

from informed_comment.fingerprints import fingerprints
from informed_comment.long_lists import LongLists
from newsletter import addresses
from newsletter.admin.exports import Exports
from newsletter.admin.read_only import ReadOnly
from newsletter.models import ConsentEvent, Suppression


class ByAddress(LongLists):
    """Rows that know an address only as its hash: to be found by the whole address, or not at all."""

    search_fields = ["address_hash"]
    search_help_text = "The whole e-mail address: only its hash is kept."

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        try:
            key = addresses.parse(search_term).key
        except addresses.NotAnAddress:
            return queryset.none(), False
        return queryset.filter(address_hash__in=fingerprints("address", key)), False


@admin.register(Suppression)
class SuppressionAdmin(Exports, ByAddress, ReadOnly, admin.ModelAdmin):
    """Its export, taken to another installation with the same NEWSLETTER_KEY, goes on protecting these addresses."""

    list_display = ["short_hash", "reason", "created_at"]
    list_filter = ["reason", "created_at"]

    def has_delete_permission(self, request, obj=None):
        """Lifting a suppression lets the address sign up again, no more."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    @admin.display(description="address, hashed", ordering="address_hash")
    def short_hash(self, row):
        return f"{row.address_hash[:16]}…"


@admin.register(ConsentEvent)
class ConsentEventAdmin(ByAddress, ReadOnly, admin.ModelAdmin):
    list_display = ["at", "what", "subscriber_link", "how", "detail", "text_version", "network", "by"]
    list_filter = ["what", "at"]
    list_select_related = ["subscriber"]

    @admin.display(description="subscriber")
    def subscriber_link(self, event):
        return event.subscriber or "erased"
