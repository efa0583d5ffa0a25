from django import template
from django.template.loader import render_to_string

register = template.Library()


@register.simple_tag(takes_context=True)
def panel(context, name, about):
    """A panel's template with its own context and the request's token, and nothing of the page around it."""
    return render_to_string(name, about, context["request"])
