from django import template

from images import pictures, renditions

register = template.Library()


@register.simple_tag
def picture(image, sizes="100vw", crop="own", loading="lazy", alt=None, **attributes):
    """`{% picture post.lead_image sizes="(min-width: 64rem) 40rem, 100vw" crop="3x2" class="card__image" %}`"""
    css_class = attributes.pop("class", "")
    if attributes:
        raise template.TemplateSyntaxError(f"picture knows no {', '.join(attributes)}.")
    return pictures.picture(image, sizes=sizes, crop=crop, loading=loading, alt=alt, css_class=css_class)


@register.simple_tag
def picture_preload(image, crop="own"):
    """The AVIF `imagesrcset` of a picture, to be preloaded with the same `sizes` as the picture itself."""
    return renditions.imagesrcset(image, crop)


@register.simple_tag
def social_image(image):
    """(address, width, height) for Open Graph, or None; the address is a path or, on remote storage, absolute."""
    return renditions.social(image)
