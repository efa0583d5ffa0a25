"""Where a post can be passed on: plain addresses, nothing of anybody's on our page."""

from dataclasses import dataclass
from urllib.parse import quote

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
    address, title = quote(share_address(post), safe=""), quote(str(post), safe="")
    return [
        ShareLink("x", "Share on X", f"https://x.com/intent/post?url={address}&text={title}"),
        ShareLink("facebook", "Share on Facebook", f"https://www.facebook.com/sharer/sharer.php?u={address}"),
        ShareLink("reddit", "Share on Reddit", f"https://www.reddit.com/submit?url={address}&title={title}"),
        ShareLink("bluesky", "Share on Bluesky", f"https://bsky.app/intent/compose?text={title}%20{address}"),
        ShareLink("mail", "Send by e-mail", f"mailto:?subject={title}&body={address}"),
    ]
