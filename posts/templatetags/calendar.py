from django import template
from django.utils.dates import MONTHS, MONTHS_3

register = template.Library()


@register.filter
def month_name(number):
    """1 → January."""
    return MONTHS[number]


@register.filter
def month_short(number):
    """1 → Jan."""
    return MONTHS_3[number].capitalize()
