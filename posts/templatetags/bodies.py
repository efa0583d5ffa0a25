from django import template

from posts import bodies, embeds

register = template.Library()


@register.simple_tag(takes_context=True)
def for_reading(context, html):
    """Cleaned HTML as readers see it; the `key` of the context, if there is one, tells its notes from others'."""
    return bodies.for_reading(html, key=context.get("key", ""))


@register.filter
def related_video(post):
    """The post's video as an Embed, or None."""
    return embeds.recognised(post.video_url, post.video_title)
