"""The bar that staff see above a page for readers: to the form of what the page shows, and to the newsroom.

Whoever has no session is a reader, and nothing here is asked for them.
"""

from dataclasses import dataclass

from django.contrib import admin
from django.middleware.csrf import get_token
from django.urls import NoReverseMatch, reverse

DRAFTS = ("posts.change_post", "posts_post_changelist", "Drafts", "?status=draft")
QUEUE = ("posts.publish_post", "posts_post_changelist", "In review", "?status=in_review")
WRITE = ("posts.add_post", "posts_post_add", "New post", "")


@dataclass(frozen=True)
class Link:
    label: str
    url: str


@dataclass
class StaffBar:
    """What the bar shows: links, the status of what the page is of, and whose session it is."""

    links: list
    status: str
    name: str
    path: str
    csrf_token: str


def bar_of(request, subject=None):
    """The bar above a page of `subject` (a row that has a screen in the newsroom, or None); None for readers.

    Only a page that `public_page()` keeps from all caches may carry it.
    """
    if not getattr(request, "is_kept_from_caches", False):
        return None
    user = request.user
    if not (user.is_active and user.is_staff):
        return None
    links = [
        Link("Newsroom", reverse("admin:index")),
        *subject_links(request, subject),
        *(
            Link(label, reverse(f"admin:{screen}") + query)
            for permission, screen, label, query in (WRITE, DRAFTS, QUEUE)
            if user.has_perm(permission)
        ),
    ]
    status = getattr(subject, "status_word", "")
    name = user.get_short_name() or user.get_username()
    return StaffBar(links, status, name, request.get_full_path(), get_token(request))


def subject_links(request, subject):
    """To the form of a row and to its statistics, as far as there are such screens and the user may open them."""
    if subject is None or not admin.site.is_registered(type(subject)):
        return []
    screen, found = admin.site.get_model_admin(type(subject)), []
    if screen.has_change_permission(request, subject):
        found.append(Link(f"Edit this {subject._meta.verbose_name}", screen_of(subject, "change")))
    if numbers := statistics_of(request, subject):
        found.append(Link("Statistics", numbers))
    return [link for link in found if link.url]


def statistics_of(request, row):
    """The screen of a row's statistics, if it has one that the user may see: any with the site's permission; else
    those of the posts the user may open, and of the own author page."""
    numbers, user = screen_of(row, "statistics"), request.user
    if not numbers or user.has_perm("posts.view_sitetally"):
        return numbers
    if hasattr(row, "user_id"):
        return numbers if row.user_id == user.pk else ""
    is_post = hasattr(row, "status") and admin.site.is_registered(type(row))
    mine = is_post and admin.site.get_model_admin(type(row)).get_queryset(request)
    return numbers if mine and mine.filter(pk=row.pk).exists() else ""


def screen_of(row, name):
    """The address of one of a row's screens; nothing when there is none of that name."""
    try:
        return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=[row.pk])
    except NoReverseMatch:
        return ""
