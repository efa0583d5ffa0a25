"""When digests go out by themselves, and the addresses that tests go to."""

from django.contrib import admin, messages
from django.utils import timezone

from informed_comment.admin_site import EditorialAdmin
from newsletter.models import DigestPlan, ProofAddress

NEXT = "The next one goes out on {local:%A, %-d %B, at %H:%M} ({zone}), which is {utc:%H:%M} UTC."


@admin.register(DigestPlan)
class DigestPlanAdmin(EditorialAdmin):
    """Two rows, the daily and the weekly."""

    is_short = True
    list_display = ["name", "is_on", "goes_out"]
    list_display_links = ["name"]

    def get_fields(self, request, obj=None):
        weekday = ["weekday"] if obj and obj.kind == DigestPlan.Kind.WEEKLY else []
        return ["is_on", *weekday, "hour", "minutes_ahead", "hours_late"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="Digest")
    def name(self, plan):
        return str(plan)

    @admin.display(description="Next")
    def goes_out(self, plan):
        return plan.next_moment(timezone.now()) if plan.is_on else "Off"

    def save_model(self, request, obj, form, change):
        """From now on: an hour of today that is past already is not made up for."""
        now = timezone.now()
        if "is_on" in form.changed_data:
            obj.on_since = now
        day = obj.occasion_at(now)
        if {"hour", "weekday"}.intersection(form.changed_data) and obj.moment_on(day) <= now:
            obj.looked_on = max(day, obj.looked_on or day)
        super().save_model(request, obj, form, change)
        if obj.is_on:
            moment = obj.next_moment(now)
            zone = timezone.get_default_timezone_name().replace("_", " ")
            messages.info(request, NEXT.format(local=timezone.localtime(moment), zone=zone, utc=moment))


@admin.register(ProofAddress)
class ProofAddressAdmin(EditorialAdmin):
    is_short = True
    list_display = ["email", "added_by"]
    list_select_related = ["added_by"]
    fields = ["email"]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.added_by = request.user
        super().save_model(request, obj, form, change)
