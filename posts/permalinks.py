"""The permalink: the path of a published post, made from a pattern and kept for ever.

The pattern speaks WordPress's own tokens (`/%year%/%monthnum%/%postname%.html`), so a site that moves here keeps
every link. A permalink is given when a post is published or scheduled and stored; a later change of slug, date or
pattern leaves the old one as a redirect.
"""

import copy
import re
from datetime import UTC
from urllib.parse import unquote

from django.conf import settings
from django.core.checks import Error, register
from django.db import connection
from django.utils import timezone
from django.utils.text import slugify

from informed_comment import redirects
from posts.models import Post

TOKENS = {
    "%year%": (r"[0-9]{4}", "{date:%Y}"),
    "%monthnum%": (r"[0-9]{2}", "{date:%m}"),
    "%day%": (r"[0-9]{2}", "{date:%d}"),
    "%hour%": (r"[0-9]{2}", "{date:%H}"),
    "%minute%": (r"[0-9]{2}", "{date:%M}"),
    "%second%": (r"[0-9]{2}", "{date:%S}"),
    "%post_id%": (r"[0-9]+", "{id}"),
    "%postname%": (r"[^/?#]+?", "{slug}"),
}
TOKEN = re.compile(r"%\w+%")


def route():
    """The pattern as a regular expression for the URLconf, without the leading slash."""
    parts = re.split(r"(%\w+%)", settings.PERMALINK_PATTERN.removeprefix("/"))
    return "^" + "".join(TOKENS[part][0] if part in TOKENS else re.escape(part) for part in parts) + "$"


def route_of_parts():
    """Where WordPress put the second and later pages of a post it cut into pages: `…/slug.html/2/`."""
    return route().rstrip("$/") + r"/(?P<part>\d{1,3})/?$"


def route_of_comments(rest):
    """What stands under a post of its comments: `…/slug.html/` and the rest, itself a regular expression."""
    return route().rstrip("$/") + f"/{rest}/?$"


def path_for(post):
    """The path the pattern gives a post with a slug, a date and, if the pattern wants it, an id."""
    date = timezone.localtime(post.published_at)
    path = settings.PERMALINK_PATTERN
    for token, (_, form) in TOKENS.items():
        path = path.replace(token, form.format(date=date, id=post.pk, slug=post.slug))
    return path


def slug_for(post):
    """A slug from the title; a post without one goes by its number or its moment."""
    title = unquote(post.title).replace("’", "").replace("'", "")
    slug = slugify(title, allow_unicode=True)
    if len(slug) > 80:
        slug = slug[:81].rpartition("-")[0] or slug[:80]
    return slug or f"post-{post.pk or timezone.now().astimezone(UTC).strftime('%Y%m%d%H%M%S')}"


def give(post):
    """Gives the post its slug and permalink for its date; a taken address gets `-2`, `-3` and so on.

    The old permalink, if readers ever had it, leads to the new one. The post is not saved here.
    """
    was = post.permalink
    post.slug = post.slug or slug_for(post)
    _wait_for_others(path_for(post))
    post.slug = numbered(post)
    post.permalink = path_for(post)
    if was and was != post.permalink:
        redirects.lead(was, post.permalink)
    else:
        redirects.stand(post.permalink)


def _wait_for_others(path):
    """Until this transaction ends nobody else is given an address that begins as a post of this path asks for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('address ' || %s, 0))", [path])


def owner_of_wanted(post):
    """The other post that has the address this one's slug and date would give it, or None."""
    return Post.objects.filter(permalink=path_for(post)).exclude(pk=post.pk).first()


def numbered(post):
    """The post's slug, with the first number under which its address is free."""
    stem, number, asked = post.slug, 1, copy.copy(post)
    while owner_of_wanted(asked):
        number += 1
        asked.slug = f"{stem[:240]}-{number}"
    return asked.slug


@register
def check_pattern(app_configs, **kwargs):
    """`PERMALINK_PATTERN` must tell posts apart and use only tokens we know."""
    pattern = settings.PERMALINK_PATTERN
    unknown = sorted(set(TOKEN.findall(pattern)) - set(TOKENS))
    if unknown:
        return [
            Error(
                f"PERMALINK_PATTERN has {', '.join(unknown)}, which is unknown here.",
                hint=f"Use {', '.join(TOKENS)}.",
                id="posts.E001",
            )
        ]
    if not pattern.startswith("/") or not ("%postname%" in pattern or "%post_id%" in pattern):
        return [
            Error(
                "PERMALINK_PATTERN must begin with a slash and hold %postname% or %post_id%.",
                hint="For instance /%year%/%monthnum%/%postname%.html",
                id="posts.E002",
            )
        ]
    return []
