"""Pictures as the newsroom shows them."""

from django import template

from images import picking

register = template.Library()
CROPS = (("list", "In lists, 3:2"), ("card", "Shared elsewhere, 1.91:1"), ("square", "Square, 1:1"))


@register.filter
def small(image, width=picking.THUMBNAIL_WIDTH):
    """The address of a form of the picture about this wide; empty when its file is missing."""
    return picking.thumbnail_url(image, width)


@register.filter
def crops(image):
    """(name, label) of the shapes a picture is cut to around its focus."""
    return CROPS
