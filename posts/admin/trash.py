"""The trash: what the form of a post in it shows, taking it out, and deleting it for good."""

from django.contrib import messages
from django.contrib.admin import ActionLocation
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from posts import deleting, publishing, telling
from posts.admin.panel import post_seen
from posts.models import Post, Revision

PANEL = "admin/posts/post/_trash.html"
WRITING = (Post.Status.DRAFT, Post.Status.IN_REVIEW)
NOT_THERE = "The post is not in the trash any more: somebody has taken it out."


def urls(admin):
    """POST takes the post from the trash."""

    @require_POST
    def take_out(request, pk):
        post = post_seen(admin, request, pk)
        if not may_take_out(admin, request, post):
            raise PermissionDenied("Only editors take from the trash what has been before readers.")
        try:
            taken_out(post, by=request.user)
        except (publishing.ChangedMeanwhile, deleting.NotInTrash):
            messages.warning(request, NOT_THERE)
        else:
            messages.success(request, back_again(post))
        return HttpResponseRedirect(reverse("admin:posts_post_change", args=[post.pk]))

    return [
        path("<int:pk>/take-from-trash/", admin.admin_site.admin_view(take_out), name="posts_post_untrash")
    ]


def may_take_out(admin, request, post):
    """An editor anything; an author what they were still writing."""
    user = request.user
    return user.has_perm("posts.change_any_post") or (
        user.has_perm("posts.change_post") and post.trashed_from in WRITING
    )


def taken_out(post, *, by):
    if post.status != Post.Status.TRASHED:
        raise deleting.NotInTrash
    post.body = Post.objects.values_list("body", flat=True).get(pk=post.pk)
    publishing.take_from_trash(post, by=by)


def back_again(post):
    if post.is_public:
        return "The post is out of the trash. Readers see it again at its old address."
    return f"The post is out of the trash. Its status is again: {post.status_word.lower()}."


def panel(request, post):
    if post.status != Post.Status.TRASHED:
        return None
    thrown = (
        post.revisions.filter(deed=Revision.Deed.TRASH).select_related("created_by").defer("state").first()
    )
    was = Post(status=post.trashed_from, published_at=post.published_at)
    return PANEL, {
        "post": post,
        "was": was,
        "who": telling.name_of(thrown.created_by) if thrown and thrown.created_by else "",
        "untrash": reverse("admin:posts_post_untrash", args=[post.pk]),
        "may_take_out": request.user.has_perm("posts.change_any_post") or post.trashed_from in WRITING,
    }


class Trash:
    """For PostAdmin: what is in the trash can be looked at, taken out, and only from there deleted."""

    def has_change_permission(self, request, obj=None):
        is_away = obj is not None and obj.status == Post.Status.TRASHED
        return not is_away and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        is_away = obj is None or obj.status == Post.Status.TRASHED
        return is_away and super().has_delete_permission(request, obj)

    def get_actions(self, request, action_location=ActionLocation.CHANGE_LIST):
        """Without Django's own, which deletes what lies anywhere."""
        actions = super().get_actions(request, action_location=action_location)
        return {name: action for name, action in actions.items() if name != "delete_selected"}

    def get_deleted_objects(self, objs, request):
        """What goes, said by us: Django would fetch every row of it."""
        return [line for post in objs for line in deleting.what_goes(post)], {}, set(), []

    def delete_model(self, request, obj):
        deleting.delete(obj)

    def get_queryset(self, request):
        """Lists of choices that open as one types leave the trash out."""
        posts = super().get_queryset(request)
        return posts.kept() if request.resolver_match.url_name == "autocomplete" else posts
