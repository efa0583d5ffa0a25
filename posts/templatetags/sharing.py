"""Where a post can be passed on: plain addresses, nothing of anybody's on our page."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django import template
from django.conf import settings

register = template.Library()


@dataclass(frozen=True)
class ShareLink:
    icon: str
    label: str
    address: str


@register.filter
def share_address(post):
    return settings.SITE_URL + post.get_absolute_url()


@register.filter
def share_links(post):
    address, title = share_address(post), str(post)

    def link(base, **query):
        return f"{base}?{urlencode(query, quote_via=quote)}"

    return [
        ShareLink("x", "Share on X", link("https://x.com/intent/post", url=address, text=title)),
        ShareLink(
            "facebook", "Share on Facebook", link("https://www.facebook.com/sharer/sharer.php", u=address)
        ),
        ShareLink(
            "reddit", "Share on Reddit", link("https://www.reddit.com/submit", url=address, title=title)
        ),
        ShareLink(
            "bluesky", "Share on Bluesky", link("https://bsky.app/intent/compose", text=f"{title} {address}")
        ),
        ShareLink("mail", "Send by e-mail", link("mailto:", subject=title, body=address)),
    ]
