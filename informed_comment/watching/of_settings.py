"""Lights of the settings: what is unwise where readers come."""

from django.conf import settings

from informed_comment.watching.lights import Light, State

NAME = "Settings"


def unwise():
    """(what is so, what to do about it), of whatever should be otherwise in production."""
    if settings.DEBUG:
        yield "This is development (DEBUG is on)", "Take DEBUG out of the environment where readers come."
        return
    if not settings.SITE_URL.startswith("https://"):
        yield (
            "SITE_URL does not begin with https",
            "Get a certificate (deploy/install does), then set SITE_URL=https://….",
        )
    if set(settings.ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]"}:
        yield "ALLOWED_HOSTS names only this machine", "Name the site's own names in ALLOWED_HOSTS."
    if "*" in settings.ALLOWED_HOSTS:
        yield "ALLOWED_HOSTS takes any name", "Name the site's own names in ALLOWED_HOSTS."
    if not settings.ADMINS:
        yield (
            "ADMINS names nobody to be told when something is wrong",
            "Set ADMINS to one or more e-mail addresses.",
        )
    if settings.NEWSLETTER_KEY == settings.SECRET_KEY:
        yield (
            "NEWSLETTER_KEY is not set, so a new SECRET_KEY would forget who must not be mailed",
            "Set NEWSLETTER_KEY to what SECRET_KEY is now.",
        )
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        yield "DEFAULT_FROM_EMAIL is of localhost", "Set it to an address of the site's own domain."


def settings_light():
    found = list(unwise())
    if not found:
        return [Light(NAME, State.GOOD, "Nothing about them is unwise.")]
    return [
        Light(
            NAME,
            State.WATCH,
            "; ".join(what for what, _ in found) + ".",
            " ".join(cure for _, cure in found),
        )
    ]
