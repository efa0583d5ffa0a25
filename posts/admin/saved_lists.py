"""The lists of posts an editor looks at most, as links above the list, and who sent a post to review in its own."""

from django.contrib import admin
from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from posts import telling
from posts.admin.review import submissions

LISTS = [
    ("All", ""),
    ("My drafts", "status=draft&mine=yes"),
    ("Needs review", "status=in_review"),
    ("Scheduled", "status=scheduled"),
    ("Trash", "status=trashed"),
]
TAKEN_FOR_GRANTED = "mine=yes"


def lists_for(request):
    """(label, address, whether it is shown). To an author every list is of their own posts."""
    to = reverse("admin:posts_post_changelist")
    is_editor = request.user.has_perm("posts.change_any_post")
    here = request.GET.urlencode()
    found = []
    for label, query in LISTS:
        query = query if is_editor else query.replace(f"&{TAKEN_FOR_GRANTED}", "")
        found.append((label, f"{to}?{query}" if query else to, here == query))
    return [*found, ("Deeds on many posts", reverse("admin:posts_post_bulk_list"), False)]


class SavedLists:
    """For PostAdmin."""

    change_list_template = "admin/posts/post/change_list.html"

    def changelist_view(self, request, extra_context=None):
        context = {"saved_lists": lists_for(request)} | (extra_context or {})
        return super().changelist_view(request, context)

    def get_list_display(self, request):
        """Where posts wait for review, who sent them stands instead of a date they do not have."""
        names = list(super().get_list_display(request))
        if request.GET.get("status") == "in_review" and "date" in names:
            names[names.index("date")] = "sent"
        return names

    @admin.display(description="Sent to review")
    def sent(self, post):
        last = next(iter(post.submissions), None)
        if last is None:
            return "–"
        return f"{telling.name_of(last.created_by)}, {timezone.localtime(last.created_at):%d %b, %H:%M}"


def with_submissions(posts):
    """The posts with the revisions that sent them to review, the newest first, as `submissions`."""
    return posts.prefetch_related(Prefetch("revisions", submissions(), to_attr="submissions"))
