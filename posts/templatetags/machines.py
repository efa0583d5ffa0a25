from django import template

register = template.Library()


@register.simple_tag
def json_ld(metadata, publication):
    """The JSON-LD of a page, to stand inside a script element."""
    return metadata.json_ld(publication)
