"""The search of the editor's link dialog: own posts, sections, tags, authors, and what other rooms have to link to."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.urls import path
from django.utils import timezone
from django.utils.module_loading import import_string

from posts import linking


def urls(admin):
    def links(request):
        """`?q=` words. Rows of title, kind, status, date and address; a draft has no address yet."""
        if not request.user.has_perm("posts.view_post"):
            raise PermissionDenied
        typed = request.GET.get("q", "")
        rows = [row for name in settings.LINKABLE for row in import_string(name)(typed)]
        drafts = admin.get_queryset(request)
        rows += [described(post) for post in linking.posts(typed, drafts=drafts)]
        return JsonResponse({"results": rows[: linking.MOST]})

    return [path("links/", admin.admin_site.admin_view(links), name="posts_post_links")]


def named(typed):
    return [
        {"title": row.name, "kind": kind, "status": "", "date": "", "address": row.get_absolute_url()}
        for kind, row in linking.named(typed)[: linking.MOST_NAMES]
    ]


def described(post):
    day = post.published_at or post.updated_at
    is_out = post.status == post.Status.PUBLISHED
    return {
        "title": str(post),
        "kind": "Post",
        "status": post.status_word,
        "date": f"{timezone.localtime(day):%-d %B %Y}",
        "address": post.permalink if is_out else "",
    }
