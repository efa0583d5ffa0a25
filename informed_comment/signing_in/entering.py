"""Coming in and going out: what a session remembers of how it began, and what the audit log is told."""

import re
import time

from django.contrib import auth
from django.db import transaction

from informed_comment import audit
from informed_comment.origins import network_of, sender_of
from informed_comment.signing_in import known_devices, pending

BACKEND = "django.contrib.auth.backends.ModelBackend"
WAYS = {
    "": "with the password alone",
    "app": "with the code of an app",
    "passkey": "with a passkey",
    "recovery": "with a recovery code",
}
BY_LINK = "came_by_link"  # and may set a password without the old one
BROWSERS = [  # the first that is named counts: most claim to be others, too
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
]
MACHINES = [
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "a Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
]


def device_named(agent):
    """A browser and a machine as people call them; never what the header says itself."""
    browser = next((name for sign, name in BROWSERS if re.search(rf"\b{sign}", agent)), "A browser")
    machine = next((name for sign, name in MACHINES if sign in agent), "")
    return f"{browser} on {machine}" if machine else browser


def note_beginning(sender, request, user, **kwargs):
    """Receives Django's `user_logged_in`: every session says when, where and with what it began."""
    now, origin = int(time.time()), sender_of(request)
    session = request.session
    session.pop(pending.KEY, None)
    session["began_at"] = session["seen_at"] = session["proved_at"] = now
    session["device"] = device_named(request.META.get("HTTP_USER_AGENT", ""))
    session["network"] = network_of(origin) if origin else ""


def enter(request, user, *, second_step, how="password"):
    """Signs somebody in who has shown all that was asked for. `second_step` names what kind it was; empty for none."""
    with transaction.atomic():
        request.session.flush()
        auth.login(request, user, backend=BACKEND)
        request.session.set_expiry(None)
        request.session["second_step"] = second_step
        if how == "link":
            request.session[BY_LINK] = True
        way = WAYS[second_step] if how != "link" else f"with an operator's link and {WAYS[second_step][5:]}"
        if how == "link" and not second_step:
            way = "with an operator's link"
        audit.record(
            "signed_in",
            f"{user.get_username()} signed in {way}.",
            by=user,
            request=request,
            about=user.get_username(),
            **({"second_step": second_step} if second_step else {}),
        )


def welcome(response, request, user):
    """The answer that ends a sign-in: this browser is known from now on."""
    known_devices.remember(response, request, user)
    return response


def note_end(sender, request, user, **kwargs):
    """Receives Django's `user_logged_out`."""
    if user is not None:
        audit.record(
            "signed_out",
            f"{user.get_username()} signed out.",
            by=user,
            request=request,
            about=user.get_username(),
        )
