from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction

from informed_comment import audit
from informed_comment.long_lists import LongLists
from informed_comment.persons.erasing import mark_of
from informed_comment.persons.parts import Person
from newsletter import subscribing
from newsletter.admin.exports import Exports
from newsletter.admin.own_mail import OwnMail
from newsletter.admin.read_only import ReadOnly
from newsletter.choosing import names_of
from newsletter.consent import Evidence
from newsletter.models import ConsentEvent, Subscriber


class ConsentEventInline(ReadOnly, admin.TabularInline):
    model = ConsentEvent
    verbose_name_plural = "history"
    fields = ["at", "what", "how", "detail", "text_version", "network", "by"]
    can_delete = False
    extra = 0


@admin.register(Subscriber)
class SubscriberAdmin(OwnMail, Exports, LongLists, admin.ModelAdmin):
    """The list, its export, and leaving on a reader's behalf. Nobody is made active here: only subscribers do that."""

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
        ("sections", "paused_until"),
        ("source", "consent_version"),
        ("created_at", "confirmed_at", "unsubscribed_at"),
        "own_mail",
    ]
    readonly_fields = [
        "key",
        "sections",
        "paused_until",
        "created_at",
        "confirmed_at",
        "unsubscribed_at",
        "own_mail",
    ]

    class Media:
        css = {"all": ["css/newsroom/ledger.css"]}

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        """Of one subscriber nothing can be changed by hand; of many, the actions may unsubscribe."""
        return obj is None and super().has_change_permission(request)

    def get_search_results(self, request, queryset, search_term):
        """Parts of the address, all of which must be in it; served by a trigram index."""
        for part in search_term.lower().split():
            queryset = queryset.filter(key__contains=part)
        return queryset, False

    @admin.display(description="sections")
    def sections(self, subscriber):
        return names_of(subscriber.categories)

    # Letting go

    @admin.action(
        description="Unsubscribe",
        permissions=["change"],
        location=[ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM],
    )
    @transaction.atomic
    def unsubscribe_chosen(self, request, queryset):
        evidence = Evidence("admin", by=request.user.get_username())
        chosen = list(queryset.exclude(state__in=["unsubscribed", "complained"]))
        for subscriber in chosen:
            subscribing.unsubscribe(subscriber, evidence=evidence)
        if chosen:
            said = f"Unsubscribed by an administrator: {len(chosen)}."
            audit.record("subscribers_unsubscribed", said, request=request, rows=len(chosen))
        LogEntry.objects.log_actions(request.user.pk, chosen, CHANGE, "Unsubscribed.")
        self.message_user(request, f"Unsubscribed: {len(chosen)}.", messages.SUCCESS)

    @transaction.atomic
    def delete_model(self, request, obj):
        """The log keeps the hash by which the erasure of a person is known, and not the address."""
        mark = mark_of(Person(address=obj.email))
        audit.record("subscriber_erased", "A subscriber was erased.", request=request, about=mark)
        subscribing.erase(obj, evidence=Evidence("admin", by=request.user.get_username()))

    def delete_queryset(self, request, queryset):
        for subscriber in queryset:
            self.delete_model(request, subscriber)
