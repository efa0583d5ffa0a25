"""What pages tell machines about themselves: canonical address, Open Graph, X card, JSON-LD.

Terms from https://schema.org and https://ogp.me; descriptions are cut to what search engines show.
"""

import json
from dataclasses import dataclass, field
from urllib.parse import urljoin

from django.conf import settings
from django.utils.safestring import mark_safe
from django.utils.text import Truncator

from images import renditions
from informed_comment.footnotes import without_notes
from informed_comment.html import plain_text

DESCRIPTION_LENGTH = 160
HOME = ("Home", "/")
ARCHIVES = [("Archives", "/archives/")]
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def absolute(path):
    return urljoin(settings.SITE_URL + "/", path)


@dataclass
class Metadata:
    """Everything templates/site/_metadata.html shows."""

    title: str
    address: str
    description: str = ""
    original: str = ""
    kind: str = "website"
    image: dict | None = None
    feed: str = ""
    published_at: object = None
    changed_at: object = None
    authors: list = field(default_factory=list)
    section: str = ""
    tags: list = field(default_factory=list)
    is_indexed: bool = True
    things: list = field(default_factory=list)

    @property
    def own_address(self):
        return absolute(self.address)

    @property
    def canonical(self):
        """Where search engines find it: here, or where it came out first."""
        return self.original or self.own_address

    def json_ld(self, publication):
        """One schema.org graph about the page and its publisher, safe inside a script element."""
        graph = {"@context": "https://schema.org", "@graph": [*self.things, *publisher(publication)]}
        return mark_safe(json.dumps(graph, ensure_ascii=False).translate(ESCAPES))  # noqa: S308


def shortened(text):
    return Truncator(text).chars(DESCRIPTION_LENGTH)


def picture(image):
    """The social card of an image as Open Graph wants it, or None."""
    if not image or not image.file:
        return None
    address, width, height = renditions.social(image)
    return {"address": absolute(address), "width": width, "height": height, "alt": image.alt}


PUBLISHER = {"@id": absolute("/#publication")}
SITE = {"@id": absolute("/#site")}


def publisher(publication):
    """The publication and its site, to which the things of every page refer."""
    organisation = PUBLISHER | {
        "@type": "NewsMediaOrganization",
        "name": publication.title,
        "url": absolute("/"),
        "description": publication.description or publication.tagline,
    }
    site = SITE | {
        "@type": "WebSite",
        "name": publication.title,
        "url": absolute("/"),
        "publisher": PUBLISHER,
        "potentialAction": {
            "@type": "SearchAction",
            "target": absolute("/search/?q={search_term_string}"),
            "query": "required name=search_term_string",
        },
    }
    return [organisation, site]


def crumbs(*steps):
    """A BreadcrumbList of (name, path) from the top down."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": absolute(path)}
            for place, (name, path) in enumerate(steps, start=1)
        ],
    }


def person(author):
    return {"@type": "Person", "name": author.name, "url": absolute(author.get_absolute_url())}


def correction(made):
    return {
        "@type": "CorrectionComment",
        "text": plain_text(made.text),
        "datePublished": made.made_at.isoformat(),
    }


def origin(post):
    """Where a post came out first, and what others may do with it."""
    found = {"isBasedOn": post.original_url} if post.original_url else {}
    if post.original_url:
        found["creditText"] = f"Originally published at {post.original_place}"
    if post.licence:
        found["copyrightNotice"] = post.licence
    return found


def of_home(page):
    return Metadata("", page.address_of(page.number), feed=absolute("/feed/"))


def of_post(post):
    description = post.seo_description or post.standfirst or plain_text(without_notes(post.body[:2000]))
    authors = [line.author for line in post.bylines.all() if line.role == line.Role.BY]
    section = post.filed_under[0] if post.filed_under else None
    image = picture(post.lead_image)
    article = {
        "@type": "NewsArticle",
        "headline": Truncator(str(post)).chars(110),
        "url": absolute(post.permalink),
        "mainEntityOfPage": absolute(post.permalink),
        "datePublished": post.published_at.isoformat(),
        "dateModified": post.changed_at.isoformat(),
        "author": [person(author) for author in authors],
        "publisher": PUBLISHER,
        "description": shortened(description),
        "inLanguage": post.language,
        "wordCount": post.word_count,
        "isAccessibleForFree": True,
    } | origin(post)
    if corrections := [correction(made) for made in post.corrections_made if made.kind != made.Kind.UPDATE]:
        article["correction"] = corrections
    if image:
        article["image"] = [image["address"]]
    if section:
        article["articleSection"] = section.name
    steps = [HOME]
    steps += [(section.name, section.get_absolute_url())] if section else []
    return Metadata(
        post.seo_title or str(post),
        post.permalink,
        original=post.original_url,
        description=shortened(description),
        kind="article",
        image=image,
        feed=absolute("/feed/"),
        published_at=post.published_at,
        changed_at=post.changed_at,
        authors=[author.name for author in authors],
        section=section.name if section else "",
        tags=[tagging.tag.name for tagging in post.taggings.all()],
        things=[article, crumbs(*steps, (str(post), post.permalink))],
    )


def of_list(title, page, *, description="", feed="", about=None, above=()):
    """A list of posts: category, tag, author, year, month. `above` are the (name, path) of the pages over it."""
    address = page.address_of(page.number)
    collection = {
        "@type": "CollectionPage",
        "name": title,
        "url": absolute(address),
        "isPartOf": SITE,
    }
    if about:
        collection["about"] = about
    return Metadata(
        f"{title} – page {page.number}" if page.number > 1 else title,
        address,
        shortened(plain_text(description)),
        feed=absolute(feed) if feed else "",
        things=[collection, crumbs(HOME, *above, (title, page.address))],
    )


def of_category(category, page, *, above=()):
    steps = [(branch.name, branch.get_absolute_url()) for branch in above]
    feed = f"{page.address}feed/"
    return of_list(category.name, page, description=category.introduction, feed=feed, above=steps)


def of_author(author, page):
    found = of_list(
        author.name, page, description=author.bio, feed=f"{page.address}feed/", about=person(author)
    )
    found.image = picture(author.portrait)
    return found


def of_text(title, address, *, description="", is_indexed=True):
    """A page that is neither a post nor a list of posts."""
    return Metadata(title, address, shortened(plain_text(description)), is_indexed=is_indexed)
