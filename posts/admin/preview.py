"""The preview: a post's page as readers will see it, in a frame as wide as a phone, a tablet or a desk."""

import functools
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.csp import CSP
from django.views.decorators.http import require_safe

from images import cards as drawing
from informed_comment.publication import current_publication
from posts import ahead, cards, views
from posts.admin import typed
from posts.models import Autosave, PendingChange, Post

FRAMED_CSP = settings.SECURE_CSP | {"frame-ancestors": [CSP.SELF]}
WIDTHS = [("phone", "Phone"), ("tablet", "Tablet"), ("desk", "Desktop")]
SCHEMES = [("auto", "As my device"), ("light", "Light"), ("dark", "Dark")]


@dataclass(frozen=True)
class Text:
    """One of the texts a post may have at a time, and the filling that leads to it (posts/ahead.py)."""

    name: str
    label: str
    at: datetime | None = None
    fill: object = None


def urls(admin):
    """The frame's own page, what stands in the frame, and the drawn card; for a stored post and for one that is none yet."""
    view, framed = admin.admin_site.admin_view, functools.partial(admin.admin_site.admin_view, csp=FRAMED_CSP)
    screens = [("", view, frame, ""), ("page/", framed, page, "_page"), ("card.png", view, card, "_card")]
    return [
        path(f"{prefix}{end}", wrap(private(screen, admin)), name=f"posts_post_preview{of}{suffix}")
        for end, wrap, screen, suffix in screens
        for prefix, of in (("<int:pk>/preview/", ""), ("add/preview/<uuid:key>/", "_new"))
    ]


def private(screen, admin):
    """Kept by no cache and no search engine."""

    @require_safe
    def answer(request, **which):
        response = screen(admin, request, **which)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    return answer


def frame(admin, request, **which):
    post, texts = asked_for(admin, request, **which)
    text = chosen(request, texts)
    found = ahead.seen(post, text.fill)
    width = request.GET.get("width")
    about = views.about_post(found.post)["metadata"]
    drawn = f"{address('_card', which)}?text={text.name}"
    context = admin.admin_site.each_context(request) | {
        "title": f"Preview: {found.post}",
        "post": found.post,
        "stored": post if post.pk and "pk" in which else None,
        "gone": found.gone,
        "texts": texts,
        "text": text,
        "widths": WIDTHS,
        "width": width if width in dict(WIDTHS) else "phone",
        "schemes": SCHEMES,
        "metadata": about,
        "picture": about.image["address"].removeprefix(settings.SITE_URL) if about.image else drawn,
        "page_address": f"{address('_page', which)}?text={text.name}",
    }
    return render(request, "admin/posts/post/preview.html", context)


def page(admin, request, **which):
    post, texts = asked_for(admin, request, **which)
    found = ahead.seen(post, chosen(request, texts).fill)
    response = render(request, "posts/preview.html", views.about_post(found.post))
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def card(admin, request, **which):
    """The social card the worker would draw."""
    post, texts = asked_for(admin, request, **which)
    found = ahead.seen(post, chosen(request, texts).fill)
    try:
        drawn = drawing.draw(cards.of_post(found.post).of(current_publication()))
    except ValueError:  # a letter our faces lack; the publication's card is shown then
        raise Http404("This title cannot be drawn.") from None
    return HttpResponse(drawn, content_type="image/png")


def address(name, which):
    if "key" in which:
        return reverse(f"admin:posts_post_preview_new{name}", args=[which["key"]])
    return reverse(f"admin:posts_post_preview{name}", args=[which["pk"]])


def asked_for(admin, request, pk=None, key=None):
    """The post, and its texts in the order in which they are offered: the newest typing or change first."""
    if key is not None:
        autosave = get_object_or_404(Autosave, user=request.user, post=None, key=key)
        if not admin.has_add_permission(request):
            raise PermissionDenied
        return Post(created_by=request.user), [of_autosave(admin, request, autosave)]
    post = get_object_or_404(admin.get_queryset(request), pk=pk)
    if not admin.has_view_permission(request, post):
        raise PermissionDenied
    return post, texts_of(admin, request, post)


def texts_of(admin, request, post):
    autosave = Autosave.objects.filter(user=request.user, post=post).first()
    change = PendingChange.objects.filter(post=post).first()
    label = "What readers see" if post.is_public else "What is saved"
    texts = [Text("saved", label, post.updated_at)]
    if change:
        texts.insert(0, Text("pending", "Pending changes", change.updated_at, ahead.of_pending(change)))
    if autosave and admin.has_change_permission(request, post):
        is_newest = autosave.saved_at >= max(text.at for text in texts)
        texts.insert(0 if is_newest else len(texts), of_autosave(admin, request, autosave))
    return texts


def of_autosave(admin, request, autosave):
    return Text("typed", "What is typed now", autosave.saved_at, typed.filling(admin, request, autosave))


def chosen(request, texts):
    wanted = request.GET.get("text")
    return next((text for text in texts if text.name == wanted), texts[0])
