"""A post in review, beside its text: who sent it and when, and sending it back with a word."""

from posts import telling
from posts.models import Post, Revision

PANEL = "admin/posts/post/_review.html"


def submissions():
    """The revisions that sent a post to review, without the text they hold."""
    sent = Revision.objects.filter(deed=Revision.Deed.SUBMIT)
    return sent.select_related("created_by").defer("state").order_by("-id")


def panel(request, post):
    if post.status != Post.Status.IN_REVIEW:
        return None
    sent = submissions().filter(post=post).first()
    return PANEL, {
        "who": telling.name_of(sent.created_by) if sent else "",
        "sent_at": sent.created_at if sent else None,
        "may_send_back": request.user.has_perm("posts.publish_post"),
        "why": request.POST.get("why", ""),
    }
