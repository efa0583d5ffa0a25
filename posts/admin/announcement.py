"""What goes out once a post is published, while it can still be stopped: beside the text and on a page of its own."""

from django.core.exceptions import PermissionDenied
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import get_text_list
from django.views.decorators.http import require_http_methods

from posts import announcing
from posts.admin.panel import Refusal, answer, post_seen
from posts.models import Announcement

PANEL, PAGE = "admin/posts/post/_announcement.html", "admin/posts/post/announcement.html"
TOO_LATE = "It is too late: the announcement has gone out."
NOTHING = "There is nothing to announce again."


def urls(admin):
    """How the announcement of a post stands; POST `deed`, "cancel" or "allow"."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def announcement(request, pk):
        post = post_seen(admin, request, pk)
        if not request.user.has_perm("posts.publish_post"):
            raise PermissionDenied
        return answer(
            admin,
            request,
            post,
            page=PAGE,
            part=lambda: (PANEL, context_of(post) or {"announcement": None, "address": request.path}),
            perform=lambda: perform(post, request.POST.get("deed"), by=request.user),
        )

    name = "posts_post_announcement"
    return [path("<int:pk>/announcement/", admin.admin_site.admin_view(announcement), name=name)]


def panel(request, post):
    """For editors, of a post that is or will be before readers."""
    if post.status != post.Status.PUBLISHED or not request.user.has_perm("posts.publish_post"):
        return None
    context = context_of(post)
    return (PANEL, context) if context else None


def context_of(post):
    found = Announcement.objects.select_related("created_by", "cancelled_by").filter(post=post).first()
    if found is None:
        return None
    foretold = announcing.foretold(post, by=found.created_by) if not found.made_at else []
    if not (foretold or found.made_at):
        return None  # nobody would get anything
    seconds = max(0, round((found.due_at - timezone.now()).total_seconds()))
    return {
        "announcement": found,
        "foretold": get_text_list(foretold, "and"),
        "seconds": seconds,
        "left": f"{seconds // 60}:{seconds % 60:02}",
        "post": post,
        "address": reverse("admin:posts_post_announcement", args=[post.pk]),
    }


def perform(post, deed, *, by):
    if deed == "cancel":
        if not announcing.cancel(post, by=by):
            raise Refusal(TOO_LATE)
        return "Nothing is announced. Readers see the post as before."
    if deed == "allow" and announcing.allow(post):
        return "The announcement goes out after all, once the hold is over."
    raise Refusal(NOTHING)
