"""Moments as pages say them. Django's own filter looks every letter of its format up anew, dozens of times on a page."""

from django import template
from django.utils import timezone
from django.utils.dates import MONTHS

register = template.Library()


@register.filter
def machine_moment(at):
    """`2026-06-30T08:00:00-0400`, as HTML's `datetime` takes it."""
    said = timezone.localtime(at).isoformat(timespec="seconds")
    return f"{said[:22]}{said[23:25]}"


@register.filter
def day(at):
    """`June 30, 2026`."""
    at = timezone.localtime(at)
    return f"{MONTHS[at.month]} {at.day}, {at.year:04}"
