"""Pages behind a link from a mail, and who is behind it."""

import functools
import uuid

from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter.models import AddressChange, FormerLink, Subscriber


def private_page(view):
    """A page behind a link from a mail: kept by no cache and no search engine, its address told to nobody."""

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @functools.wraps(view)
    def page(request, token):
        try:
            response = view(request, token)
        except (Subscriber.DoesNotExist, AddressChange.DoesNotExist):  # erased while it was asked for
            response = render(request, "newsletter/link_is_unknown.html", status=410)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return page


def subscriber_behind(token):
    """The subscriber whose links carry the token, or None.

    The token is a random number in the subscriber's own row: it depends on no key that may be changed, so the
    link in an old mail works for as long as the row and its backups do.
    """
    try:
        return Subscriber.objects.filter(link_key=uuid.UUID(token)).first()
    except ValueError:
        return None


def subscriber_who_may_leave(token):
    """The same, or whoever had this link before a change of address: old mail can still be used to leave."""
    if subscriber := subscriber_behind(token):
        return subscriber
    try:
        former = FormerLink.objects.select_related("subscriber").filter(link_key=uuid.UUID(token)).first()
    except ValueError:
        return None
    return former and former.subscriber
