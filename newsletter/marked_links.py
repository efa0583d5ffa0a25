"""Links of a mailing to our own posts say that a reader comes from it: by `#from-newsletter` behind the address.

A fragment never leaves the reader's browser with a request, and no server, ours among them, learns of it by the link
alone; the page takes it out of the address bar and counts the read as one from the newsletter (static/js/read.js).
It names no reader and no mailing.
"""

import re
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.safestring import mark_safe
from selectolax.lexbor import LexborHTMLParser

from posts import permalinks
from posts.models import Post

FRAGMENT = "#from-newsletter"


def marked(address):
    return address + FRAGMENT


def unmarked(address):
    return address.removesuffix(FRAGMENT)


class Marker:
    """Marks the links of one mailing's texts; what it once asked of an address it remembers. `posts` are known to be ours."""

    def __init__(self, posts=()):
        self.shape = re.compile(permalinks.route())
        self.known = {post.permalink: True for post in posts}

    def mark(self, html):
        """The fragment of HTML with the mark behind each link to a post of ours that has no fragment of its own."""
        body = LexborHTMLParser(html)
        links = [(link, path) for link in body.css("a[href]") if (path := path_of(link.attributes["href"]))]
        self.ask({path for _, path in links} - self.known.keys())
        for link, path in links:
            if self.known[path]:
                link.attrs["href"] = marked(link.attributes["href"])
        return mark_safe(body.body.inner_html)  # noqa: S308 - as safe as it came

    def ask(self, paths):
        self.known |= dict.fromkeys(paths, False)
        paths = {path for path in paths if self.shape.match(path.removeprefix("/"))}
        if paths:
            ours = set(Post.objects.filter(permalink__in=paths).values_list("permalink", flat=True))
            self.known |= dict.fromkeys(ours, True)


def path_of(address):
    """The path of a whole address of this site without a fragment; else ""."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return ""
    is_ours = parts.scheme in ("http", "https") and parts.netloc == urlsplit(settings.SITE_URL).netloc
    return unquote(parts.path) if is_ours and "#" not in address else ""
