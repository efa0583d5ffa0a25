"""What an import could not bring of a post, beside its text and on a page of its own, until an editor has seen to it."""

from django.core.exceptions import PermissionDenied
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from posts.admin.panel import Refusal, answer, post_seen
from wordpress import seeing_to

PANEL, PAGE = "admin/posts/post/_leftovers.html", "admin/posts/post/leftovers.html"
SHOWN = 50
GONE = "This is not in the list any more: somebody has seen to it."


def urls(admin):
    """The list of a post; POST `deed`, "done" with the number in `about`, or "all_done"."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def leftovers(request, pk):
        post = post_seen(admin, request, pk)
        if request.method == "POST" and not admin.has_change_permission(request, post):
            raise PermissionDenied
        return answer(
            admin,
            request,
            post,
            page=PAGE,
            part=lambda: (PANEL, context_of(post)),
            perform=lambda: perform(post, request.POST, by=request.user),
        )

    return [path("<int:pk>/leftovers/", admin.admin_site.admin_view(leftovers), name="posts_post_leftovers")]


def panel(request, post):
    context = context_of(post)
    return (PANEL, context) if context["leftovers"] else None


def context_of(post):
    still_open = list(seeing_to.of_post(post).filter(done_at=None)[: SHOWN + 1])
    return {
        "leftovers": still_open[:SHOWN],
        "are_more": len(still_open) > SHOWN,
        "address": reverse("admin:posts_post_leftovers", args=[post.pk]),
    }


def perform(post, data, *, by):
    leftovers = seeing_to.of_post(post)
    if data.get("deed") == "all_done":
        number = seeing_to.see_to(leftovers, by=by)
        return f"{number} seen to." if number else "Nothing was open any more."
    about = data.get("about", "")
    known = data.get("deed") == "done" and about.isdecimal() and len(about) < 19
    if not known or not seeing_to.see_to(leftovers.filter(pk=about), by=by):
        raise Refusal(GONE)
    return "Seen to."
