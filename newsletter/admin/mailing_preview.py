"""What a mailing looks like: in a frame of 600 or 320 pixels, light or dark, and as plain text; for each choice of sections.

The frame has an address and a policy of its own: it runs nothing, loads only our pictures, and knows nothing of the newsroom.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.csp import CSP
from django.views.decorators.http import require_safe

from newsletter import composing, queueing
from newsletter.messages import LINK_KEY
from newsletter.models import Mailing
from newsletter.proofing import NOBODY
from newsletter.queueing import Text
from posts.models import Category

FRAMED_CSP = {
    "default-src": [CSP.NONE],
    "img-src": [CSP.SELF, settings.SITE_URL, *settings.MEDIA_ORIGINS],
    "style-src": [CSP.UNSAFE_INLINE],
    "frame-ancestors": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}
SHAPES = [("wide", "600 pixels"), ("narrow", "320 pixels"), ("text", "Plain text")]
SCHEMES = [("light", "Light"), ("dark", "Dark")]
DARK_RULES = "@media (prefers-color-scheme: dark)"
MOST_CHOICES = 30


@dataclass(frozen=True)
class Choice:
    """One of the texts: its place among them, what it is called, and itself."""

    place: int
    label: str
    text: Text


def urls(admin):
    view = admin.admin_site.admin_view
    return [
        path("<int:pk>/preview/", view(private(frame, admin)), name="newsletter_mailing_preview"),
        path(
            "<int:pk>/preview/mail/",
            view(private(mail, admin), csp=FRAMED_CSP),
            name="newsletter_mailing_preview_mail",
        ),
    ]


def private(screen, admin):
    @require_safe
    def answer(request, pk):
        mailing = get_object_or_404(Mailing, pk=pk)
        if not admin.has_view_permission(request, mailing):
            raise PermissionDenied
        response = screen(admin, request, mailing)
        response["Cache-Control"] = "no-store"
        return response

    return answer


def frame(admin, request, mailing):
    choices = choices_of(mailing)
    choice = asked_for(request, choices)
    shape = asked(request, "shape", SHAPES)
    context = admin.admin_site.each_context(request) | {
        "title": f"Preview: {mailing}",
        "subtitle": None,
        "opts": admin.opts,
        "mailing": mailing,
        "choices": choices,
        "choice": choice,
        "shapes": SHAPES,
        "shape": shape,
        "schemes": SCHEMES,
        "scheme": asked(request, "scheme", SCHEMES),
        "kilobytes": len(choice.text.html.encode()) / 1000 if choice else 0,
    }
    return render(request, "newsletter/admin/mailing/preview.html", context)


def mail(admin, request, mailing):
    """The mail itself, in one of its two parts; nobody's links lead out of it."""
    choice = asked_for(request, choices_of(mailing))
    if choice is None:
        return HttpResponse("Nothing is in it yet.", content_type="text/plain; charset=utf-8")
    if asked(request, "shape", SHAPES) == "text":
        response = HttpResponse(
            choice.text.text.replace(LINK_KEY, NOBODY), content_type="text/plain; charset=utf-8"
        )
    else:
        response = HttpResponse(in_scheme(choice.text.html, asked(request, "scheme", SCHEMES)))
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Referrer-Policy"] = "no-referrer"
    return response


def in_scheme(html, scheme):
    """As if the reader's device were light, or dark, whatever this one is; links open beside it."""
    rules, word = ("@media all", "dark") if scheme == "dark" else ("@media not all", "light")
    html = html.replace(DARK_RULES, rules).replace('content="light dark"', f'content="only {word}"')
    html = html.replace(f'src="{settings.SITE_URL}/', 'src="/').replace(LINK_KEY, NOBODY)
    return html.replace("<head>", '<head><base target="_blank">', 1)


def choices_of(mailing):
    """The texts of a draft as they would be now, or those that were frozen; first that of all sections."""
    if mailing.state == Mailing.State.DRAFT:
        made, _ = composing.texts(mailing, queueing.choices_in_audience(mailing)[:MOST_CHOICES])
    else:
        frozen = mailing.variants.order_by("categories")[:MOST_CHOICES]
        made = {tuple(row.categories): Text(row.subject, row.html, row.text, row.problem) for row in frozen}
    names = dict(Category.objects.in_bulk({pk for choice in made for pk in choice}))
    found = []
    for choice, text in made.items():
        label = ", ".join(str(names.get(pk, "a section that is gone")) for pk in choice) or "All sections"
        found.append(Choice(len(found), label, text))
    return found


def asked_for(request, choices):
    place = request.GET.get("choice", "0")
    number = int(place) if place.isdecimal() and len(place) < 6 else 0
    return choices[number] if number < len(choices) else next(iter(choices), None)


def asked(request, name, known):
    value = request.GET.get(name)
    return value if value in dict(known) else known[0][0]
