"""The page behind the link that a new address gets: its button moves the subscription there."""

from django.shortcuts import render

from newsletter import moving
from newsletter.origins import evidence_from
from newsletter.views.private import private_page


@private_page
def move(request, token):
    try:
        if request.method == "POST":
            evidence = evidence_from(request, "mail to the new address")
            subscriber = moving.confirm(token, evidence=evidence)
            return render(request, "newsletter/moved.html", {"subscriber": subscriber})
        wish = moving.move_behind(token)
    except moving.LinkIsVoid:
        return render(request, "newsletter/move_is_void.html", {"is_there": False}, status=410)
    except moving.AlreadyThere:
        return render(request, "newsletter/move_is_void.html", {"is_there": True}, status=409)
    return render(request, "newsletter/move.html", {"change": wish.change})
