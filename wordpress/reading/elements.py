"""One finished element of an export, and the record made of it."""

import re
from datetime import UTC, datetime

from wordpress.reading.records import Author, Category, Comment, Filing, Item, Tag, Term

_ZERO = re.compile(r"^0{4}-0{2}-0{2}")


class Element:
    """A light tree: the parts are text and elements in order."""

    __slots__ = ("attributes", "line", "name", "parts")

    def __init__(self, name, attributes, line):
        self.name = name
        self.attributes = attributes
        self.line = line
        self.parts = []

    def children(self, name):
        return [part for part in self.parts if not isinstance(part, str) and part.name == name]

    @property
    def text(self) -> str:
        """All text in it, at any depth: titles with unescaped markup keep their words."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    def raw(self, name) -> str:
        """Text of the first child of that name, white space and all."""
        for part in self.parts:
            if not isinstance(part, str) and part.name == name:
                return part.text
        return ""

    def value(self, name) -> str:
        return self.raw(name).strip()

    def number(self, name) -> int | None:
        """Ids are digits; zero and anything else means none."""
        text = self.value(name)
        return (int(text) or None) if re.fullmatch(r"[0-9]{1,18}", text) else None


def moment(text: str) -> datetime | None:
    """A naive date of MySQL's; None for zeros, blanks and days no calendar has."""
    try:
        return None if _ZERO.match(text) else datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def _aware(text):
    naive = moment(text)
    return naive and naive.replace(tzinfo=UTC)


def _meta(element, name):
    meta = {}
    for row in element.children(name):
        if key := row.value("wp:meta_key"):
            meta.setdefault(key, []).append(row.raw("wp:meta_value"))
    return meta


def author(element) -> Author:
    value = element.value
    return Author(
        id=element.number("wp:author_id"),
        login=value("wp:author_login"),
        email=value("wp:author_email"),
        display_name=value("wp:author_display_name"),
        first_name=value("wp:author_first_name"),
        last_name=value("wp:author_last_name"),
        line=element.line,
    )


def category(element) -> Category:
    value = element.value
    return Category(
        id=element.number("wp:term_id"),
        slug=value("wp:category_nicename"),
        name=value("wp:cat_name"),
        parent=value("wp:category_parent"),
        description=value("wp:category_description"),
        meta=_meta(element, "wp:termmeta"),
        line=element.line,
    )


def tag(element) -> Tag:
    value = element.value
    return Tag(
        id=element.number("wp:term_id"),
        slug=value("wp:tag_slug"),
        name=value("wp:tag_name"),
        description=value("wp:tag_description"),
        meta=_meta(element, "wp:termmeta"),
        line=element.line,
    )


def term(element) -> Term:
    value = element.value
    return Term(
        id=element.number("wp:term_id"),
        taxonomy=value("wp:term_taxonomy"),
        slug=value("wp:term_slug"),
        name=value("wp:term_name"),
        parent=value("wp:term_parent"),
        description=value("wp:term_description"),
        meta=_meta(element, "wp:termmeta"),
        line=element.line,
    )


def _comment(element):
    value = element.value
    return Comment(
        id=element.number("wp:comment_id"),
        author=value("wp:comment_author"),
        email=value("wp:comment_author_email"),
        url=value("wp:comment_author_url"),
        ip=value("wp:comment_author_IP"),
        published_at=_aware(value("wp:comment_date_gmt")),
        published_local=moment(value("wp:comment_date")),
        content=element.raw("wp:comment_content"),
        approved=value("wp:comment_approved"),
        type=value("wp:comment_type") or "comment",
        parent=element.number("wp:comment_parent"),
        meta=_meta(element, "wp:commentmeta"),
    )


def _filing(element):
    attribute = element.attributes.get
    return Filing(
        domain=attribute("domain", "").strip(),
        nicename=attribute("nicename", "").strip(),
        name=element.text.strip(),
    )


def item(element) -> Item:
    value = element.value
    local, gmt = value("wp:post_date"), value("wp:post_date_gmt")
    return Item(
        id=element.number("wp:post_id"),
        type=value("wp:post_type"),
        status=value("wp:status"),
        title=value("title"),
        link=value("link"),
        guid=value("guid"),
        slug=value("wp:post_name"),
        parent=element.number("wp:post_parent"),
        creator=value("dc:creator"),
        published_at=_aware(gmt),
        published_local=moment(local),
        modified_at=_aware(value("wp:post_modified_gmt")),
        modified_local=moment(value("wp:post_modified")),
        content=element.raw("content:encoded"),
        excerpt=element.raw("excerpt:encoded"),
        is_sticky=value("wp:is_sticky") == "1",
        password=value("wp:post_password"),
        menu_order=element.number("wp:menu_order") or 0,
        attachment_url=value("wp:attachment_url"),
        has_zero_date=bool(_ZERO.match(local) or _ZERO.match(gmt)),
        terms=[_filing(child) for child in element.children("category")],
        meta=_meta(element, "wp:postmeta"),
        comments=[_comment(child) for child in element.children("wp:comment")],
        line=element.line,
    )


MAKERS = {"wp:author": author, "wp:category": category, "wp:tag": tag, "wp:term": term, "item": item}
