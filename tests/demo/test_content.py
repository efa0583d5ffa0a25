"""The demo publication's files hold together: every name leads somewhere, and the amounts are right."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from demo.content import (
    ContentError,
    read_authors,
    read_categories,
    read_pages,
    read_post,
    read_posts,
    read_promos,
)
from demo.pictures import STEMS

POSTS, AUTHORS, CATEGORIES = read_posts(), read_authors(), read_categories()
PAGES, PROMOS = read_pages(), read_promos()
BODIES = {
    **{post.path.name: post.body for post in POSTS},
    **{author.slug: author.body for author in AUTHORS},
    **{page.slug: page.body for page in PAGES},
    **{promo.slug: promo.body for promo in PROMOS},
}
MENU = (
    "featured",
    "us-politics",
    "middle-east",
    "environment",
    "us-foreign-policy",
    "energy",
    "economy",
    "politics",
)
TEXT = {"p", "h2", "h3", "strong", "em", "a", "ul", "ol", "li", "blockquote", "hr", "span"}
TAGS = TEXT | {"figure", "figcaption", "table", "thead", "tbody", "tr", "th", "td"}
VOID = {"hr"}


class Reader(HTMLParser):
    """Collects the tags and addresses of a body, and fails where an element is not closed."""

    def __init__(self, body):
        super().__init__()
        self.open, self.tags, self.addresses, self.figures = [], set(), [], []
        self.feed(body)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        if "href" in attributes:
            self.addresses.append(attributes["href"])
        if tag == "figure":
            self.figures.append(attributes)

    def handle_endtag(self, tag):
        assert self.open
        assert self.open.pop() == tag


def words(body):
    return len(re.sub(r"<[^>]+>", " ", body).split())


@pytest.mark.parametrize("name", BODIES)
def test_a_body_is_well_formed_and_uses_only_what_the_editor_can_make(name):
    reader = Reader(BODIES[name])
    assert reader.tags <= TAGS
    for figure in reader.figures:
        assert figure["class"] in {"image", "embed", "pullquote"}
        if figure["class"] == "image":
            assert figure["data-picture"] in STEMS
            assert figure["data-alt"]
    for address in reader.addresses:
        assert address.startswith(("https://example.org/", "mailto:", "/", "https://www.youtube.com/watch"))


@pytest.mark.parametrize("post", POSTS, ids=lambda post: post.slug)
def test_a_post_names_only_what_exists(post):
    authors, paths = {author.slug for author in AUTHORS}, {category.path for category in CATEGORIES}
    assert {*post.authors, *post.translated_by, *post.photographs_by} <= authors
    assert set(post.categories) <= paths
    assert not post.picture or post.picture in STEMS
    assert bool(post.picture) == bool(post.picture_caption) == bool(post.picture_credit)
    assert post.tags
    assert words(post.body) >= 120


@pytest.mark.parametrize(
    "things", [POSTS, AUTHORS, PAGES, PROMOS], ids=["posts", "authors", "pages", "promos"]
)
def test_no_slug_is_used_twice(things):
    assert not [slug for slug, count in Counter(thing.slug for thing in things).items() if count > 1]


def test_there_is_enough_of_everything():
    lengths = [words(post.body) for post in POSTS]
    assert len(POSTS) >= 60
    assert sum(length >= 600 for length in lengths) >= 14
    assert sum(300 <= length < 600 for length in lengths) >= 25
    assert sum(bool(post.picture) for post in POSTS) >= 45
    assert sum(not post.picture for post in POSTS) >= 8
    assert sorted(post.front for post in POSTS if post.front) == ["first", "lead", "second", "third"]
    assert sum(bool(post.video) for post in POSTS) == 4
    assert sum(post.age.days > 400 for post in POSTS) >= 9
    assert len(AUTHORS) == 12
    assert AUTHORS[0].role == "Chief editor"


def test_one_post_stands_in_each_state_before_publication():
    assert Counter(post.status for post in POSTS if post.status != "published") == {
        "draft": 1,
        "in_review": 1,
        "scheduled": 1,
    }


@pytest.mark.parametrize("path", MENU)
def test_a_section_of_the_menu_has_posts_in_its_branch(path):
    published = [post for post in POSTS if post.status == "published"]
    assert (
        sum(any(f"{filed}/".startswith(f"{path}/") for filed in post.categories) for post in published) >= 4
    )


def test_every_author_signs_something():
    assert {author.slug for author in AUTHORS} == {slug for post in POSTS for slug in post.authors}


def test_portraits_and_covers_exist():
    assert all(STEMS[author.portrait].kind == "portrait" for author in AUTHORS)
    assert sum(STEMS[promo.picture].kind == "cover" for promo in PROMOS if promo.picture) == 3


def test_persian_and_arabic_passages_say_which_way_they_run():
    bodies = "\n".join(post.body for post in POSTS)
    assert '<p dir="rtl" lang="fa">' in bodies
    assert '<p dir="rtl" lang="ar">' in bodies


GOOD = "---\ntitle: A\nslug: a\nstandfirst: A\nauthors: b\ncategories: c\ndays_ago: 1\n---\n<p>Text.</p>\n"


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("---\ntitle", "title", 1, "three hyphens"),
        ("1\n---\n<p>Text.</p>", "1", 7, "never closed"),
        ("<p>Text.</p>", "", 8, "no body"),
        ("slug: a", "slug a", 3, "key: value"),
        ("slug: a", "title: a", 3, "already given on line 2"),
        ("slug: a\n", "", 7, "slug is missing"),
        ("authors: b", "authors:", 5, "authors is missing"),
        ("categories: c", "categories:", 6, "categories is missing"),
        ("days_ago: 1", "days_ago: soon", 7, "has to be a number"),
        ("days_ago: 1", "days_ago: -1", 7, "for a scheduled post"),
        ("days_ago: 1", "days_ago: 1\nstatus: lost", 8, "one of draft"),
        ("days_ago: 1", "days_ago: 1\nvideo: x", 8, "label | address"),
        ("days_ago: 1", "days_ago: 1\nmood: x", 8, "not a key"),
    ],
)
def test_a_mistake_is_reported_with_file_and_line(tmp_path, old, new, line, message):
    path = tmp_path / "post.md"
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError, match=re.escape(message)) as caught:
        read_post(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a | b\n", "introduction"),
        ("a | b | c\na | b | c\n", "twice"),
        ("a/b | b | c\n", "has to come before"),
    ],
)
def test_a_mistake_in_the_categories_is_reported(tmp_path, text, message):
    path = tmp_path / "categories.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=message):
        read_categories(path)
