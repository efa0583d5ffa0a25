"""What posts of an export hang on: authors, sections, tags and the tree of pages."""

import pytest

from authors.models import Author
from pages.models import Page
from posts.models import Category, Tag
from tests.factories import make_author
from tests.wordpress.parts import category, filed, item, odd
from wordpress.taking.people import People

pytestmark = pytest.mark.django_db


def test_pages_keep_their_tree_whatever_their_order(take, client):
    page = {"kind": "page", "body": "x"}
    report = take(
        item(3, slug="deep", wp__post_parent=2, link="https://old.example/top/middle/deep/", **page),
        item(2, slug="middle", wp__post_parent=1, link="https://old.example/top/middle/", **page),
        item(1, slug="top", link="https://old.example/top/", **page),
        item(4, slug="orphan", wp__post_parent=99, link="https://old.example/gone/orphan/", **page),
    )
    assert report.did("new") == 4
    assert set(Page.objects.values_list("path", flat=True)) == {
        "top",
        "top/middle",
        "top/middle/deep",
        "orphan",
    }
    assert client.get("/top/middle/deep/").status_code == 200
    assert client.get("/gone/orphan/").headers["Location"] == "/orphan/"
    assert "parent 99 is not in the export" in odd(report)


def test_categories_in_a_loop_or_without_their_parent_become_top_sections(take):
    report = take(
        category("a", "A", "b"), category("b", "B", "a"), category("c", "C", "gone"), category("", "Ünïcode")
    )
    assert set(Category.objects.values_list("path", flat=True)) == {"b", "b/a", "c", "ünïcode"}
    assert "lies below itself" in odd(report)
    assert "parent gone of category c is not in the export" in odd(report)


def test_an_author_that_cannot_be_written_takes_no_other_along(take, monkeypatch):
    def refuse(self, record):
        if record.login == "bad":
            raise ValueError("no room")
        return declare(self, record)

    declare = People.declare
    monkeypatch.setattr(People, "declare", refuse)
    logins = [
        f"<wp:author><wp:author_login>{login}</wp:author_login></wp:author>" for login in ("a", "bad", "b")
    ]
    report = take("<wp:tag></wp:tag>", *logins, category("world", "World"))
    assert {author.slug for author in Author.objects.all()} == {"a", "b"}
    assert Category.objects.count() == 1
    assert [str(problem) for problem in report.problems] == [
        "old.xml:7: tag without slug and name left out",
        "old.xml:7: author bad: no room",
    ]


def test_terms_nobody_declared_are_made_as_they_are_used(take):
    old = '<category domain="tag"><![CDATA[News]]></category><category><![CDATA[Essays]]></category>'
    take(item(extra=old + filed("tag", "news", "News") + filed("category", "essays", "Essays")))
    assert [tag.slug for tag in Tag.objects.all()] == ["news"]
    assert [category.slug for category in Category.objects.all()] == ["essays"]


def test_authors_nobody_declared_are_made_from_their_login_and_no_mail_address_is_shown(take):
    report = take(item(1, dc__creator="some-one"), item(2, slug="x", dc__creator="a.person@mail.example"))
    assert set(Author.objects.values_list("name", "slug")) == {
        ("some-one", "some-one"),
        ("a.person", "aperson"),
    }
    assert list(report.undeclared) == ["some-one", "a.person"]


def test_an_author_and_a_section_that_are_here_already_are_used(take):
    author, category_here = (
        make_author(slug="ada", name="Ada Here"),
        Category.objects.create(slug="iran", name="Iran!"),
    )
    take(item(extra=filed("category", "iran", "Iran")))
    assert Author.objects.get() == author
    assert Category.objects.get() == category_here
