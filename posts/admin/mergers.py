"""Merging tags and categories in the newsroom: what would happen, the deed, and the list of mergers to undo."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from informed_comment.admin_site import EditorialAdmin
from posts import mergers, mergers_shown
from posts.models import Category, Merger, Tag

MOST = 20
TOO_MANY = f"Choose at most {MOST} at a time."
WAITING = " Many posts follow in the worker; until then each is in one of the two lists."


class Merges:
    """For the admin of tags and of categories: the action, and the page that shows the effect before the deed."""

    actions = ["merge_chosen"]

    def get_urls(self):
        name = f"posts_{self.opts.model_name}_merge"
        return [path("merge/", self.admin_site.admin_view(self.merge_view), name=name), *super().get_urls()]

    @admin.action(description="Merge…", permissions=["change", "delete"])
    def merge_chosen(self, request, queryset):
        ids = list(queryset.order_by().values_list("pk", flat=True)[: MOST + 1])
        if len(ids) > MOST:
            messages.error(request, TOO_MANY)
            return None
        return HttpResponseRedirect(self.merge_address(ids))

    def merge_address(self, ids, **more):
        address = reverse(f"admin:posts_{self.opts.model_name}_merge")
        return f"{address}?{urlencode({'ids': ids} | more, doseq=True)}"

    def merge_view(self, request):
        if not (self.has_change_permission(request) and self.has_delete_permission(request)):
            raise PermissionDenied("Only editors merge.")
        form = form_of(self.model)(request.POST or request.GET)
        if not form.is_valid():
            messages.error(request, form.sentence())
            return HttpResponseRedirect(reverse(f"admin:posts_{self.opts.model_name}_changelist"))
        sources, target = form.cleaned_data["sources"], form.cleaned_data["target"]
        if request.method == "POST" and target and self.merge(request, sources, target):
            return HttpResponseRedirect(reverse(f"admin:posts_{self.opts.model_name}_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Merge",
            "subtitle": None,
            "form": form,
            "target": target,
            "previews": previews(request, self.admin_site, sources, target),
        }
        context["is_barred"] = any(one.obstacles for one in context["previews"])
        return TemplateResponse(request, "admin/posts/mergers/merge.html", context)

    def merge(self, request, sources, target):
        """All or none; whether it was done."""
        try:
            with transaction.atomic():
                done = [mergers.merge(source, target, by=request.user) for source in sources]
        except mergers.CannotMerge as error:
            messages.error(request, str(error))
            return False
        names = ", ".join(f"“{merger.source_name}”" for merger in done)
        waits = any(merger.state == Merger.State.RUNNING for merger in done)
        undo = reverse("admin:posts_merger_changelist")
        sentence = "{} merged into “{}”; the old addresses lead there.{} <a href='{}'>Look at the mergers, or undo one</a>"
        messages.success(request, format_html(sentence, names, target, WAITING * waits, undo))
        return True


def previews(request, site, sources, target):
    """What is named is what this editor may change; the records of an import follow without a word."""
    shown = {model for model, screen in site._registry.items() if screen.has_change_permission(request)}
    return mergers_shown.preview(sources, target, shown=shown) if target else []


class MergeForm(forms.Form):
    """What was chosen, and which of it, or which other, stays. Without a choice, the one with most posts."""

    ids = forms.ModelMultipleChoiceField(Tag.objects.all(), widget=forms.MultipleHiddenInput)
    into = forms.ModelChoiceField(
        Tag.objects.all(), required=False, widget=forms.RadioSelect, label="Which one stays", empty_label=None
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        found = self.fields["ids"].queryset.filter(pk__in=[pk for pk in self.chosen() if pk.isdecimal()])
        self.fields["into"].queryset = found

    def chosen(self):
        return self.data.getlist("ids")[: MOST + 1] if hasattr(self.data, "getlist") else []

    def clean(self):
        super().clean()
        chosen = list(self.cleaned_data.get("ids") or [])
        if len(chosen) > MOST:
            raise forms.ValidationError(TOO_MANY)
        target = self.cleaned_data.get("other") or self.cleaned_data.get("into")
        if target is None and len(chosen) > 1:
            target = most_used(chosen)
        self.cleaned_data |= {"sources": [one for one in chosen if one != target], "target": target}
        self.data = self.data.copy()
        self.data["into"] = target.pk if target in chosen else ""
        return self.cleaned_data

    def sentence(self):
        return (
            " ".join(error for errors in self.errors.values() for error in errors) or "Choose what to merge."
        )


class MergeTagsForm(MergeForm):
    other = forms.CharField(required=False, label="Or another tag, by its name", max_length=100)

    def clean_other(self):
        name = self.cleaned_data["other"].strip()
        if not name:
            return None
        tag = Tag.objects.filter(name__iexact=name).order_by("pk").first()
        if tag is None:
            raise forms.ValidationError(
                f"There is no tag called “{name}”. Write its name as it stands in the list."
            )
        return tag


class MergeCategoriesForm(MergeForm):
    ids = forms.ModelMultipleChoiceField(Category.objects.all(), widget=forms.MultipleHiddenInput)
    other = forms.ModelChoiceField(
        Category.objects.order_by("path"), required=False, label="Or another category", empty_label="–"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["other"].label_from_instance = lambda category: category.path.replace("/", " › ")


def form_of(model):
    return MergeTagsForm if model is Tag else MergeCategoriesForm


def most_used(chosen):
    rows, _ = mergers_shown.ties(type(chosen[0]))
    name = "tag" if isinstance(chosen[0], Tag) else "category"
    posts = mergers_shown.counted(rows.filter(**{f"{name}__in": chosen}), name)
    return max(chosen, key=lambda one: (posts.get(one.pk, 0), -one.pk))


@admin.register(Merger)
class MergerAdmin(EditorialAdmin):
    """Everything that was ever merged, the newest first."""

    list_display = ["what", "state", "created_by", "created_at", "undoing"]
    list_display_links = None
    list_filter = ["kind", "state"]
    list_select_related = ["created_by"]
    fields = ["kind", "source_name", "target_name", "state", "created_by", "created_at"]
    search_fields = ["source_name", "target_name"]
    search_help_text = "Search by name."
    ordering = ["-id"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        undo = path("<int:pk>/undo/", self.admin_site.admin_view(self.undo_view), name="posts_merger_undo")
        return [undo, *super().get_urls()]

    @admin.display(description="Merger", ordering="source_name")
    def what(self, merger):
        return str(merger)

    @admin.display(description="Undo")
    def undoing(self, merger):
        if merger.state != Merger.State.DONE:
            return ""
        address = reverse("admin:posts_merger_undo", args=[merger.pk])
        return format_html('<a href="{}">Undo<span class="visually-hidden"> {}</span></a>', address, merger)

    def undo_view(self, request, pk):
        """GET says what comes back; POST brings it back."""
        merger = self.get_object(request, str(pk))
        may = (
            request.user.has_perms([f"posts.{deed}_{merger.kind}" for deed in ("add", "change")])
            if merger
            else 0
        )
        if not may:
            raise PermissionDenied("Only editors undo a merger.")
        back = HttpResponseRedirect(reverse("admin:posts_merger_changelist"))
        problems = mergers.obstacles_to_undoing(merger)
        if request.method == "POST" and not problems:
            mergers.undo(merger)
            messages.success(request, f"“{merger.source_name}” is back, with its posts and its address.")
            return back
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Undo: {merger}",
            "subtitle": None,
            "merger": merger,
            "problems": problems,
            "posts": merger.posts.count(),
        }
        return TemplateResponse(request, "admin/posts/mergers/undo.html", context)
