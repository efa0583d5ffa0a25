"""Each kind of page: in the site's look, for few queries, well-formed, and asking nobody else for anything. One publication for all of them."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.conf import settings as site_settings
from django.db.models import F
from django.template.loader import render_to_string
from django.test import override_settings
from selectolax.lexbor import LexborHTMLParser

from informed_comment import editions, theme
from informed_comment.caching import shelf
from posts.models import Category, FrontSection, Post
from tests.every_page import make_every_page
from tests.factories import make_slot
from tests.posts.test_site import opened

pytestmark = pytest.mark.django_db
QUERIES = 10


@pytest.fixture(scope="module")
def made(rows_of_the_module, tmp_path_factory):
    """A publication with one of everything, arranged by an editor: its pictures' folder, and its addresses by the name of the page."""
    media = tmp_path_factory.mktemp("media")
    with override_settings(MEDIA_ROOT=media):
        pages = make_every_page()
    make_slot(Post.objects.get(permalink=pages["post with everything"]), "lead")
    for category in Category.objects.all():
        FrontSection.objects.create(category=category)
    return media, pages


@pytest.fixture
def publication(made, settings):
    settings.MEDIA_ROOT, pages = made
    return pages


PAGES = (
    "home",
    "home, page 2",
    "post with everything",
    "category",
    "category below another",
    "tag",
    "author",
    "archives",
    "year",
    "month",
    "on this day",
    "authors",
    "popular",
    "search",
    "search before words",
    "search in vain",
    "page",
)
MENU = [
    "Featured",
    "US politics",
    "Middle East",
    "Environment",
    "US Foreign Policy",
    "Energy",
    "About",
    "Archives",
]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_answers_in_the_sites_look_for_ten_queries_and_no_cookie(
    client, publication, name, django_assert_max_num_queries
):
    shelf.empty(None)
    editions.forget()
    with django_assert_max_num_queries(QUERIES):
        response = client.get(publication[name])
    assert response.status_code == 200
    assert not response.cookies
    html = LexborHTMLParser(response.content.decode())
    assert html.css_first(".masthead__title").text() == "Informed Comment"
    assert [link.text() for link in html.css(".menu__link")] == MENU
    assert len(html.css("main#content")) == 1
    assert html.css_first("aside#sidebar .popular__link")
    assert html.css_first(".footer__copyright").text().startswith("©")
    assert len(html.css(".sign-up form")) >= 2


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_no_other_site_for_anything(client, publication, name):
    html = opened(client, publication[name])
    for node in html.css("script, link, img, source, iframe, video, audio, use"):
        if node.tag == "link" and node.attributes.get("rel") in ("canonical", "alternate", "me"):
            continue
        for attribute in ("src", "href", "srcset", "poster"):
            value = node.attributes.get(attribute) or ""
            assert "//" not in value, node.html
    assert not html.css("[style], style")
    for script in html.css("script"):
        data = script.attributes.get("type") == "application/ld+json"
        assert script.attributes.get("src") or data or script.text() == theme.SCRIPT


@pytest.mark.parametrize("name", PAGES)
def test_headings_go_down_one_step_at_a_time_and_ids_are_unique(client, publication, name):
    html = opened(client, publication[name])
    ranks = [int(node.tag[1]) for node in html.css("h1, h2, h3, h4, h5, h6")]
    assert ranks.count(1) == 1
    main = [int(node.tag[1]) for node in html.css("main h1, main h2, main h3, main h4")]
    assert main[0] == 1
    assert all(lower - upper <= 1 for upper, lower in pairwise(main)), main
    ids = [node.attributes["id"] for node in html.css("[id]")]
    assert len(ids) == len(set(ids))
    for label in html.css("label[for]"):
        assert label.attributes["for"] in ids
    for node in html.css("[aria-labelledby]"):
        assert node.attributes["aria-labelledby"] in ids


@pytest.mark.parametrize(
    "path", ["/no-such-page/", "/2016/10/no-such-post.html", "/category/nowhere/", "/page/99/"]
)
def test_an_unknown_address_gets_a_page_with_a_search_box(
    client, publication, path, django_assert_max_num_queries
):
    editions.forget()
    with django_assert_max_num_queries(QUERIES):
        html = opened(client, path, 404)
    assert html.css_first("h1").text() == "There is no such page"
    assert html.css_first("main form[role=search]")
    assert html.css_first(".masthead__title")


def test_a_page_beyond_the_last_is_as_cheap_when_nothing_was_published_today(
    client, publication, django_assert_max_num_queries
):
    Post.objects.update(published_at=F("published_at") - timedelta(days=1))
    editions.forget()
    with django_assert_max_num_queries(QUERIES):
        opened(client, "/page/99/", 404)


@pytest.mark.parametrize("template", ["400.html", "403.html"])
def test_other_refusals_have_the_sites_look(rf, publication, template):
    html = LexborHTMLParser(render_to_string(template, {"is_too_long": False}, request=rf.get("/")))
    assert html.css_first("h1").text()
    assert html.css_first(".masthead__title").text() == "Informed Comment"


def test_a_post_shows_every_part(client, publication):
    html = opened(client, publication["post with everything"])
    article = html.css_first("article.article")
    assert article.css_first(".kicker").text().strip() == "The Gulf"
    assert article.css_first(".article__standfirst").text() == "What it says in a sentence."
    assert len(article.css(".byline__author")) == 2
    assert article.css_first("time").attributes["datetime"]
    assert "min read" in article.css_first(".article__minutes").text()
    assert article.css_first(".figure__caption").text().split() == ["A", "river.", "Staff"]
    labels = [link.text().strip() for link in article.css("a.share__link")]
    assert labels == [
        "Share on X",
        "Share on Facebook",
        "Share on Reddit",
        "Share on Bluesky",
        "Send by e-mail",
    ]
    copy = article.css_first(".share__scripted button[data-copy]")  # not shown without scripts
    assert copy.attributes["data-copy"] == f"{site_settings.SITE_URL}{publication['post with everything']}"
    still = article.css_first(".video a[data-frame]")
    assert still.attributes["data-frame"].startswith("https://www.youtube-nocookie.com/embed/abcdefghijk")
    assert [row.css_first("dt").text() for row in article.css(".filed__row")] == ["Filed under", "Tags"]
    assert article.css_first("#authors-heading").text() == "About the author"
    assert html.css_first(".after .sign-up")
    assert html.css_first(".neighbours__link--older")
    assert html.css_first("meta[name=post]").attributes["content"]


def test_the_lead_stands_first_and_nowhere_else(client, publication):
    html = opened(client, "/")
    addresses = [link.attributes["href"] for link in html.css("main .card__link")]
    assert addresses[0] == publication["post with everything"]
    assert len(addresses) == len(set(addresses)) == 10
    assert html.css_first(".card--lead .card__link").attributes["href"] == publication["post with everything"]
    assert len(html.css(".columns .card--column")) == 3
    first = html.css_first(".card--lead img")
    assert first.attributes["fetchpriority"] == "high"
    assert first.attributes["width"]
