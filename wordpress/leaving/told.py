"""What WordPress has no word for, kept beside an item as JSON, so that this site's own import brings it back.

Where WordPress has a word and it does not say all (a draft has no empty date there, a title no double blank), `exact` holds
what stands in the file and what is meant: whoever changes the first in WordPress has the last word.
"""

import html

from posts import permalinks
from posts.models import Byline, Post
from posts.syndication import printable
from wordpress.content import convert
from wordpress.leaving import names
from wordpress.taking.addresses import slug_of
from wordpress.taking.outcome import plain_text, plain_title, seo
from wordpress.taking.returned import AUTHOR, COMMENT, PAGE, POST, TERM, UPLOAD, digest

LANGUAGE = "en"  # of the file
_MARKS = frozenset("<>&[]\n\r\t")
_TEXT = ("lead_caption", "video_url", "video_title", "original_url", "original_name", "licence")


class Meta(dict):
    """Asked like an item of a file."""

    def meta_value(self, name):
        return self.get(name, "")


def as_html(text):
    return html.escape(printable(text), quote=False)


def search_words(record):
    return {
        "_yoast_wpseo_title": record.seo_title,
        "_yoast_wpseo_metadesc": record.seo_description,
    }


def _excerpt(text):
    """As the import reads the excerpt that is written for this text."""
    if not (_MARKS & set(text)) and "http" not in text and " ".join(text.split()) == text:
        return text
    return plain_text(convert(as_html(text)).html) if text.strip() else ""


def texts(record, *, is_public):
    """`exact` for what posts and pages have in common."""
    words = search_words(record)
    read = {
        "title": (
            "" if is_public and not record.title else plain_title(as_html(record.title)),
            as_html(record.title),
        ),
        "slug": (slug_of(names.slug(record.slug))[:240], names.slug(record.slug)),
        "standfirst": (_excerpt(record.standfirst), as_html(record.standfirst)),
    }
    for name, (value, wanted) in zip(words, seo(Meta(words)).items(), strict=True):
        read[value] = (wanted, words[name])
    exact = {
        name: [printable(written).strip(), getattr(record, name)]
        for name, (found, written) in read.items()
        if found != getattr(record, name)
    }
    if is_public and not record.title:
        exact["title"] = ["", ""]
    return exact


def body(markup):
    """By this the import knows that nobody has changed the body since."""
    return [digest(printable(markup.text)), markup.between]


def post(post, markup, former):
    exact = texts(post, is_public=post.status == Post.Status.PUBLISHED)
    if post.published_at is None or post.published_at.microsecond:
        exact["published_at"] = [seconds(post.published_at or post.created_at), exactly(post.published_at)]
    told = {name: getattr(post, name) for name in _TEXT if getattr(post, name)}
    if post.language != LANGUAGE:
        told["language"] = post.language
    if post.status in (Post.Status.WITHDRAWN, Post.Status.TRASHED):
        told |= {"status": post.status}
    if post.status == Post.Status.TRASHED:
        told |= {"trashed_from": post.trashed_from, "trashed_at": exactly(post.trashed_at)}
    if post.permalink and (
        post.status != Post.Status.PUBLISHED or permalinks.path_for(post) != post.permalink
    ):
        told["permalink"] = post.permalink
    told |= {"created_at": exactly(post.created_at), "updated_at": exactly(post.updated_at)}
    lines = post.lines
    if any(line.role != Byline.Role.BY for line in lines):
        told["bylines"] = [[names.login(line.author), line.role] for line in lines]
    if post.corrected:
        told["corrections"] = [[one.kind, one.text, exactly(one.made_at)] for one in post.corrected]
    return told | _always(exact, markup, former)


def page(page, markup, former):
    exact = texts(page, is_public=page.is_published)
    told = {"created_at": exactly(page.created_at)}
    return told | _always(exact, markup, former)


def _always(exact, markup, former):
    told = {"body": body(markup)}
    if exact:
        told["exact"] = exact
    if former:
        told["former"] = former
    return told


def upload(kept):
    """Of a picture or a document, beside alt text and caption."""
    told = {
        name: value
        for name in ("title", "credit", "licence", "source_url", "alt", "caption", "is_decorative")
        if (value := getattr(kept, name, ""))
    }
    focus = [getattr(kept, "focal_x", 0.5), getattr(kept, "focal_y", 0.5)]
    if focus != [0.5, 0.5]:
        told["focus"] = focus
    return told


def author(author, former):
    told = {
        name: value
        for name in ("name", "slug", "role", "bio", "email", "website", "fediverse")
        if (value := getattr(author, name))
    }
    if links := [[link.label, link.url] for link in author.links.all()]:
        told["links"] = links
    return told | ({"former": former} if former else {})


def category(category, former):
    told = {"slug": category.slug, "name": category.name}
    told |= {"position": category.position} if category.position else {}
    told |= {"is_opinion": True} if category.is_opinion else {}
    told |= {"introduction": category.introduction} if category.introduction else {}
    return told | ({"former": former} if former else {})


def tag(tag, former):
    told = {"slug": tag.slug, "name": tag.name}
    if known := [one.name for one in tag.former_names.all()]:
        told["former_names"] = known
    return told | ({"former": former} if former else {})


def exactly(at):
    return at.isoformat() if at else None


def seconds(at):
    return at.replace(microsecond=0).isoformat()


__all__ = ["AUTHOR", "COMMENT", "PAGE", "POST", "TERM", "UPLOAD"]
