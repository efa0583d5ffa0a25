"""The list of mailings, the form of a draft, and the page of one that has been queued (mailing_page.py)."""

from django.conf import settings
from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from informed_comment.admin_site import EditorialAdmin
from newsletter.admin import (
    deliveries,
    ledger,
    mailing_confirm,
    mailing_deeds,
    mailing_page,
    mailing_preview,
    mailing_proof,
)
from newsletter.admin.mailing_form import LineInline, MailingForm
from newsletter.models import Mailing

ZONE = f"Times are those of {settings.TIME_ZONE.replace('_', ' ')}."
TOO_LATE = (
    "It was queued while you were writing, so nothing was saved. What you typed stands below; take it back, if it can still "
    "be, and put it in again."
)


@admin.register(Mailing)
class MailingAdmin(EditorialAdmin):
    """Letters are begun here; digests and posts begin by themselves. Sending has a screen of its own."""

    form = MailingForm
    change_form_template = "newsletter/admin/mailing/form.html"
    list_display = ["name", "kind", "state_badge", "when", "readers"]
    list_display_links = ["name"]
    list_filter = ["state", "kind"]
    search_fields = ["subject"]
    search_help_text = "Search by subject."

    def get_urls(self):
        screens = (mailing_deeds, mailing_preview, mailing_proof, mailing_confirm, ledger, deliveries)
        return [*(one for screen in screens for one in screen.urls(self)), *super().get_urls()]

    def get_inlines(self, request, obj):
        is_digest = obj is not None and obj.kind in (Mailing.Kind.DAILY, Mailing.Kind.WEEKLY)
        return [LineInline] if is_digest else []

    def get_fieldsets(self, request, obj=None):
        kind = obj.kind if obj else Mailing.Kind.LETTER
        text = {Mailing.Kind.LETTER: ["body"], Mailing.Kind.POST: []}.get(kind, ["intro"])
        first = ["frequencies"] if kind == Mailing.Kind.LETTER else ["is_automatic"]
        shown = [] if kind == Mailing.Kind.POST else ["is_in_archive"]
        return [
            (None, {"fields": ["subject", "preheader", *text]}),
            ("To whom and when", {"fields": [*first, "send_at", "latest_at", *shown], "description": ZONE}),
        ]

    def has_delete_permission(self, request, obj=None):
        """Only what has never been queued: the ledger of the others is kept."""
        is_draft = obj is None or obj.state == Mailing.State.DRAFT
        return is_draft and super().has_delete_permission(request, obj)

    def get_actions(self, request, action_location=ActionLocation.CHANGE_LIST):
        """No deleting of many: among them may be some that went out."""
        found = super().get_actions(request, action_location)
        return {name: action for name, action in found.items() if name != "delete_selected"}

    def view_on_site(self, obj):
        """Once it is in the archive."""
        return obj.get_absolute_url() if obj.is_in_archive and obj.started_at else None

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = request.user
        if form.changed_data:
            obj.problem = ""  # it was said of what stood there before
        super().save_model(request, obj, form, change)

    def response_add(self, request, obj, post_url_continue=None):
        return self.onward(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return self.onward(request, obj) or super().response_change(request, obj)

    def onward(self, request, obj):
        """Where the buttons lead that save and then go on: to the preview, a test, or the last look."""
        for name in ("preview", "test", "send"):
            if f"_{name}" in request.POST:
                return HttpResponseRedirect(reverse(f"admin:newsletter_mailing_{name}", args=[obj.pk]))
        return None

    # The pages

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        mailing = self.get_object(request, object_id) if object_id else None
        if mailing and mailing.state != Mailing.State.DRAFT:
            return self.page(request, mailing)
        panels = mailing_page.panels(request, mailing) if mailing else []
        return super().changeform_view(
            request,
            object_id,
            form_url,
            {"panels": panels, "show_save_and_add_another": False, "show_save_and_continue": False}
            | (extra_context or {}),
        )

    def has_change_permission(self, request, obj=None):
        """What has been queued is frozen."""
        is_draft = obj is None or obj.state == Mailing.State.DRAFT
        return is_draft and super().has_change_permission(request, obj)

    def page(self, request, mailing):
        if not self.has_view_permission(request, mailing):
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(mailing.pk))
        context = self.admin_site.each_context(request) | {
            "title": str(mailing),
            "subtitle": None,
            "opts": self.opts,
            "mailing": mailing,
            "panels": mailing_page.panels(request, mailing),
            "typed": typed(request, self.get_fieldsets(request, mailing)),
            "too_late": TOO_LATE,
        }
        status = 409 if request.method == "POST" else 200
        return TemplateResponse(request, "newsletter/admin/mailing/page.html", context, status=status)

    # The list

    @admin.display(description="Mailing")
    def name(self, mailing):
        return str(mailing)

    @admin.display(description="State")
    def state_badge(self, mailing):
        return format_html('<span class="badge badge--{}">{}</span>', *mailing_page.badge(mailing))

    @admin.display(description="Subscribers")
    def readers(self, mailing):
        return "" if mailing.state == Mailing.State.DRAFT else f"{mailing.audience:,}"

    @admin.display(description="When")
    def when(self, mailing):
        return mailing.started_at or mailing.starts_at or mailing.send_at or mailing.created_at


def typed(request, fieldsets):
    """[(name, value)] of the texts that were sent to a form that came too late."""
    names = [name for _, about in fieldsets for name in about["fields"]]
    texts = [
        (name, request.POST.get(name, ""))
        for name in names
        if name in ("subject", "preheader", "intro", "body")
    ]
    return [(Mailing._meta.get_field(name).verbose_name, value) for name, value in texts if value]
