"""Unsubscribing, by the page and by one click; and the way back."""

import uuid

from django.shortcuts import render

from informed_comment.allowances import with_wait
from newsletter import addresses, subscribing
from newsletter.limits import TooMany
from newsletter.models import Subscriber
from newsletter.origins import evidence_from
from newsletter.views.private import private_page, subscriber_behind, subscriber_who_may_leave


@private_page
def unsubscribe(request, token):
    """RFC 8058: a POST, with or without `List-Unsubscribe=One-Click`, needs nothing but its address."""
    subscriber = subscriber_who_may_leave(token)
    if subscriber is None:
        return render(request, "newsletter/link_is_unknown.html", status=410)
    if request.method == "POST":
        how = "one-click" if "List-Unsubscribe" in request.POST else "unsubscribe page"
        subscriber = subscribing.unsubscribe(subscriber, evidence=evidence_from(request, how))
    return page(request, subscriber, token)


@private_page
def come_back(request, token):
    """Who left by mistake is sent the mail that asks. The link alone brings nobody back: mails are passed on."""
    subscriber = subscriber_behind(token)
    if subscriber is None:
        return render(request, "newsletter/link_is_unknown.html", status=410)
    has_asked = request.method == "POST" and subscriber.state == Subscriber.State.UNSUBSCRIBED
    if has_asked:
        try:
            subscribing.sign_up(
                addresses.parse(subscriber.email),
                frequency=subscriber.frequency,
                source=subscriber.source,
                evidence=evidence_from(request, "way back"),
            )
        except TooMany as refusal:
            return with_wait(page(request, subscriber, token, is_too_much=True), refusal)
    return page(request, subscriber, token, has_asked=has_asked)


def page(request, subscriber, token, *, has_asked=False, is_too_much=False):
    """A link from before a change of address leads to no page that shows the new one."""
    context = {
        "subscriber": subscriber,
        "token": token,
        "is_own": uuid.UUID(token) == subscriber.link_key,
        "has_asked": has_asked,
        "is_too_much": is_too_much,
    }
    status = 429 if is_too_much else 200
    return render(request, "newsletter/unsubscribe.html", context, status=status)
