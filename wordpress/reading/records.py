"""What a WordPress export (WXR) holds, one dataclass a kind; plain values, no Django."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Site:
    """The blog the export was made from; given once a file, after its authors and terms."""

    title: str = ""
    link: str = ""
    description: str = ""
    language: str = ""
    wxr_version: str = ""
    base_site_url: str = ""
    base_blog_url: str = ""
    generator: str = ""
    file: str = ""
    media_hosts: tuple[str, ...] = ()  # where the system keeps all its blogs' pictures

    @property
    def address(self) -> str:
        """Where the blog stood, without a slash at the end: the name of this source."""
        return (self.base_blog_url or self.link or self.base_site_url).rstrip("/")


@dataclass(slots=True)
class Author:
    id: int | None
    login: str
    email: str
    display_name: str
    first_name: str
    last_name: str
    line: int = 0
    slug: str = ""  # in their address there, where it is not made of the login
    bio: str = ""  # HTML
    website: str = ""
    role: str = ""
    portrait: str = ""  # address of the picture
    links: list[tuple[str, str]] = field(default_factory=list)  # (label, address)


@dataclass(slots=True)
class Category:
    id: int | None
    slug: str
    name: str
    parent: str
    description: str
    meta: dict[str, list[str]] = field(default_factory=dict)
    line: int = 0


@dataclass(slots=True)
class Tag:
    id: int | None
    slug: str
    name: str
    description: str
    meta: dict[str, list[str]] = field(default_factory=dict)
    line: int = 0


@dataclass(slots=True)
class Term:
    """A term of any taxonomy. Categories and tags may be declared this way too."""

    id: int | None
    taxonomy: str
    slug: str
    name: str
    parent: str
    description: str
    meta: dict[str, list[str]] = field(default_factory=dict)
    line: int = 0


@dataclass(slots=True, frozen=True)
class Filing:
    """One `<category>` of an item. WXR 1.0 writes each twice, once without domain or nicename."""

    domain: str
    nicename: str
    name: str


@dataclass(slots=True)
class Comment:
    """Carried so that nothing in the file goes uncounted; e-mail and IP address are not for showing."""

    id: int | None
    author: str
    email: str
    url: str
    ip: str
    published_at: datetime | None
    content: str
    approved: str
    type: str
    parent: int | None
    published_local: datetime | None = None
    anchor: str = ""  # the mark in links to it, where it is not `comment-ID`
    is_html: bool = False
    meta: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class Lead:
    """The picture over a post, by its address; `caption` is text."""

    address: str
    alt: str = ""
    caption: str = ""


@dataclass(slots=True)
class Item:
    """Anything with a post id: post, page, attachment, menu item, custom type.

    `*_at` are aware and come from the GMT fields; `*_local` are naive, in the blog's own time, which its
    permalinks are made of. Either is None where the file has zeros.
    """

    id: int | None
    type: str
    status: str
    title: str
    link: str
    guid: str
    slug: str
    parent: int | None
    creator: str
    published_at: datetime | None
    published_local: datetime | None
    modified_at: datetime | None
    modified_local: datetime | None
    content: str
    excerpt: str
    is_sticky: bool
    password: str
    menu_order: int
    attachment_url: str
    has_zero_date: bool
    terms: list[Filing] = field(default_factory=list)
    meta: dict[str, list[str]] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    line: int = 0
    file: str = ""  # its own, where each has one
    place: object = field(
        default=None, compare=False
    )  # from where its reader comes to it at once; goes to JSON by `as_json`
    is_html: bool = False  # finished HTML: no shortcodes, no blocks, no paragraphs to be made of blank lines
    lead: Lead | None = None  # where there is no attachment to name by its id
    aliases: list[str] = field(default_factory=list)  # further addresses it had
    notes: dict[str, int] = field(default_factory=dict)  # what its reader left out or did not understand

    def meta_value(self, key: str) -> str:
        """The last value under the key, as WordPress would read it; empty if there is none."""
        return self.meta.get(key, [""])[-1]


@dataclass(slots=True)
class Problem:
    """Something the operator should know: kind is repair, broken, odd or skipped."""

    kind: str
    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    count: int = 1

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        times = f" ({self.count} times)" if self.count > 1 else ""
        return f"{place}: {self.message}{times}" if place else f"{self.message}{times}"


type Record = Site | Author | Category | Tag | Term | Item | Problem
type Records = Iterator[Record]


class WxrError(Exception):
    """The file cannot be read at all; the message says why and what would help."""


@dataclass(slots=True, frozen=True)
class Hints:
    """What the operator says of the old site and its export does not."""

    address: str = ""  # where it stood: https://old.example
    pattern: str = ""  # of its permalinks: /{year}/{month}/{slug}/
    has_sections: bool = False  # the first tag of a post is its section


class NotAWxr(WxrError):
    """Readable, but no WordPress export."""


class Refused(WxrError):
    """Built to do harm, or indistinguishable from it."""
