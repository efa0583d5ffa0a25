"""Deep pages of lists: they hold what they would hold if one had walked there, and what is counted for them stays true."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from posts import depth, front, publishing
from posts.models import AuthorYear, Byline, CategoryYear, Filing, FrontSlot, Post, Tag, TaggedPost, TagYear
from tests.factories import make_author, make_category, make_post

NEW_YEAR = datetime(2016, 1, 1, tzinfo=UTC)
COUNTED = {Filing: CategoryYear, Byline: AuthorYear, TaggedPost: TagYear}


def counted(kind):
    """{(thing, year): posts} as it is kept."""
    thing = f"{kind.__name__.removesuffix('Year').lower()}_id"
    return {
        (row[0], row[1]): row[2] for row in kind.objects.exclude(posts=0).values_list(thing, "year", "posts")
    }


def found(rows):
    """The same, counted now."""
    thing = {Filing: "category_id", Byline: "author_id", TaggedPost: "tag_id"}[rows]
    pairs = set(rows.objects.exclude(published_at=None).values_list(thing, rows.post_field, "published_at"))
    years = [(thing, at.astimezone(UTC).year) for thing, _, at in pairs]
    return {year: years.count(year) for year in years}


def counts_are_true():
    return all(counted(kind) == found(rows) for rows, kind in COUNTED.items())


@pytest.fixture(scope="module")
def listed(rows_of_the_module):
    """A category, an author and a tag with forty posts around two New Years, and one of each with none."""
    category, author, tag = make_category(), make_author(), Tag.objects.create(name="Oil", slug="oil")
    for n in range(40):
        at = NEW_YEAR + timedelta(days=n * 20)
        make_post(published_at=at, categories=[category], authors=[author], tags=[tag.name])
    return category, author, tag


CHANGES = {
    "nothing": lambda post, other: None,
    "a withdrawal": lambda post, other: publishing.withdraw(post),
    "another year": lambda post, other: Post.objects.filter(pk=post.pk).update(published_at=NEW_YEAR),
    "all in another year": lambda post, other: Post.objects.update(published_at=NEW_YEAR),
    "a second role": lambda post, other: Byline.objects.create(
        post=post, author=post.bylines.first().author, role="translated"
    ),
    "a role that goes": lambda post, other: two_roles(post).delete(),
    "another author": lambda post, other: post.bylines.update(author=other),
    "an author more": lambda post, other: Byline.objects.create(post=post, author=other),
    "a post that goes": lambda post, other: post.delete(),
    "a tag that goes": lambda post, other: post.taggings.first().tag.delete(),
    "a post with two authors that comes back": lambda post, other: comes_back(post, other),
}


def two_roles(post):
    return Byline.objects.create(post=post, author=post.bylines.first().author, role="translated")


def comes_back(post, other):
    Byline.objects.create(post=post, author=other)
    publishing.withdraw(post)
    two_roles(post)
    publishing.publish(post)


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES)
def test_the_posts_of_a_year_stay_counted_through(change, listed):
    CHANGES[change](Post.objects.order_by("published_at")[5], make_author())
    assert counts_are_true()
    assert any(counted(kind) for kind in COUNTED.values())


@pytest.mark.django_db
@pytest.mark.parametrize("page", [1, 2, 3, 4])
@pytest.mark.parametrize("kind", ["category", "author", "tag", "home"])
def test_a_deep_page_holds_what_comes_next(kind, page, listed, client, monkeypatch):
    monkeypatch.setattr(depth, "SHALLOW", 5)
    make_post(published_at=timezone.now() + timedelta(hours=1), categories=[listed[0]], tags=[listed[2].name])
    category, author, tag = listed
    address = {"home": "/"} | {one._meta.model_name: one.get_absolute_url() for one in (category, tag)}
    address["author"] = author.get_absolute_url()
    expected = Post.objects.published().newest_first()[page * 10 - 10 : page * 10]
    text = client.get(address[kind] if page == 1 else f"{address[kind]}page/{page}/").content.decode()
    main = text[text.index("<main") : text.index("</main")]
    assert [post.permalink for post in Post.objects.newest_first() if f'"{post.permalink}"' in main] == [
        post.permalink for post in expected
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("place", [0, 3, 24, 39])
def test_a_pinned_post_is_in_no_deep_page_and_moves_none_of_them(place, listed, client, monkeypatch):
    monkeypatch.setattr(depth, "SHALLOW", 5)
    posts = list(Post.objects.newest_first())
    pinned = posts.pop(place)
    front.put(FrontSlot(post=pinned, place="lead"))
    assert titles(client.get("/").content)[0] == pinned.title
    for page in (2, 3, 4):
        expected = posts[page * 10 - 11 : page * 10 - 1]
        assert titles(client.get(f"/page/{page}/").content) == [post.title for post in expected]


def titles(page):
    return [node.text(strip=True) for node in LexborHTMLParser(page.decode()).css("main .card__title")]


@pytest.mark.django_db
@pytest.mark.parametrize("page", [5, 6, 5000, 1_000_000])
def test_a_list_has_no_page_after_its_last(page, listed, client, monkeypatch):
    monkeypatch.setattr(depth, "SHALLOW", 5)
    for address in ("/", *(one.get_absolute_url() for one in listed)):
        assert client.get(f"{address}page/{page}/").status_code == 404


@pytest.mark.django_db
def test_a_deep_page_is_reached_without_walking_there(listed, monkeypatch):
    monkeypatch.setattr(depth, "SHALLOW", 5)
    for rows in (listed[0].filings, listed[1].bylines, listed[2].taggings):
        bound, before = depth.of_rows(rows, 35)
        assert (bound, before) == (datetime(2017, 1, 1, tzinfo=UTC), 21)
    bound, before = depth.of_site(35, pinned=[])
    assert (bound.date() - timedelta(days=1), before) == ((NEW_YEAR + timedelta(days=80)).date(), 35)


@pytest.mark.django_db
def test_emptied_tables_have_no_years(listed):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE posts_post CASCADE")
    assert not any(counted(kind) for kind in COUNTED.values())
