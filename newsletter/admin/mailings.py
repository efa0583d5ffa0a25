"""The list of mailings, the form of a draft, and the page of one that has been queued (mailing_page.py)."""

from django import forms
from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.template.response import TemplateResponse
from django.utils.html import format_html

from informed_comment.admin_site import EditorialAdmin
from newsletter.admin import mailing_deeds, mailing_page
from newsletter.models import Mailing, Subscriber

EVERYBODY = "Nothing chosen: everybody, however often they want mail."


class MailingForm(forms.ModelForm):
    frequencies = forms.MultipleChoiceField(
        choices=Subscriber.Frequency.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="To whom",
        help_text=EVERYBODY,
    )


@admin.register(Mailing)
class MailingAdmin(EditorialAdmin):
    """Letters are begun here; digests and posts begin by themselves. Sending has a screen of its own."""

    form = MailingForm
    change_form_template = "newsletter/admin/mailing/form.html"
    list_display = ["name", "kind", "state_badge", "when", "audience"]
    list_display_links = ["name"]
    list_filter = ["state", "kind"]
    search_fields = ["subject"]
    search_help_text = "Search by subject."
    radio_fields = {}

    def get_urls(self):
        return [*mailing_deeds.urls(self), *super().get_urls()]

    def get_fieldsets(self, request, obj=None):
        is_letter = obj is None or obj.kind == Mailing.Kind.LETTER
        text = ["subject", "preheader", "body"] if is_letter else ["subject", "preheader", "intro"]
        when = ["send_at", "latest_at", "is_in_archive"]
        return [
            (None, {"fields": text}),
            ("To whom and when", {"fields": (["frequencies"] if is_letter else ["is_automatic"]) + when}),
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
        super().save_model(request, obj, form, change)

    # The pages

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        mailing = self.get_object(request, object_id) if object_id else None
        if mailing and mailing.state != Mailing.State.DRAFT and request.method in ("GET", "HEAD"):
            return self.page(request, mailing)
        panels = mailing_page.panels(request, mailing) if mailing else []
        return super().changeform_view(
            request, object_id, form_url, {"panels": panels} | (extra_context or {})
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
        }
        return TemplateResponse(request, "newsletter/admin/mailing/page.html", context)

    # The list

    @admin.display(description="Mailing")
    def name(self, mailing):
        return str(mailing)

    @admin.display(description="State")
    def state_badge(self, mailing):
        return format_html('<span class="badge badge--{}">{}</span>', *mailing_page.badge(mailing))

    @admin.display(description="When")
    def when(self, mailing):
        return mailing.started_at or mailing.starts_at or mailing.send_at or mailing.created_at
