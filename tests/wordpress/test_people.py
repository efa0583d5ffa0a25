"""Guest authors of Co-Authors Plus: who they are, what is said of them, and who signs with whom."""

from html import escape

import pytest

from authors.models import Author
from posts.models import Post
from tests.wordpress.parts import filed, item, meta

pytestmark = pytest.mark.django_db
ADA = (
    "<wp:author><wp:author_id>3</wp:author_id><wp:author_login>ada</wp:author_login><wp:author_email>ada@old.example</wp:author_email>"
    "<wp:author_display_name>Ada Author</wp:author_display_name></wp:author>"
)


def guest(number=50, *, login="bo-guest", name="Bo Guest", **said):
    told = {"cap-display_name": name, "cap-user_login": login} | {
        f"cap-{key}": escape(value) for key, value in said.items()
    }
    extra = "".join(meta(*pair) for pair in told.items())
    return item(number, kind="guest-author", slug=f"cap-{login}", title=name, extra=extra)


def signed(*logins, number=1):
    terms = "".join(filed("author", f"cap-{login}", login) for login in logins)
    return item(number, slug=f"post-{number}", extra=terms)


def byline(number=1):
    return [line.author.name for line in Post.objects.get(slug=f"post-{number}").bylines.all()]


def test_a_guest_author_has_a_name_a_bio_and_a_website_and_signs_in_order(take):
    take(
        ADA,
        signed("bo-guest", "ada"),
        guest(
            description="Writes.\n\nAnd <b>sings</b>.<script>x</script>",
            website="www.bo.example",
            user_email="bo@old.example",
        ),
    )
    assert byline() == ["Bo Guest", "Ada Author"]
    bo = Author.objects.get(name="Bo Guest")
    assert bo.bio == "<p>Writes.</p>\n<p>And <strong>sings</strong>.</p>"
    assert (bo.website, bo.email) == ("http://www.bo.example", "bo@old.example")


def test_a_guest_author_linked_to_an_account_is_that_author(take):
    take(
        ADA,
        guest(login="ada-lovelace", name="Ada L. Author", linked_account="ada", description="Counts."),
        signed("ada-lovelace"),
    )
    assert byline() == ["Ada Author"]
    assert Author.objects.get().bio == "<p>Counts.</p>"


def test_what_an_editor_took_away_does_not_come_back(take):
    parts = (guest(description="Writes."), signed("bo-guest"))
    take(*parts)
    Author.objects.update(bio="")
    take(*parts)
    assert Author.objects.get().bio == ""


def test_an_author_who_does_not_exist_is_made_from_the_login_and_named(take):
    report = take(
        signed("never-declared"), item(2, slug="post-2", **{"dc:creator": "only.creator@mail.example"})
    )
    assert byline() == ["never-declared"]
    assert byline(2) == ["only.creator"]
    assert "only.creator" in report.undeclared
