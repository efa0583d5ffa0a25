from django import template

from informed_comment.remembered import html

register = template.Library()


@register.simple_tag
def remembered(shown, template_name, **values):
    """`{% remembered post "posts/_card.html" size="river" %}`: included with the fields of the post and these values only."""
    return html(shown, template_name, **values)
