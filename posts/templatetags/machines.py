from django import template

from posts.syndication import absolute

register = template.Library()


@register.simple_tag
def json_ld(metadata, publication):
    """The JSON-LD of a page, to stand inside a script element."""
    return metadata.json_ld(publication)


@register.simple_tag
def social_image(metadata, publication):
    """What is shown of the page elsewhere: {address, width, height, type, alt}."""
    return metadata.social_image(publication)


@register.filter
def own_address(thing):
    """The whole address of what has a page here."""
    return absolute(thing.get_absolute_url())
