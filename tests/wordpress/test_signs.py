"""Bylines that stood in the first line of a text, made bylines where the operator asks for it."""

import pytest

from posts.models import Post
from tests.wordpress.parts import item, odd
from wordpress.bodies.signs import signed


@pytest.mark.parametrize(
    ("body", "names", "place", "rest"),
    [
        ("By Ann Bee |\n\nText", ("Ann Bee",), "", "Text"),
        ("By Ann Bee | (The Site) | – –\n\nText", ("Ann Bee",), "The Site", "Text"),
        ("By Ann Bee and Carl de Dee | Site |\nText", ("Ann Bee", "Carl de Dee"), "Site", "Text"),
        ("<p><strong>By Ann Bee, Dr. C. Dee &amp; Eve O'Fay | (Site)</strong></p><p>Text</p>",
         ("Ann Bee", "Dr. C. Dee", "Eve O'Fay"), "Site", "<p>Text</p>"),
        ("<p>By <em>Ann Bee</em> |<br />Text goes on</p>", ("Ann Bee",), "", "<p>Text goes on</p>"),
        ("<!-- wp:paragraph -->\n<p>By Ann Bee |</p>\n<!-- /wp:paragraph -->\n<p>Text</p>", ("Ann Bee",), "",
         "<!-- wp:paragraph -->\n\n<!-- /wp:paragraph -->\n<p>Text</p>"),
        ("By Ann Bee | ( <a href='https://site.example/a'>Site</a> ) |\n\nText", ("Ann Bee",), "Site", "Text"),
    ],
)  # fmt: skip
def test_a_first_line_that_only_signs_is_understood(body, names, place, rest):
    found = signed(body)
    assert (found.names, found.place, found.rest) == (names, place, rest)


@pytest.mark.parametrize(
    "body",
    [
        "Text first.\n\nBy Ann Bee |",
        "By Ann Bee | and then the sentence goes on as prose does",
        "By the time she came | it was over |",
        "By Ann Bee",
        "By 2010 | (Site) |",
        "By Ann Bee | (Site) | Baghdad is quiet",
        '<p><img src="/a.jpg">By Ann Bee |</p>',
        "<p><strong>By Ann Bee |<br>Text</strong></p>",
        "By How Many Words May A Name Have |",
        "",
    ],
)
def test_what_is_prose_is_left_alone(body):
    assert signed(body) is None


@pytest.mark.django_db
def test_the_line_becomes_the_byline_and_leaves_the_text(take):
    body = 'By Eve Fay and Ada Bee | (<a href="https://www.tom.example/x">TomDispatch</a>) |\n\nThe text.'
    author = (
        "<wp:author><wp:author_login>ada</wp:author_login>"
        "<wp:author_display_name>Ada Bee</wp:author_display_name></wp:author>"
    )
    report = take(author, item(body=body), signs_from_text=True)
    post = Post.objects.get()
    assert post.body == "<p>The text.</p>"
    assert [(line.author.name, line.author.slug) for line in post.bylines.all()] == [
        ("Eve Fay", "eve-fay"),
        ("Ada Bee", "ada"),
    ]
    assert (post.original_url, post.original_name) == ("https://www.tom.example/x", "TomDispatch")
    assert report.notes["first line “By …” made the byline"] == 1
    assert report.texts == {"byline taken out of the text": 1}
    assert take(author, item(body=body), signs_from_text=True).did("unchanged") == 1


@pytest.mark.django_db
def test_a_publication_that_is_not_linked_stays_named_in_the_text_unless_it_is_this_one(take):
    take(
        item(1, body="By Ann Bee | (The Wire) |\n\nOne."),
        item(2, slug="two", body="By Ann Bee | (Old) |\n\nTwo."),
        signs_from_text=True,
    )
    bodies = dict(Post.objects.values_list("slug", "body"))
    assert bodies == {"title": "<p>(The Wire)</p>\n<p>One.</p>", "two": "<p>Two.</p>"}
    assert not Post.objects.exclude(original_url="").exists()


@pytest.mark.django_db
def test_without_the_option_the_line_stays_and_a_dry_run_with_it_shows_samples(take):
    take(item(body="By Ann Bee |\n\nText"))
    assert Post.objects.get().body == "<p>By Ann Bee |</p>\n<p>Text</p>"
    report = take(item(2, slug="two", body="By Ann Bee |\n\nText"), signs_from_text=True, is_dry_run=True)
    assert "“Ann Bee” would be the byline" in odd(report)
