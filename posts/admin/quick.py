"""Quick edit: the small form of one post, in a dialog of the list or, without its script, on a page of its own."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from posts.admin.panel import FROM_THE_FORM
from posts.admin.quick_form import QuickForm, after_a_conflict
from posts.bulk_deeds import WRITING
from posts.models import Post
from posts.publishing import ChangedMeanwhile

NOT_WHOLE = "The form did not arrive whole. Copy what you typed, and open it again."
PART, PAGE = "admin/posts/post/_quick.html", "admin/posts/post/quick.html"


def urls(admin):
    """The small form of a post; POST saves it."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def quick(request, pk):
        post = get_object_or_404(admin.get_queryset(request), pk=pk)
        if not admin.has_change_permission(request, post):
            raise PermissionDenied
        form = QuickForm(request.POST if request.method == "POST" else None, instance=post, user=request.user)
        if form.is_bound and form.is_valid():
            try:
                form.keep(by=request.user)
            except ChangedMeanwhile:
                form = after_a_conflict(form, Post.objects.get(pk=pk), user=request.user)
            else:
                return saved(admin, request, post)
        return shown(admin, request, post, form)

    return [path("<int:pk>/quick/", admin.admin_site.admin_view(quick), name="posts_post_quick")]


def saved(admin, request, post):
    admin.log_change(request, post, "Quick edit")
    messages.success(request, format_html("“{}” is saved.", post))
    if FROM_THE_FORM in request.headers:
        return JsonResponse({"saved": True})
    return HttpResponseRedirect(reverse("admin:posts_post_changelist"))


def shown(admin, request, post, form):
    is_cut = form.is_bound and "seen_version" in form.errors
    problem = NOT_WHOLE if is_cut else form.problem
    context = {
        "form": form,
        "post": post,
        "problem": problem,
        "fields": [(field, form.theirs.get(field.name)) for field in form.visible_fields()],
        "address": reverse("admin:posts_post_quick", args=[post.pk]),
    }
    status = 422 if form.errors or problem else 200
    if FROM_THE_FORM in request.headers:
        return JsonResponse({"html": render_to_string(PART, context, request)}, status=status)
    context |= admin.admin_site.each_context(request) | {"opts": admin.opts}
    return TemplateResponse(request, PAGE, context, status=status)


class QuickEdit:
    """For PostAdmin: a button in each row of the list."""

    def get_list_display(self, request):
        may_all = request.user.has_perm("posts.change_any_post")
        return [*super().get_list_display(request), "quick" if may_all else "quick_of_own"]

    @admin.display(description="Edit")
    def quick_of_own(self, post):
        """To an author what is out is only shown."""
        return self.quick(post) if post.status in WRITING else ""

    @admin.display(description="Edit")
    def quick(self, post):
        if post.status == Post.Status.TRASHED:
            return ""
        address = reverse("admin:posts_post_quick", args=[post.pk])
        return format_html(
            '<a href="{}" class="quick" data-quick aria-label="Quick edit: {}">Quick edit</a>', address, post
        )
