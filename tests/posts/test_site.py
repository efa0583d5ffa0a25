"""What the reader's pages say of posts, of an empty site and of what was typed; and how its templates and files are made."""

import gzip
import re

import pytest
from django.conf import settings
from selectolax.lexbor import LexborHTMLParser

from informed_comment import theme
from informed_comment.caching import shelf
from tests.factories import make_author, make_post

pytestmark = pytest.mark.django_db


def opened(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, response.content[:500]
    return LexborHTMLParser(response.content.decode())


def test_when_all_fails_a_page_is_made_without_the_database(rf, django_assert_num_queries):
    from informed_comment.views import server_error

    with django_assert_num_queries(0):
        response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert b"Something went wrong" in response.content


@pytest.mark.parametrize("path", ["/", "/archives/", "/popular/", "/search/?q=anything"])
def test_a_site_without_posts_says_what_to_do(client, path):
    shelf.empty(None)
    html = opened(client, path)
    assert html.css_first(".empty")
    assert html.css_first(".empty a")


def test_the_byline_names_each_role_once(client):
    first, second, third = (make_author(name=name) for name in ("Ann", "Ben", "Cy"))
    post = make_post(authors=[first, second])
    post.bylines.create(author=third, role="translated", position=5)
    html = opened(client, post.get_absolute_url())
    assert html.css_first(".article__byline").text(deep=True).split() == [
        "By",
        "Ann",
        "and",
        "Ben,",
        "translated",
        "by",
        "Cy",
    ]


def test_a_post_in_arabic_runs_from_right_to_left(client):
    post = make_post(language="ar", title="البحر")
    article = opened(client, post.get_absolute_url()).css_first("article")
    assert (article.attributes["lang"], article.attributes["dir"]) == ("ar", "rtl")
    card = opened(client, "/").css_first(".card")
    assert (card.attributes["lang"], card.attributes["dir"]) == ("ar", "rtl")


def test_a_post_with_nothing_but_a_title_looks_whole(client):
    post = make_post(authors=0, standfirst="", body="")
    html = opened(client, post.get_absolute_url())
    assert not html.css(".byline, .kicker, .filed, .figure, .video, .article__authors, .neighbours")


def test_search_results_lead_on_with_their_query(client):
    for _ in range(11):
        make_post(title="A strait & a sea")
    html = opened(client, "/search/?q=strait+%26+sea")
    assert html.css_first("[rel=next]").attributes["href"] == "/search/?q=strait+%26+sea&page=2"
    html = opened(client, "/search/?q=strait+%26+sea&page=2")
    assert html.css_first("[rel=prev]").attributes["href"] == "/search/?q=strait+%26+sea"
    assert html.css_first("#search-page").attributes["value"] == "strait & sea"


def test_what_is_typed_into_search_is_only_text(client):
    html = opened(client, "/search/?q=%3Cscript%3Ealert(1)%3C/script%3E")
    scripts = [script for script in html.css("script") if not script.attributes.get("src")]
    assert [script.text() for script in scripts] == [theme.SCRIPT]


def packed(pattern):
    files = sorted((settings.BASE_DIR / "static").glob(pattern))
    assert files
    return sum(len(gzip.compress(path.read_bytes(), 6)) for path in files)


def test_the_style_sheet_and_the_scripts_are_small():
    assert packed("css/site.css") <= 14_000
    assert packed("js/*.js") <= 10_000


def test_html_is_trusted_in_one_part_only():
    found = {
        path.relative_to(settings.BASE_DIR / "templates").as_posix()
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        if not path.relative_to(settings.BASE_DIR / "templates").as_posix().startswith("admin/")
        and re.search(r"\|\s*safe\b|autoescape off", path.read_text())
    }
    assert found == {"posts/_body.html"}


def test_parts_say_what_they_take():
    for path in (settings.BASE_DIR / "templates").rglob("_*.html"):
        assert path.read_text().startswith(("{% comment %}", "{#")), path
