"""Unsubscribing, by the page and by one click."""

from django.shortcuts import render

from newsletter import subscribing
from newsletter.origins import evidence_from
from newsletter.views.private import private_page, subscriber_behind


@private_page
def unsubscribe(request, token):
    """RFC 8058: a POST, with or without `List-Unsubscribe=One-Click`, needs nothing but its address."""
    subscriber = subscriber_behind(token)
    if subscriber is None:
        return render(request, "newsletter/link_is_unknown.html", status=410)
    if request.method == "POST":
        how = "one-click" if "List-Unsubscribe" in request.POST else "unsubscribe page"
        subscriber = subscribing.unsubscribe(subscriber, evidence=evidence_from(request, how))
    return render(request, "newsletter/unsubscribe.html", {"subscriber": subscriber})
