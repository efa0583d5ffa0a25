"""What the script of a post's form talks to: keeping what is typed, looking at what was kept, saying who else is there."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.request import UnreadablePostError
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from informed_comment.endpoints import Refused, endpoint
from posts import autosaving, presence
from posts.admin import kept, opening
from posts.models import Autosave

NOT_YOURS = "You may not change this post any more: it was published, or handed on. Your text is kept in this browser."
UNREADABLE = "This is not the text of a form."
ELSEWHERE = "This post is open in another window of yours, which has newer text."


def urls(admin):
    """The paths under `/admin/posts/post/`."""

    def answering(view, only):
        return endpoint(only(partial(view, admin)))

    return [
        path("autosave/", answering(autosave, require_POST), name="posts_post_autosave"),
        path("autosave/offers/", answering(offers, require_GET), name="posts_post_offers"),
        path("autosave/look/", answering(look, require_POST), name="posts_post_look"),
        path("autosave/text/", answering(autosaved, require_GET), name="posts_post_autosaved"),
        path(
            "autosave/<int:pk>/throw-away/",
            admin.admin_site.admin_view(require_POST(partial(throw_away, admin))),
            name="posts_post_throw_away",
        ),
        path("presence/", answering(seen, require_POST), name="posts_post_presence"),
    ]


# What the address says


def number_in(request, name, most=2**31 - 1):
    """A number in the query, or None; by default as large as a column of small whole numbers holds."""
    value = request.GET.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 19 and int(value) <= most else None


def row_in(request, name="row"):
    return number_in(request, name, most=2**63 - 1)


def post_of(admin, request):
    """The post that is written, as far as the user may change it; None for one never saved."""
    if not request.GET.get("post"):
        if not admin.has_add_permission(request):
            raise PermissionDenied(NOT_YOURS)
        return None
    post = admin.get_queryset(request).filter(pk=row_in(request, "post")).first()
    if post is None:
        raise Http404
    if not admin.has_change_permission(request, post):
        raise PermissionDenied(NOT_YOURS)
    return post


def key_in(request):
    """The key of the form; a post never saved goes by it."""
    try:
        return UUID(request.GET.get("key", ""))
    except ValueError:
        raise Refused(400, "unreadable", UNREADABLE) from None


def typed_at_in(request):
    """When the last key was pressed, from milliseconds of the browser's clock; now when that is nonsense."""
    try:
        return datetime.fromtimestamp(number_in(request, "typed_at", most=10**15) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return timezone.now()


def text_in(request):
    """The body of the request to the letter, once it is known to be a form: `{name: [value, …]}`."""
    try:
        text = request.body.decode()
        form = json.loads(text)
        values = [
            value for values in form.values() for value in (values if isinstance(values, list) else [None])
        ]
    except (ValueError, AttributeError, RecursionError, UnreadablePostError):
        raise Refused(400, "unreadable", UNREADABLE) from None
    if not all(isinstance(value, str) for value in values) or "\x00" in text:
        raise Refused(400, "unreadable", UNREADABLE)
    return text


# The answers


def autosave(admin, request):
    """Keeps what was typed; the answer names the row and PostgreSQL's own hash of what it holds.

    With `?unless_same`, nothing is kept of a text that says what the form shows anyway.
    """
    post, text = post_of(admin, request), text_in(request)
    typed_at, key = typed_at_in(request), key_in(request)
    if "unless_same" in request.GET and offer_for(admin, request, post, text, typed_at) is None:
        return JsonResponse({"same": True})
    seen = (row_in(request), number_in(request, "number"))
    base = number_in(request, "base_version")
    try:
        stored = autosaving.keep(
            text, by=request.user, post=post, key=key, typed_at=typed_at, base_version=base, seen=seen
        )
    except autosaving.NewerElsewhere as newer:
        raise Refused(409, "elsewhere", ELSEWHERE, **described(newer.autosave)) from None
    if post:
        presence.be_seen(post, by=request.user, is_typing=True)
    return JsonResponse(
        {
            "row": stored.row,
            "number": stored.number,
            "sha": stored.sha,
            "at": f"{timezone.localtime(stored.saved_at):%H:%M}",
            **around(request, post),
        }
    )


def around(request, post):
    """How the post stands, and who else is at it."""
    if post is None:
        return {}
    standing = presence.standing(post)
    saved_by = standing.saved_by
    return {
        "version": standing.version,
        "pending": standing.pending,
        "saved_by": presence.name_of(saved_by) if saved_by else "Somebody",
        "saved_by_you": saved_by == request.user,
        "saved_at": kept.moment_said(standing.saved_at) if standing.saved_at else "",
        "others": [
            {"name": other.name, "is_typing": other.is_typing}
            for other in presence.others(post, than=request.user)
        ],
    }


def described(autosave):
    return {
        "row": autosave.pk,
        "number": autosave.number,
        "sha": autosaving.hash_of(autosave),
        "at": kept.moment_said(autosave.typed_at),
    }


def seen(admin, request):
    """Somebody has the form open, or has left it (`?leaving`)."""
    post = post_of(admin, request)
    if post and "leaving" in request.GET:
        presence.leave(post, by=request.user)
    elif post:
        presence.be_seen(post, by=request.user, is_typing="typing" in request.GET)
    return JsonResponse(around(request, post))


def form_of(admin, request, post):
    """The form as it opens without a kept text."""
    form = admin.get_form(request, post, change=bool(post))
    form.opened = opening.opened_for(request, post, recover=False)
    return form(instance=post) if post else form()


def offer_for(admin, request, post, text, typed_at):
    """The text as it would be offered, without keeping it."""
    fleeting = Autosave(
        user=request.user,
        post=post,
        text=text,
        typed_at=typed_at,
        base_version=number_in(request, "base_version"),
    )
    return kept.offer_of(form_of(admin, request, post), fleeting)


def look(admin, request):
    """What a text that only a browser has would change: HTML for the page it is offered on."""
    post, text = post_of(admin, request), text_in(request)
    offer = offer_for(admin, request, post, text, typed_at_in(request))
    if offer is None:
        return JsonResponse({"same": True})
    return JsonResponse({"html": rendered(request, [offer])})


def offers(admin, request):
    """What is offered beside the row that this window goes on with."""
    post = post_of(admin, request)
    found, _ = kept.offers(request, form_of(admin, request, post), but=row_in(request))
    return HttpResponse(rendered(request, found))


def rendered(request, found):
    return render_to_string("admin/posts/post/_kept_offers.html", {"offers": found}, request)


def autosaved(admin, request):
    """A kept text of the user's own, to the letter."""
    autosave = get_object_or_404(Autosave, user=request.user, pk=row_in(request))
    return JsonResponse(
        {
            "text": autosave.text,
            "key": str(autosave.key),
            "typed_at": int(autosave.typed_at.timestamp() * 1000),
            "base_version": autosave.base_version,
            **described(autosave),
        }
    )


def throw_away(admin, request, pk):
    """Deletes a kept text, if it is still the one that was looked at."""
    autosave = get_object_or_404(Autosave.objects.select_related("post"), user=request.user, pk=pk)
    number = request.POST.get("number", "")
    autosaving.forget(
        by=request.user, row=pk, number=int(number) if number.isdecimal() and len(number) < 10 else None
    )
    is_gone = not Autosave.objects.filter(pk=pk).exists()
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"gone": is_gone})
    if is_gone:
        messages.success(request, "The text is thrown away.")
    else:
        messages.warning(request, "Another window has added to this text since. Look at it again.")
    return HttpResponseRedirect(kept.address(autosave.post))


def saved(request, post, *, is_new):
    """The form was saved: what was kept of it goes in the same transaction, and its window is told on the next page."""
    row, _, number = request.POST.get("kept_row", "").partition(".")
    if row.isdecimal() and number.isdecimal() and len(row) < 19 and len(number) < 10:
        autosaving.forget(by=request.user, row=int(row), number=int(number))
    if is_new:
        with suppress(ValueError):
            autosaving.belongs_to(post, by=request.user, key=UUID(request.POST.get("kept_key", "")))
    if window := request.POST.get("kept_window", "")[:40]:
        request.session["saved_windows"] = [*request.session.get("saved_windows", []), window][-20:]
