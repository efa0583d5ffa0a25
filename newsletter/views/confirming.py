"""The page behind the link of a confirmation mail."""

import functools

from django.shortcuts import render

from newsletter import confirming
from newsletter.origins import evidence_from
from newsletter.views.private import private_page


@private_page
def confirm(request, token):
    try:
        if request.method == "POST":
            evidence_for = functools.partial(evidence_from, request, "confirmation mail")
            subscriber = confirming.confirm(token, evidence_for=evidence_for)
            return render(request, "newsletter/confirmed.html", {"subscriber": subscriber})
        wish = confirming.wish_behind(token)
    except confirming.LinkIsVoid:
        return render(request, "newsletter/link_is_void.html", status=410)
    return render(request, "newsletter/confirm.html", {"subscriber": wish.subscriber})
