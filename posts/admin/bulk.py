"""Deeds on many posts: chosen in the list, looked at before, done, reported and undone. The deeds: posts/bulk.py."""

from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.core.exceptions import PermissionDenied
from django.forms import Media
from django.http import HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from posts import bulk
from posts.admin.bulk_form import form_for
from posts.admin.bulk_report import PAGE, Report, done_said
from posts.bulk_deeds import EDITORS_ONLY, GIVEN
from posts.models import BulkDeed, Post

LISTED = 50
LABELS = {
    "add_category": "Add a category…",
    "remove_category": "Remove a category…",
    "add_tags": "Add tags…",
    "remove_tags": "Remove tags…",
    "add_author": "Add an author to the byline…",
}


def action_for(deed):
    """The deed as a choice in the list of posts; what it would do is shown before it is done."""

    @admin.action(
        description=LABELS.get(deed.value, deed.label),
        permissions=["publish" if deed in EDITORS_ONLY else "change"],
    )
    def propose(modeladmin, request, queryset):
        try:
            proposed = bulk.propose(queryset, deed, by=request.user)
        except bulk.TooMany as problem:
            messages.warning(request, str(problem))
            return None
        back = urlencode({"back": request.GET.urlencode()}) if request.GET else ""
        return HttpResponseRedirect(f"{page_of(proposed)}{'?' if back else ''}{back}")

    propose.__name__ = f"bulk_{deed.value}"
    return propose


def page_of(deed):
    return reverse("admin:posts_post_bulk", args=[deed.pk])


def list_behind(request):
    """The list the deed was chosen in, with its filters."""
    query = QueryDict(request.GET.get("back", "")[:2000]).urlencode()
    return reverse("admin:posts_post_changelist") + (f"?{query}" if query else "")


class BulkDeeds:
    """For PostAdmin: deeds on the posts chosen in the list."""

    actions = [action_for(deed) for deed in BulkDeed.Deed]

    def get_actions(self, request, action_location=ActionLocation.CHANGE_LIST):
        """In the trash, taking out; elsewhere everything else."""
        actions = super().get_actions(request, action_location=action_location)
        is_trash = request.GET.get("status") == Post.Status.TRASHED
        return {name: action for name, action in actions.items() if (name == "bulk_untrash") == is_trash}

    def has_publish_permission(self, request):
        return request.user.has_perm("posts.publish_post")


def urls(admin):
    view = admin.admin_site.admin_view

    @require_safe
    def recent(request):
        """What was done lately, newest first."""
        if not admin.has_change_permission(request):
            raise PermissionDenied
        newest = list(BulkDeed.objects.by_user(request.user).done().values_list("pk", flat=True)[:LISTED])
        deeds = BulkDeed.objects.filter(pk__in=newest).select_related("created_by", "undone_by")
        context = admin.admin_site.each_context(request) | {
            "title": "Deeds on many posts",
            "reports": [Report(deed) for deed in bulk.with_counts(deeds)],
        }
        return TemplateResponse(request, "admin/posts/post/bulk_list.html", context)

    @require_http_methods(["GET", "HEAD", "POST"])
    def one(request, pk):
        """A deed: what it would do, how far it is, or what it did. POST `do`: choose, begin or undo."""
        if not admin.has_change_permission(request):
            raise PermissionDenied
        deed = get_object_or_404(
            bulk.with_counts(BulkDeed.objects.by_user(request.user)).select_related(
                "created_by", "undone_by"
            ),
            pk=pk,
        )
        if deed.deed in EDITORS_ONLY and not request.user.has_perm("posts.publish_post"):
            raise PermissionDenied
        done = POSTED.get(request.POST.get("do"))
        if request.method == "POST" and done and (answer := done(admin, request, deed)):
            return answer
        return TemplateResponse(request, PAGE, context_of(admin, request, deed))

    return [
        path("bulk/", view(recent), name="posts_post_bulk_list"),
        path("bulk/<int:pk>/", view(one), name="posts_post_bulk"),
    ]


def context_of(admin, request, deed):
    form = None
    if deed.deed in GIVEN and not deed.begun_at:
        form = form_for(deed, admin, request.POST if request.POST.get("do") == "choose" else None)
    return admin.admin_site.each_context(request) | {
        "title": str(deed),
        "report": Report(deed),
        "form": form,
        "media": form.media if form else Media(),
        "list_address": list_behind(request),
        "is_proposal": not deed.begun_at,
    }


def choose(admin, request, deed):
    """Takes what is to be added or removed, and shows what that leads to."""
    form = form_for(deed, admin, request.POST)
    if deed.begun_at or not form.is_valid():
        return None
    bulk.give(deed, *form.given(), by=request.user)
    return HttpResponseRedirect(request.get_full_path())


def begin(admin, request, deed):
    if deed.deed in GIVEN and deed.given is None:
        return HttpResponseRedirect(request.get_full_path())
    if not bulk.begin(deed, by=request.user):
        messages.info(request, "This was done already; nothing was done again.")
        return HttpResponseRedirect(page_of(deed))
    return said(request, deed)


def undo(admin, request, deed):
    if not bulk.begin_undo(deed, by=request.user):
        messages.info(request, "This was undone already, or is not done yet.")
        return HttpResponseRedirect(page_of(deed))
    return said(request, deed)


POSTED = {"choose": choose, "begin": begin, "undo": undo}


def said(request, deed):
    """After a small deed back to the list, with a word and a way to undo it; a large one is followed on its page."""
    deed = bulk.with_counts(BulkDeed.objects.filter(pk=deed.pk)).get()
    if deed.is_running or deed.undo_begun_at:
        if deed.undone_at:
            messages.success(request, done_said(deed))
        return HttpResponseRedirect(page_of(deed))
    undo_button = format_html(
        ' <button type="submit" form="changelist-form" formaction="{}" name="do" value="undo" class="undo">Undo</button>'
        if deed.count_done
        else "{}",
        page_of(deed) if deed.count_done else "",
    )
    link = format_html(' <a href="{}">What and why</a>', page_of(deed))
    messages.success(request, format_html("{}{}{}", done_said(deed), undo_button, link))
    return HttpResponseRedirect(list_behind(request))
