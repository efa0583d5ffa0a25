"""Comments on a post, beside its text and on a page of their own."""

from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from posts import commenting
from posts.admin.panel import Refusal, answer, post_seen
from posts.models import DraftComment

PANEL, PAGE = "admin/posts/post/_comments.html", "admin/posts/post/comments.html"
SHOWN = 200
GONE = "This comment is not there any more. Somebody has deleted it."


def urls(admin):
    """The thread of a post; POST `deed` and what it is about."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def comments(request, pk):
        post = post_seen(admin, request, pk)
        return answer(
            admin,
            request,
            post,
            page=PAGE,
            part=lambda: panel(request, post),
            perform=lambda: perform(post, request.POST, by=request.user),
        )

    return [path("<int:pk>/comments/", admin.admin_site.admin_view(comments), name="posts_post_comments")]


def panel(request, post):
    newest = post.draft_comments.select_related("user", "resolved_by").order_by("-id")[:SHOWN]
    thread = list(reversed(newest))
    for comment in thread:
        comment.is_own = comment.user_id == request.user.pk
    return PANEL, {
        "still_open": [comment for comment in thread if not comment.resolved_at],
        "resolved": [comment for comment in thread if comment.resolved_at],
        "address": reverse("admin:posts_post_comments", args=[post.pk]),
        "has_links": post.preview_links.working().exists(),
    }


def perform(post, data, *, by):
    """Does the deed the data names; the sentence to say of it."""
    deed, number = data.get("deed"), data.get("comment", "")
    if deed == "say":
        try:
            commenting.say(post, data.get("text", ""), user=by)
        except commenting.CannotSay as problem:
            raise Refusal(str(problem), data.get("text", "")) from None
        return "Your comment stands under the others."
    known = number.isdecimal() and len(number) < 19
    comment = post.draft_comments.filter(pk=number).first() if known else None
    if comment is None:
        raise Refusal(GONE)
    return done(deed, comment, by=by)


def done(deed, comment: DraftComment, *, by):
    if deed == "resolve":
        commenting.resolve(comment, by=by)
        return "The comment is resolved."
    if deed == "reopen":
        commenting.reopen(comment)
        return "The comment is open again."
    if deed == "take_back" and commenting.take_back(comment, by=by):
        return "Your comment is deleted."
    raise Refusal("Only whoever wrote a comment deletes it. You can resolve it instead.")
