"""The newsroom: Django's admin with the publication's name, look, dashboard and content policy."""

import functools

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.core.exceptions import BadRequest
from django.db import models
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.csp import CSP
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.debug import sensitive_post_parameters

from informed_comment import dashboard, endpoints, palette
from informed_comment.headers import content_policy
from informed_comment.long_lists import LongLists
from informed_comment.publication import current_publication
from informed_comment.seen import SeenForm
from informed_comment.signing_in import proof, urls
from informed_comment.signing_in.views import password
from informed_comment.watching import status

# Scripts and styles are our own files or carry the request's nonce. Nothing inline: the editor's <style> is switched
# off (its rules stand in admin_editor.css) and pasted style attributes are read before a browser could refuse them.
ADMIN_CSP = content_policy(
    {
        "script-src": [CSP.SELF, CSP.NONCE],
        "style-src": [CSP.SELF, CSP.NONCE],
        "img-src": [CSP.SELF, "data:", "blob:", *settings.MEDIA_ORIGINS],
        "font-src": [CSP.SELF],
        "connect-src": [CSP.SELF],
        "media-src": [CSP.SELF, *settings.MEDIA_ORIGINS],
        "frame-src": [CSP.SELF],
        "form-action": [CSP.SELF],
        "frame-ancestors": [CSP.SELF],
    },
    is_secure=settings.IS_SECURE,
)
ORDER = ["posts", "authors", "images", "pages", "newsletter", "informed_comment", "wordpress", "auth"]


class NewsroomSite(AdminSite):
    site_title = "Newsroom"
    index_title = "Newsroom"
    enable_nav_sidebar = True

    def each_context(self, request):
        context = super().each_context(request)
        context["site_header"] = context["site_title"] = current_publication().title
        return context

    def get_app_list(self, request, app_label=None):
        """The rooms in the order of a day's work; libraries last."""
        rooms = super().get_app_list(request, app_label)
        return sorted(
            rooms, key=lambda room: ORDER.index(room["app_label"]) if room["app_label"] in ORDER else 99
        )

    def index(self, request, extra_context=None):
        context = {
            **self.each_context(request),
            "title": self.index_title,
            "subtitle": None,
            "app_list": self.get_app_list(request),
            "panels": dashboard.panels(request),
            **(extra_context or {}),
        }
        request.current_app = self.name
        return TemplateResponse(request, "admin/index.html", context)

    def find(self, request):
        request.current_app = self.name
        return palette.page(request, self.each_context(request))

    def status(self, request):
        request.current_app = self.name
        return status.page(request, self.each_context(request))

    def login(self, request, extra_context=None):
        """May stand in a frame of our own: somebody whose session ran out signs in without leaving what they write."""
        return self.open_view(password.sign_in)(request)

    def password_change(self, request, extra_context=None):
        return proof.freshly_proved(super().password_change)(request, extra_context)

    def open_view(self, view):
        """A page for who is not signed in yet, in a frame of our own or not."""
        return csp_override(ADMIN_CSP)(self.framed(never_cache(sensitive_post_parameters()(view))))

    def framed(self, view):
        return xframe_options_sameorigin(view)

    def get_urls(self):
        own = [
            path("session/", endpoints.session, name="session"),
            path("find/", self.admin_view(self.find), name="find"),
            path("find/hits/", self.admin_view(palette.hits_json), name="find_hits"),
            *urls.paths(self),
            path("status/", self.admin_view(self.status), name="status"),
            path("status/again/", self.admin_view(status.try_again), name="status_try_again"),
            path("status/dismiss/", self.admin_view(status.dismiss), name="status_dismiss"),
            path("signed-in/", self.admin_view(xframe_options_sameorigin(self.signed_in)), name="signed_in"),
        ]
        # Django's way from any row to its page would tell whoever asks what has not come out yet, and where.
        others = [pattern for pattern in super().get_urls() if getattr(pattern, "name", "") != "view_on_site"]
        return [*own, *others]

    def signed_in(self, request):
        """Where signing in within a frame ends; whoever opened the frame sees it and goes on."""
        return TemplateResponse(
            request, "admin/signed_in.html", {**self.each_context(request), "title": "Signed in"}
        )

    def admin_view(self, view, cacheable=False, *, csp=ADMIN_CSP):
        return csp_override(csp)(super().admin_view(refusing_nul(view), cacheable))


def refusing_nul(view):
    """PostgreSQL holds no text with a NUL in it, and Django's filters would ask it for one."""

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        if any("\x00" in value for value in request.GET.values()):
            raise BadRequest("The address holds a character that no text may hold. Open the list again.")
        return view(request, *args, **kwargs)

    return guarded


class Moment(forms.DateTimeInput):
    """A date and an hour in one field, which phones open as a calendar. To the minute, in the site's time zone."""

    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")


class EditorialAdmin(LongLists, admin.ModelAdmin):
    """What all our screens share: no count over whole tables, no query for rows nobody asked for."""

    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 50
    list_select_related = ()
    notices_others = True  # by SeenForm; off for what has versions of its own
    formfield_overrides = {models.DateTimeField: {"form_class": forms.DateTimeField, "widget": Moment}}

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """A field edited in the list has no label beside it; its name is said to those who do not see the column."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        is_file = field and isinstance(field.widget, forms.ClearableFileInput)
        if field and (db_field.name in self.list_editable or is_file):
            field.widget.attrs["aria-label"] = field.label
        return field

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if not (change and self.notices_others):
            return form
        return type(form)(form.__name__, (SeenForm, form), {"__module__": form.__module__})

    def view_on_site(self, obj):
        """The reader's address of the row itself, not Django's detour over its content type."""
        return obj.get_absolute_url() or None if hasattr(obj, "get_absolute_url") else None
