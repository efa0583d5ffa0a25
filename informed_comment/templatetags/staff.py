from django import template

from informed_comment import staff

register = template.Library()


@register.simple_tag(takes_context=True)
def staff_bar(context, subject):
    """The bar for staff, or None; kept in a variable by ``as``."""
    return staff.bar_of(getattr(context, "request", None), subject)


@register.simple_tag(takes_context=True)
def statistics_of(context, row):
    """The address of a row's statistics, or nothing for whoever may not see them."""
    return staff.statistics_of(context["request"], row) if row is not None else ""
