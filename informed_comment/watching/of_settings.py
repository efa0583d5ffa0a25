"""Lights of the settings: what is unwise where readers come."""

from django.conf import settings

from informed_comment.watching.lights import Light, State

NAME = "Settings"


def unwise():
    """(number, what is so, what to do about it), of whatever should be otherwise in production."""
    if settings.DEBUG:
        yield 1, "This is development (DEBUG is on)", "Take DEBUG out of the environment where readers come."
        return
    if not settings.SITE_URL.startswith("https://"):
        cure = "Get a certificate (deploy/install does), then set SITE_URL=https://…."
        yield 2, "SITE_URL does not begin with https", cure
    if set(settings.ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]"}:
        yield 3, "ALLOWED_HOSTS names only this machine", "Name the site's own names in ALLOWED_HOSTS."
    if "*" in settings.ALLOWED_HOSTS:
        yield 4, "ALLOWED_HOSTS takes any name", "Name the site's own names in ALLOWED_HOSTS."
    if not settings.ADMINS:
        cure = "Set ADMINS to one or more e-mail addresses."
        yield 5, "ADMINS names nobody to be told when something is wrong", cure
    if settings.NEWSLETTER_KEY == settings.SECRET_KEY:
        cure = "Set NEWSLETTER_KEY to what SECRET_KEY is now."
        yield 6, "NEWSLETTER_KEY is not set, so a new SECRET_KEY would forget who must not be mailed", cure
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        yield 7, "DEFAULT_FROM_EMAIL is of localhost", "Set it to an address of the site's own domain."
    if not settings.TRUSTED_PROXIES:
        cure = "Set TRUSTED_PROXIES=1 behind nginx or Caddy, or all readers seem to be one; 2 behind a CDN that adds itself."
        yield 8, "TRUSTED_PROXIES is 0, as if no proxy stood before the site", cure


def settings_light():
    found = list(unwise())
    if not found:
        return [Light(NAME, State.GOOD, "Nothing about them is unwise.")]
    says = "; ".join(what for _, what, _ in found)
    return [Light(NAME, State.WATCH, f"{says}.", " ".join(cure for *_, cure in found))]
