"""The demo publication as plain data, read from the files in `demo/content/`.

A file begins with a block of `key: value` lines between two `---` lines; what follows is the body as HTML.
A value is the rest of its line; a list is separated by commas. Whatever is wrong raises `ContentError`,
which names the file and the line.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

FOLDER = Path(__file__).parent / "content"
FRONT_PLACES = ("lead", "first", "second", "third")
STATUSES = ("draft", "in_review", "scheduled", "published")
PROMO_KINDS = ("support", "book", "social", "notice", "newsletter")


class ContentError(ValueError):
    """A content file says something it may not; the message begins with `file:line`."""

    def __init__(self, path: Path, line: int, message: str):
        super().__init__(f"{path}:{line}: {message}")
        self.path, self.line, self.message = path, line, message


@dataclass(frozen=True, kw_only=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Category:
    path: str
    """Slugs from the root down, as in `middle-east/iraq`."""
    name: str
    introduction: str

    @property
    def slug(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def parent(self) -> str | None:
        """The path of the category above, which `read_categories()` has always yielded earlier."""
        return self.path.rpartition("/")[0] or None


@dataclass(frozen=True, kw_only=True)
class Author:
    slug: str
    name: str
    role: str
    portrait: str
    website: str
    email: str
    links: tuple[Link, ...]
    body: str


@dataclass(frozen=True, kw_only=True)
class Correction:
    age: timedelta
    text: str


@dataclass(frozen=True, kw_only=True)
class Post:
    path: Path
    title: str
    slug: str
    standfirst: str
    authors: tuple[str, ...]
    translated_by: tuple[str, ...]
    photographs_by: tuple[str, ...]
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    age: timedelta
    """How long ago the post came out; negative for one still to come."""
    picture: str
    picture_caption: str
    picture_credit: str
    video: Link | None
    front: str
    """Where it stands on the front page from its publication on: a place, or nothing."""
    status: str
    seo_title: str
    seo_description: str
    original: Link | None
    """Where it came out first."""
    licence: str
    correction: Correction | None
    body: str


@dataclass(frozen=True, kw_only=True)
class Page:
    title: str
    slug: str
    body: str


@dataclass(frozen=True, kw_only=True)
class Promo:
    slug: str
    kind: str
    place: str
    """`header` or `sidebar`."""
    order: int
    title: str
    picture: str
    button: Link | None
    links: tuple[Link, ...]
    body: str


class Record:
    """One content file: its keys, each taken once, and its body."""

    def __init__(self, path: Path):
        self.path = path
        self.values: dict[str, str] = {}
        self.lines: dict[str, int] = {}
        text = path.read_text(encoding="utf-8").splitlines()
        if not text or text[0] != "---":
            raise ContentError(path, 1, "a content file begins with a line of three hyphens")
        for number, line in enumerate(text[1:], start=2):
            if line == "---":
                break
            self._keep(number, line)
        else:
            raise ContentError(
                path, len(text), "the block of keys is never closed by a line of three hyphens"
            )
        self.end = number
        self.body = "\n".join(text[number:]).strip()
        if not self.body:
            raise ContentError(path, number, "there is no body")

    def _keep(self, number: int, line: str) -> None:
        key, colon, value = line.partition(":")
        key = key.strip()
        if not colon or not key.isidentifier():
            raise ContentError(self.path, number, f"expected “key: value”, found “{line}”")
        if key in self.values:
            raise ContentError(self.path, number, f"{key} was already given on line {self.lines[key]}")
        self.values[key], self.lines[key] = value.strip(), number

    def wrong(self, key: str, message: str) -> ContentError:
        return ContentError(self.path, self.lines.get(key, self.end), f"{key} {message}")

    def text(self, key: str) -> str:
        """The value, which has to be there."""
        value = self.values.pop(key, "")
        if not value:
            raise self.wrong(key, "is missing")
        return value

    def optional(self, key: str, otherwise: str = "") -> str:
        return self.values.pop(key, "") or otherwise

    def choice(self, key: str, choices: tuple[str, ...], otherwise: str = "") -> str:
        value = self.optional(key, otherwise)
        if value not in choices:
            raise self.wrong(key, f"is “{value}” and has to be one of {', '.join(choices)}")
        return value

    def number(self, key: str) -> float:
        value = self.text(key)
        try:
            return float(value)
        except ValueError:
            raise self.wrong(key, f"is “{value}” and has to be a number") from None

    def list(self, key: str) -> tuple[str, ...]:
        return tuple(item.strip() for item in self.values.pop(key, "").split(",") if item.strip())

    def link(self, key: str, value: str) -> Link:
        label, bar, url = (part.strip() for part in value.partition("|"))
        if not (label and bar and url.startswith(("https://", "/"))):
            raise self.wrong(key, f"is “{value}” and has to be “label | address”")
        return Link(label=label, url=url)

    def optional_link(self, key: str) -> Link | None:
        value = self.optional(key)
        return self.link(key, value) if value else None

    def optional_correction(self, key: str) -> Correction | None:
        """`days ago | HTML`."""
        days, bar, text = (part.strip() for part in self.optional(key).partition("|"))
        if not bar:
            return None
        return Correction(age=timedelta(days=float(days)), text=text)

    def links(self, key: str) -> tuple[Link, ...]:
        return tuple(self.link(key, value) for value in self.list(key))

    def close(self) -> None:
        """Refuses keys nobody asked for: most are slips of the pen."""
        for key in self.values:
            raise self.wrong(key, "is not a key this file knows")


def read_categories(path: Path = FOLDER / "categories.txt") -> list[Category]:
    """Every category, parents before their children: `path | name | introduction`, one a line."""
    found: dict[str, Category] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 3 or not all(parts):
            raise ContentError(path, number, "expected “path | name | introduction”")
        category = Category(path=parts[0], name=parts[1], introduction=parts[2])
        if category.path in found:
            raise ContentError(path, number, f"{category.path} is there twice")
        if category.parent and category.parent not in found:
            raise ContentError(path, number, f"{category.parent} has to come before {category.path}")
        found[category.path] = category
    return list(found.values())


def read_authors(folder: Path = FOLDER / "authors") -> list[Author]:
    """Every author, the chief editor first."""
    authors = [read_author(path) for path in sorted(folder.glob("*.md"))]
    return sorted(authors, key=lambda author: author.role != "Chief editor")


def read_author(path: Path) -> Author:
    record = Record(path)
    author = Author(
        slug=record.text("slug"),
        name=record.text("name"),
        role=record.text("role"),
        portrait=record.text("portrait"),
        website=record.text("website"),
        email=record.text("email"),
        links=record.links("links"),
        body=record.body,
    )
    record.close()
    return author


def read_posts(folder: Path = FOLDER / "posts") -> list[Post]:
    """Every post, newest first."""
    posts = [read_post(path) for path in sorted(folder.glob("*.md"))]
    return sorted(posts, key=lambda post: post.age)


def read_post(path: Path) -> Post:
    record = Record(path)
    post = Post(
        path=path,
        title=record.text("title"),
        slug=record.text("slug"),
        standfirst=record.text("standfirst"),
        authors=record.list("authors"),
        translated_by=record.list("translated_by"),
        photographs_by=record.list("photographs_by"),
        categories=record.list("categories"),
        tags=record.list("tags"),
        age=timedelta(days=record.number("days_ago")),
        picture=record.optional("picture"),
        picture_caption=record.optional("picture_caption"),
        picture_credit=record.optional("picture_credit"),
        video=record.optional_link("video"),
        front=record.choice("front", ("", *FRONT_PLACES)),
        status=record.choice("status", STATUSES, "published"),
        seo_title=record.optional("seo_title"),
        seo_description=record.optional("seo_description"),
        original=record.optional_link("original"),
        licence=record.optional("licence"),
        correction=record.optional_correction("correction"),
        body=record.body,
    )
    record.close()
    if not post.authors:
        raise record.wrong("authors", "is missing")
    if not post.categories:
        raise record.wrong("categories", "is missing")
    if (post.age < timedelta(0)) != (post.status == "scheduled"):
        raise record.wrong("days_ago", "is negative for a scheduled post and for no other")
    return post


def read_pages(folder: Path = FOLDER / "pages") -> list[Page]:
    return [read_page(path) for path in sorted(folder.glob("*.md"))]


def read_page(path: Path) -> Page:
    record = Record(path)
    page = Page(title=record.text("title"), slug=record.text("slug"), body=record.body)
    record.close()
    return page


def read_promos(folder: Path = FOLDER / "promos") -> list[Promo]:
    """Every promo, in the order in which a place shows them."""
    promos = [read_promo(path) for path in folder.glob("*.md")]
    return sorted(promos, key=lambda promo: (promo.place, promo.order))


def read_promo(path: Path) -> Promo:
    record = Record(path)
    promo = Promo(
        slug=record.text("slug"),
        kind=record.choice("kind", PROMO_KINDS),
        place=record.choice("place", ("header", "sidebar")),
        order=int(record.number("order")),
        title=record.text("title"),
        picture=record.optional("picture"),
        button=record.optional_link("button"),
        links=record.links("links"),
        body=record.body,
    )
    record.close()
    return promo
