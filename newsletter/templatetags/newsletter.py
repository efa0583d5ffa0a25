from django import template

from newsletter.consent import CURRENT, TEXTS

register = template.Library()


@register.simple_tag
def consent_text():
    """The text every sign-up form shows beside its button, and its number: what the subscriber agrees to."""
    return {"version": CURRENT, "text": TEXTS[CURRENT]}
