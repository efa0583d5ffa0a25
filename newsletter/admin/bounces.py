from django.contrib import admin
from django.utils.html import format_html

from informed_comment.admin_site import EditorialAdmin
from newsletter.admin.read_only import ReadOnly
from newsletter.models import Bounce


@admin.register(Bounce)
class BounceAdmin(ReadOnly, EditorialAdmin):
    """What came back, newest first. Those not understood wait here for somebody to read them."""

    list_display = ["at", "kind", "whose", "status", "said", "source"]
    list_filter = ["kind", "at"]
    search_fields = ["subscriber__key"]
    search_help_text = "The whole e-mail address of a subscriber."
    list_select_related = ["subscriber"]
    fields = ["at", "kind", "whose", "delivery", "status", "diagnostic", "source"]
    readonly_fields = ["whose"]

    def get_search_results(self, request, queryset, search_term):
        return (
            queryset.filter(subscriber__key=search_term.strip().lower()) if search_term else queryset
        ), False

    @admin.display(description="what was said")
    def said(self, bounce):
        return bounce.diagnostic[:120]

    @admin.display(description="subscriber")
    def whose(self, bounce):
        if bounce.subscriber is None:
            return "erased" if bounce.delivery_id else "nobody we know"
        return format_html("<bdi>{}</bdi>", bounce.subscriber.email)
