"""What readers see of the most read: the sidebar of every page, and `/popular/`."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from posts.models import PopularSidebar, Post
from posts.reads import keeping_off, popular
from tests.factories import make_post, make_reads

pytestmark = pytest.mark.django_db


@pytest.fixture
def posts():
    """Seven, the one that was read most first."""
    made = [make_post(title=f"{n:02}", published_at=timezone.now() - timedelta(days=99)) for n in range(7)]
    for place, post in enumerate(made):
        make_reads(post, 100 - place)
    popular.refresh()
    return made


def opened(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return LexborHTMLParser(answer.content.decode())


def beside(client, address="/archives/"):
    return [link.text() for link in opened(client, address).css("#sidebar .popular__link")]


def ranked(client, address):
    return [card.text().strip() for card in opened(client, address).css(".ranking .card__title")]


def queries_of_lists(client, address):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(address).status_code == 200
    return [query for query in asked.captured_queries if "posts_popularlist" in query["sql"]]


# The sidebar


@pytest.mark.parametrize(
    ("window", "heading", "address"),
    [
        ("day", "Popular · 24 hours", "/popular/?window=day"),
        ("week", "Popular · 7 days", "/popular/"),
        ("month", "Popular · 30 days", "/popular/?window=month"),
        ("all", "Popular · all time", "/popular/?window=all"),
        ("rising", "Popular · rising", "/popular/?window=rising"),
    ],
)
def test_it_says_which_window_it_shows_and_leads_to_the_whole_list(client, posts, window, heading, address):
    PopularSidebar.objects.update(window=window, length=3)
    html = opened(client, "/archives/")
    assert html.css_first("#popular-heading").text() == heading
    assert html.css_first(".popular__more a").attributes["href"] == address
    assert beside(client) == ["00", "01", "02"]


def test_it_costs_one_query_in_an_edition_and_the_next_page_none(client, posts):
    assert len(queries_of_lists(client, "/archives/")) == 1
    assert queries_of_lists(client, "/authors/") == []
    assert queries_of_lists(client, "/archives/") == []
    keeping_off.keep_off(posts[0], by=None)
    assert len(queries_of_lists(client, "/authors/")) == 1
    assert beside(client) == ["01", "02", "03", "04", "05"]


def test_a_list_computed_to_the_same_leaves_every_page_as_it_is(client, posts):
    page = client.get("/archives/")
    make_reads(posts[0], 5)
    popular.refresh()
    again = client.get("/archives/", headers={"If-None-Match": page["ETag"]})
    assert again.status_code == 304


def test_a_withdrawn_post_is_gone_from_it_with_the_next_request(client, posts):
    assert beside(client)[0] == "00"
    Post.objects.filter(pk=posts[0].pk).update(status="withdrawn")
    assert beside(client)[0] == "01"


# /popular/


@pytest.mark.parametrize("window", ["day", "week", "month", "all", "rising"])
def test_each_window_is_a_page_with_its_sentence_and_its_own_address(client, posts, window):
    html = opened(client, f"/popular/?window={window}")
    [current] = html.css(".tabs [aria-current]")
    address = popular.address_of(window)
    assert current.attributes["href"] == address
    assert html.css_first(".list-head__introduction").text() == popular.SENTENCES[window]
    assert html.css_first("link[rel=canonical]").attributes["href"].endswith(address)
    assert html.css_first("meta[name=description]").attributes["content"] == popular.SENTENCES[window]
    assert ranked(client, address) == [f"{n:02}" for n in range(7)]


def test_the_five_windows_have_titles_and_descriptions_of_their_own(client, posts):
    tabs = [tab.attributes["href"] for tab in opened(client, "/popular/").css(".tabs a")]
    pages = [opened(client, tab) for tab in tabs]
    assert tabs == [
        "/popular/?window=day",
        "/popular/",
        "/popular/?window=month",
        "/popular/?window=all",
        "/popular/?window=rising",
    ]
    assert len({page.css_first("title").text() for page in pages}) == 5
    assert len({page.css_first("meta[name=description]").attributes["content"] for page in pages}) == 5


def test_a_post_kept_off_is_on_no_page_of_it_and_the_next_moves_up(client, posts):
    for n in range(7, 27):
        make_post(title=f"{n:02}", published_at=timezone.now() - timedelta(days=n))
    popular.refresh()
    popular.show()
    keeping_off.keep_off(posts[3], by=None)
    for window in popular.Window.values:
        titles = ranked(client, f"/popular/?window={window}")
        assert "03" not in titles
        assert len(titles) == 25


def test_before_anything_was_computed_the_newest_stand_there(client):
    make_post(title="Newest")
    assert ranked(client, "/popular/") == ["Newest"]


def test_it_costs_the_same_few_queries_whatever_it_lists(client, posts, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        client.get("/popular/?window=rising")
