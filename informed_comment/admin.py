import functools

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Exists, OuterRef
from django.http import HttpResponseRedirect
from django.urls import path, reverse

from informed_comment import jobs, patterns, ranks, redirects
from informed_comment.admin_site import EditorialAdmin
from informed_comment.audit_screen import AuditEntryAdmin
from informed_comment.long_lists import LongLists
from informed_comment.models import (
    AuditEntry,
    Erasure,
    Gone,
    PolicyReport,
    Publication,
    Redirect,
    RedirectPattern,
    SecondStep,
)
from informed_comment.persons.screen import PersonsAdmin
from informed_comment.signing_in import proof
from informed_comment.signing_in.views import colleagues

ADDRESS_COLUMNS = {"size": 70}
LIVE = "The site itself answers at this address, so nobody would be led away from it. Give the old address."
CIRCLE = "{target} leads to {path}, so readers would go round in a circle. Give the address that shall open."
STRAIGHT = "{target} itself leads on to {end}, so this redirect leads straight there."


@admin.register(Publication)
class PublicationAdmin(EditorialAdmin):
    """There is one publication: its form is the whole screen."""

    fieldsets = (
        (None, {"fields": ["title", "tagline", "description", "contact_email"]}),
        ("Support", {"fields": ["support_label", "support_url"]}),
        ("Newsletter", {"fields": ["newsletter_heading", "newsletter_note", "postal_address"]}),
        ("Footer", {"fields": ["copyright_line"]}),
    )

    def save_model(self, request, obj, form, change):
        """Its social card says what it is called."""
        super().save_model(request, obj, form, change)
        jobs.defer("pages.tasks.draw_cards")

    def changelist_view(self, request, extra_context=None):
        return HttpResponseRedirect(reverse("admin:informed_comment_publication_change", args=[1]))

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class RedirectForm(forms.ModelForm):
    """`request` is set on the class by the admin. What was put right about the row stands in `told`, as sentences."""

    request = None
    told = ()

    class Meta:
        help_texts = {
            "path": "The old address, beginning with a slash, as in /2009/05/an-old-post.html.",
            "target": "Where it leads now, a path on this site beginning with a slash.",
        }

    def clean_path(self):
        path = self.on_this_site("path")
        if "?" not in path and redirects.answers(self.request, path):
            raise forms.ValidationError(LIVE)
        return path

    def clean_target(self):
        return self.on_this_site("target")

    def on_this_site(self, name):
        path = redirects.plain(self.cleaned_data[name].strip())
        if not path.startswith("/") or path.startswith("//"):
            raise forms.ValidationError("Give a path on this site: it begins with one slash.")
        return path

    def clean(self):
        """Leads straight to the end; nobody else may write redirects from here until this one is kept."""
        super().clean()
        redirects.hold()
        path, target = self.cleaned_data.get("path"), self.cleaned_data.get("target")
        if not path or not target:
            return
        stands = redirects.answers(self.request, target.partition("?")[0])
        end = target if stands else redirects.where_now(target) or target
        if path.rstrip("/") in (end.rstrip("/"), target.rstrip("/")):
            self.add_error("target", CIRCLE.format(path=path, target=target))
        elif end != target:
            self.told = [STRAIGHT.format(target=target, end=end)]
            self.cleaned_data["target"] = end


@admin.register(Redirect)
class RedirectAdmin(EditorialAdmin):
    """Addresses that lead elsewhere. No redirect leads to another, so that readers are led once."""

    form = RedirectForm
    list_display = ["path", "target", "created_at"]
    search_fields = ["path", "target"]
    search_help_text = "Search by old or new address."
    list_filter = ["created_at"]
    ordering = ["-id"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name in ("path", "target"):
            field.widget.attrs |= ADDRESS_COLUMNS
        return field

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.request = request
        return form

    def save_model(self, request, obj, form, change):
        """What led to the old address is led along."""
        if "path" in form.changed_data:
            Redirect.objects.filter(pk=obj.pk).delete()
        redirects.lead(obj.path, obj.target)
        obj.pk = Redirect.objects.values_list("pk", flat=True).get(path=obj.path)
        for sentence in form.told:
            messages.info(request, sentence)


class PatternForm(forms.ModelForm):
    def clean(self):
        super().clean()
        pattern, target = self.cleaned_data.get("pattern"), self.cleaned_data.get("target")
        if pattern and target:
            try:
                patterns.check(pattern, target)
            except patterns.Unsafe as unsafe:
                self.add_error("pattern", str(unsafe))


@admin.register(RedirectPattern)
class RedirectPatternAdmin(EditorialAdmin):
    """Families of old addresses. Asked only where nothing answers and no redirect leads on."""

    form = PatternForm
    list_display = ["pattern", "target", "position", "created_at"]
    search_fields = ["pattern", "target"]
    search_help_text = "Search by pattern or target."


class GoneForm(forms.ModelForm):
    def clean_path(self):
        path = redirects.plain(self.cleaned_data["path"].strip())
        if not path.startswith("/"):
            raise forms.ValidationError("Give a path on this site: it begins with a slash.")
        return path


@admin.register(Gone)
class GoneAdmin(EditorialAdmin):
    """Old addresses that answer 410: their pages are gone for good."""

    form = GoneForm
    list_display = ["path", "created_at"]
    search_fields = ["path"]
    search_help_text = "Search by address."


admin.site.register(AuditEntry, AuditEntryAdmin)
admin.site.register(Erasure, PersonsAdmin)
admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class StaffAdmin(LongLists, UserAdmin):
    """Who may sign in. What somebody may do comes from the group: Author, Editor or Administrator."""

    filter_horizontal = ()
    list_display = ["username", "full_name", "email", "in_groups", "is_active", "is_secured", "last_login"]
    list_filter = ["is_active", "is_superuser", "groups"]
    search_help_text = "Search by user name, name or e-mail address."
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ()
    is_short = True
    change_form_template = "admin/signing_in/staff_form.html"

    def get_urls(self):
        ways = {"end-sessions": colleagues.end_sessions, "take-second-steps": colleagues.take_second_steps}
        own = [
            path(
                f"<path:object_id>/{way}/",
                self.admin_site.admin_view(functools.partial(view, screen=self)),
                name=f"auth_user_{way.replace('-', '_')}",
            )
            for way, view in ways.items()
        ]
        return [*own, *super().get_urls()]

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Accounts and rights are given and taken by nobody who found a desk unattended."""
        view = proof.freshly_proved(super().changeform_view)
        return view(request, object_id, form_url, extra_context)

    def user_change_password(self, request, id, form_url=""):
        return proof.freshly_proved(super().user_change_password)(request, id, form_url)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        """Of the three groups every one is seen at once, that whoever asks may hand out."""
        if db_field.name == "groups":
            kwargs |= {
                "widget": forms.CheckboxSelectMultiple(),
                "queryset": ranks.groups_within(request.user),
            }
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_queryset(self, request):
        secured = Exists(SecondStep.objects.filter(user=OuterRef("pk")))
        return super().get_queryset(request).annotate(is_secured=secured).prefetch_related("groups")

    def get_fieldsets(self, request, obj=None):
        """Only who may do everything hands out more than a group."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or request.user.is_superuser:
            return fieldsets
        kept = ("is_active", "is_staff", "groups")
        return [
            (title, options | {"fields": kept} if "is_superuser" in options["fields"] else options)
            for title, options in fieldsets
        ]

    def has_change_permission(self, request, obj=None):
        """Nobody takes over an account that may do more than their own."""
        is_above = obj is not None and ranks.is_above(obj, request.user)
        return not is_above and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        is_above = obj is not None and ranks.is_above(obj, request.user)
        return not is_above and super().has_delete_permission(request, obj)

    @admin.display(description="Name", ordering="last_name")
    def full_name(self, user):
        return user.get_full_name()

    @admin.display(description="Second step", boolean=True)
    def is_secured(self, user):
        return user.is_secured

    @admin.display(description="Groups")
    def in_groups(self, user):
        return ", ".join(group.name for group in user.groups.all())


@admin.register(Group)
class StaffGroupAdmin(LongLists, GroupAdmin):
    """What a group may do decides what everybody in it may do: only who may do everything changes that."""

    filter_horizontal = ()
    is_short = True

    def has_add_permission(self, request):
        return request.user.is_superuser

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        view = proof.freshly_proved(super().changeform_view)
        return view(request, object_id, form_url, extra_context)


@admin.register(PolicyReport)
class PolicyReportAdmin(EditorialAdmin):
    """What browsers said; nobody writes it by hand, and whoever has seen to it may take it away."""

    list_display = ["rule", "refused", "page", "source", "times", "last_at"]
    search_fields = ["refused", "page", "source"]
    search_help_text = "Search by what was refused, the page or the file that asked for it."
    list_filter = ["rule"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
