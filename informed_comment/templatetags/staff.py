from django import template

from informed_comment import staff

register = template.Library()


@register.simple_tag(takes_context=True)
def staff_bar(context, subject):
    """The bar for staff, or None; kept in a variable by ``as``."""
    return staff.bar_of(getattr(context, "request", None), subject)
