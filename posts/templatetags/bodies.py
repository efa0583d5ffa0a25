from django import template

from posts import bodies, embeds

register = template.Library()
register.filter("for_reading", bodies.for_reading)


@register.filter
def related_video(post):
    """The post's video as an Embed, or None."""
    return embeds.recognised(post.video_url, post.video_title)
