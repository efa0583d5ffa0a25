"""What pages and posts are in the words of https://schema.org, as JSON-LD.

A test holds every type and property against the vocabulary (tests/posts/test_metadata.py).
"""

import functools
import json

from django.templatetags.static import static
from django.utils.text import Truncator

from informed_comment.html import plain_text
from posts.syndication import absolute

HEADLINE_LENGTH = 110
TOUCH_ICON_SIZE = 180  # pixels
PUBLISHER = {"@id": absolute("/#publication")}
SITE = {"@id": absolute("/#site")}
IMAGE_OF = {
    kind: "primaryImageOfPage"
    for kind in ("WebPage", "AboutPage", "ContactPage", "CollectionPage", "ProfilePage")
}


ESCAPES = (("<", "\\u003C"), (">", "\\u003E"), ("&", "\\u0026"))
as_json = json.JSONEncoder(ensure_ascii=False).encode


def graph(found, publication):
    """The JSON of a page's things and its publisher, safe inside a script element."""
    said = publisher_json(
        publication.title, publication.description or publication.tagline, publication.contact_email
    )
    text = ", ".join([*map(as_json, found), said])
    for sign, escaped in ESCAPES:
        text = text.replace(sign, escaped)
    return f'{{"@context": "https://schema.org", "@graph": [{text}]}}'


def shortened(text, length):
    """At most so many letters, the last of them an ellipsis where something is missing."""
    if text.isascii():  # then each letter is one, and Django need not look at them
        return text if len(text) <= length else f"{text[: length - 1]}…"
    return Truncator(text).chars(length)


@functools.lru_cache(maxsize=4)
def publisher_json(title, description, contact_email):
    """The publication and its site, to which the things of every page refer."""
    logo = {
        "@type": "ImageObject",
        "url": absolute(static("img/touch-icon.png")),
        "width": TOUCH_ICON_SIZE,
        "height": TOUCH_ICON_SIZE,
    }
    organisation = PUBLISHER | {
        "@type": "NewsMediaOrganization",
        "name": title,
        "url": absolute("/"),
        "description": description,
        "logo": logo,
    }
    if contact_email:
        organisation["email"] = contact_email
    search = {"@type": "EntryPoint", "urlTemplate": absolute("/search/?q=") + "{search_term_string}"}
    site = SITE | {
        "@type": "WebSite",
        "name": title,
        "url": absolute("/"),
        "publisher": PUBLISHER,
        "potentialAction": {
            "@type": "SearchAction",
            "target": search,
            "query": "required name=search_term_string",
        },
    }
    return f"{as_json(organisation)}, {as_json(site)}"


def crumbs(*steps):
    """A BreadcrumbList of (name, path) from the top down."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": absolute(path)}
            for place, (name, path) in enumerate(steps, start=1)
        ],
    }


def image(picture):
    """An ImageObject of what metadata.picture() gives."""
    said = {"caption": picture["caption"] or picture["alt"], "creditText": picture["credit"]}
    return {
        "@type": "ImageObject",
        "url": picture["address"],
        "width": picture["width"],
        "height": picture["height"],
    } | {name: words for name, words in said.items() if words}


def person(author):
    return {"@type": "Person", "name": author.name, "url": absolute(author.get_absolute_url())}


def person_in_full(author, picture):
    """An author with portrait, role and where else they are found; fetched with their links."""
    found = person(author) | {"description": plain_text(author.bio), "jobTitle": author.role}
    elsewhere = [
        address for address in [author.website, *(link.url for link in author.links.all())] if address
    ]
    if elsewhere:
        found["sameAs"] = elsewhere
    if picture:
        found["image"] = image(picture)
    return {name: value for name, value in found.items() if value}


def correction(made):
    return {
        "@type": "CorrectionComment",
        "text": plain_text(made.text),
        "datePublished": made.made_at.isoformat(),
    }


def origin(post):
    """Where a post came out first, and what others may do with it."""
    credit = f"Originally published at {post.original_place}" if post.original_url else ""
    return {"isBasedOn": post.original_url, "creditText": credit, "copyrightNotice": post.licence}


def article(post, description, comment_count=0):
    """The post, fetched for its page."""
    people = {"by": [], "translated": [], "photographs": []}
    for line in post.bylines.all():
        people[line.role].append(person(line.author))
    is_opinion = any(category.is_opinion for category in post.filed_under[:1])
    found = {
        "@type": "OpinionNewsArticle" if is_opinion else "NewsArticle",
        "headline": shortened(str(post), HEADLINE_LENGTH),
        "url": absolute(post.permalink),
        "mainEntityOfPage": {"@type": "WebPage", "@id": absolute(post.permalink)},
        "datePublished": post.published_at.isoformat(),
        "dateModified": post.changed_at.isoformat(),
        "author": people["by"] or PUBLISHER,
        "translator": people["translated"],
        "contributor": people["photographs"],
        "publisher": PUBLISHER,
        "isPartOf": SITE,
        "description": description,
        "articleSection": [category.name for category in post.filed_under],
        "keywords": [tagging.tag.name for tagging in post.taggings.all()],
        "inLanguage": post.language,
        "wordCount": post.word_count,
        "isAccessibleForFree": True,
        "commentCount": comment_count,
        "correction": [correction(made) for made in post.corrections_made if made.kind != made.Kind.UPDATE],
    } | origin(post)
    return {name: value for name, value in found.items() if value}


def collection(kind, title, address, posts):
    """A page of some kind, with the posts it lists in their order."""
    found = {"@type": kind, "url": absolute(address), "isPartOf": SITE}
    if title:
        found["name"] = title
    if posts and kind == "CollectionPage":
        found["mainEntity"] = {
            "@type": "ItemList",
            "itemListElement": [
                {"@type": "ListItem", "position": place, "url": absolute(post.permalink), "name": str(post)}
                for place, post in enumerate(posts, start=1)
            ],
        }
    return found
