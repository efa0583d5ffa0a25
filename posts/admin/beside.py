"""What stands beside the text in the form of a post, and which further screens a post has.

A panel is a function of (request, post) that returns (template, context), or None when it has nothing to say. URGENT ones
stand under the buttons, the others under the fields. A screen
is a module with `urls(admin)`, which returns paths under `/admin/posts/post/`. A new one is written in a file of its
own and named here; other rooms name theirs in the settings (POST_PANELS, POST_SCREENS).
"""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.module_loading import import_string

URGENT = [
    "posts.admin.trash.panel",
    "posts.admin.review.panel",
    "posts.admin.announcement.panel",
]
PANELS = [
    "posts.admin.comments.panel",
    "posts.admin.preview_links.panel",
    "posts.admin.revisions.panel",
    "posts.admin.statistics.post.panel",
    *settings.POST_PANELS,
]
SCREENS = [
    "posts.admin.calendar",
    "posts.admin.checks",
    "posts.admin.keeping",
    "posts.admin.linking",
    "posts.admin.preview",
    "posts.admin.revisions",
    "posts.admin.trash",
    "posts.admin.announcement",
    "posts.admin.comments",
    "posts.admin.bulk",
    "posts.admin.quick",
    "posts.admin.preview_links",
    "posts.admin.statistics.post",
    *settings.POST_SCREENS,
]


def panels(request, post, names):
    """Those of the named panels that have something to say about the post, as HTML, in the order of the names."""
    said = (import_string(name)(request, post) for name in names)
    return [render_to_string(template, context, request) for template, context in filter(None, said)]


def screens(admin):
    return [path for name in SCREENS for path in import_string(f"{name}.urls")(admin)]
