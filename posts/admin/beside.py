"""What stands beside the text in the form of a post, and which further screens a post has.

A panel is a function of (request, post) that returns (template, context), or None when it has nothing to say. A screen
is a module with `urls(admin)`, which returns paths under `/admin/posts/post/`. A new one is written in a file of its
own and named here.
"""

from django.template.loader import render_to_string
from django.utils.module_loading import import_string

PANELS = [
    "posts.admin.trash.panel",
    "posts.admin.review.panel",
    "posts.admin.announcement.panel",
    "posts.admin.comments.panel",
    "posts.admin.preview_links.panel",
    "posts.admin.revisions.panel",
]
SCREENS = [
    "posts.admin.checks",
    "posts.admin.keeping",
    "posts.admin.preview",
    "posts.admin.revisions",
    "posts.admin.trash",
    "posts.admin.announcement",
    "posts.admin.comments",
    "posts.admin.bulk",
    "posts.admin.quick",
    "posts.admin.preview_links",
]


def panels(request, post):
    """The panels that have something to say about the post, as HTML, in the order of PANELS."""
    said = (import_string(name)(request, post) for name in PANELS)
    return [render_to_string(template, context, request) for template, context in filter(None, said)]


def screens(admin):
    return [path for name in SCREENS for path in import_string(f"{name}.urls")(admin)]
