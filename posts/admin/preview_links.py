"""Preview links in the newsroom: the panel beside the text, and the screens on which one is made and taken back.

A script sends the same forms with `?panel` and gets back the panel, so that what is typed stays where it is.
"""

from django import forms
from django.conf import settings
from django.contrib import admin as django_admin
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from posts import previewing
from posts.models import Post
from posts.previewing import DAYS, MOST_DAYS, WRITTEN_BY_GUESTS

SHOWN = 100
PANEL = "admin/posts/post/_preview_links.html"
FORM = "admin/posts/post/_preview_link_form.html"
MADE = "The link for {label} is made. Copy it below and send it."
REVOKED = "The link for {label} leads nowhere any more."


class LinkForm(forms.Form):
    label = forms.CharField(label="For whom", max_length=100, help_text="They see this name above the text.")
    days = forms.IntegerField(
        label="Works for so many days",
        min_value=1,
        max_value=MOST_DAYS,
        initial=DAYS,
        help_text=f"1 to {MOST_DAYS}.",
    )
    may_write = forms.BooleanField(
        label="Guest author",
        required=False,
        help_text="May also write title, standfirst and text until the post is scheduled or published, and approve them.",
    )

    def __init__(self, *args, post, **kwargs):
        super().__init__(*args, **kwargs)
        if post.status not in WRITTEN_BY_GUESTS:
            del self.fields["may_write"]


def urls(admin):
    """The paths under `/admin/posts/post/`."""

    def screen(view, *methods):
        return admin.admin_site.admin_view(
            require_http_methods(methods)(
                lambda request, pk, **which: view(request, own(admin, request, pk), **which)
            )
        )

    return [
        path("<int:pk>/links/", screen(links, "GET", "POST"), name="posts_post_preview_links"),
        path(
            "<int:pk>/links/<int:link>/revoke/",
            screen(revoke, "GET", "POST"),
            name="posts_post_preview_link_revoke",
        ),
    ]


def own(admin, request, pk):
    """The post, for whoever may change it."""
    post = get_object_or_404(admin.get_queryset(request), pk=pk)
    if not admin.has_change_permission(request, post):
        raise PermissionDenied
    return post


def panel(request, post):
    """For posts that somebody may want to see ahead of time, or has a link to."""
    screen = django_admin.site.get_model_admin(Post)
    if not screen.has_change_permission(request, post):
        return None
    found = links_of(post)
    if previewing.is_out(post) and not any(link.is_working for link in found):
        return None
    return PANEL, about(post, found)


def about(post, found):
    return {"post": post, "links": [link for link in found if link.is_working], "said": ""}


def links_of(post):
    """The post's links, newest first, each with its whole address and whether what was approved still stands."""
    found = list(post.preview_links.all()[:SHOWN])
    for link in found:
        link.address = settings.SITE_URL + reverse("posts:preview", args=[previewing.token_of(link)])
        link.is_current = bool(link.approved_at) and previewing.is_as_approved(link, post)
    return found


def links(request, post):
    form = LinkForm(request.POST if request.method == "POST" else None, post=post)
    if request.method == "POST" and form.is_valid():
        link = previewing.make_link(post, by=request.user, **form.cleaned_data)
        return done(request, post, MADE.format(label=link.label))
    status = 400 if request.method == "POST" else 200
    context = {"post": post, "form": form, "comments": post.draft_comments.count()}
    if "panel" in request.GET:
        return render(request, FORM, context, status=status)
    return page(
        request, "admin/posts/post/preview_links.html", context | {"links": links_of(post)}, status=status
    )


def revoke(request, post, link):
    link = get_object_or_404(post.preview_links, pk=link)
    if request.method == "POST":
        previewing.revoke(link)
        return done(request, post, REVOKED.format(label=link.label))
    return page(request, "admin/posts/post/revoke_preview_link.html", {"post": post, "link": link})


def done(request, post, sentence):
    if "panel" in request.GET:
        return render(request, PANEL, about(post, links_of(post)) | {"said": sentence})
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("admin:posts_post_preview_links", args=[post.pk]))


def page(request, template, context, *, status=200):
    title = f"Preview links: {context['post']}"
    around = django_admin.site.each_context(request) | {"title": title, "opts": Post._meta}
    return render(request, template, around | context, status=status)
