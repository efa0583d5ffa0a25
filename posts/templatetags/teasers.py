from django import template

from posts import teasers

register = template.Library()


@register.simple_tag
def teaser(shown, template_name, **values):
    """`{% teaser post "posts/_card.html" heading="h2" size="river" %}`: like including it with these and nothing else."""
    return teasers.html(shown, template_name, **values)
