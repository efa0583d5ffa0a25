"""The page of what was found: what narrows it, what it costs, and what it does with whatever is typed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from posts.models import Byline, Post
from posts.searching import finding, words
from tests.factories import make_author, make_category, make_post
from tests.posts.searches import answer, titles

pytestmark = pytest.mark.django_db


def opened(client, address, **parameters):
    response = client.get(address, parameters)
    assert response.status_code == 200, response.content[:500]
    return LexborHTMLParser(response.content.decode())


def texts(html, selector):
    return [" ".join(node.text().split()) for node in html.css(selector)]


@pytest.fixture
def archive():
    """Posts about zebras in two years, two branches and by two authors."""
    africa = make_category("Africa")
    kenya, books = make_category("Kenya", parent=africa), make_category("Books")
    layla, omar = make_author(name="Layla Haddad"), make_author(name="Omar Nasser")
    day = datetime(2019, 5, 1, tzinfo=UTC)
    make_post(title="Zebra one", published_at=day, authors=[layla], categories=[kenya])
    make_post(
        title="Zebra two", published_at=day + timedelta(days=1), authors=[layla, omar], categories=[kenya]
    )
    make_post(title="Zebra three", published_at=day + timedelta(days=800), authors=[omar], categories=[books])
    make_post(title="No stripes", published_at=day, authors=[omar], categories=[books])
    return {"africa": africa, "kenya": kenya, "layla": layla}


def test_facets_count_what_was_found_and_narrow_it(client, archive):
    html = opened(client, "/search/", q="zebra")
    assert texts(html, ".facets__group:nth-of-type(1) a") == ["2021 1 post", "2019 2 posts"]
    assert texts(html, ".facets__group:nth-of-type(2) a") == [
        "Africa 2 posts",
        "Kenya 2 posts",
        "Books 1 post",
    ]
    assert texts(html, ".facets__group:nth-of-type(3) a") == ["Layla Haddad 2 posts", "Omar Nasser 2 posts"]
    for address in [link.attributes["href"] for link in html.css(".facets a")]:
        narrowed = opened(client, address)
        count = int(html.css_first(f'.facets a[href="{address}"] .facets__count').text().split()[0])
        assert len(narrowed.css(".results__item")) == count


def test_limits_add_up_and_each_can_be_taken_away(client, archive):
    year, branch = {"year": "2019"}, {"category": archive["africa"].path}
    assert titles("zebra", **year, author=archive["layla"].slug, sort="date", **branch) == [
        "Zebra two",
        "Zebra one",
    ]
    assert titles("zebra", year="2021", **branch) == []
    html = opened(client, "/search/", q="zebra", sort="date", **year, **branch)
    assert texts(html, ".chosen a") == ["Take away year: 2019", "Take away category: Africa"]
    wider = opened(client, html.css(".chosen a")[1].attributes["href"])
    assert texts(wider, ".chosen a") == ["Take away year: 2019"]
    assert wider.css_first(".search__order [aria-current]").text() == "Newest first"


def test_years_are_counted_in_the_publications_zone():
    make_post(title="Zebra at midnight", published_at=datetime(2020, 1, 1, 3, tzinfo=UTC))
    make_post(title="Zebra at noon", published_at=datetime(2020, 1, 1, 17, tzinfo=UTC))
    assert titles("zebra", year="2019") == ["Zebra at midnight"]
    assert titles("zebra", year="2020") == ["Zebra at noon"]
    years = answer("zebra").found.facets[0]
    assert [(choice.label, choice.posts) for choice in years.choices] == [("2020", 1), ("2019", 1)]


def test_nothing_within_the_limits_offers_to_drop_them(client, archive):
    html = opened(client, "/search/", q="zebra", year="1999")
    assert "within these limits" in html.css_first("main").text()
    assert html.css_first('.empty a[href="/search/?q=zebra"]')


def test_several_words_nobody_uses_together_offer_any_of_them(client, archive):
    html = opened(client, "/search/", q="zebra stripes")
    link = html.css_first('.empty a[href^="/search/?q"]')
    assert len(opened(client, link.attributes["href"]).css(".results__item")) == 4


def test_pages_follow_one_another_without_a_gap_or_a_repeat(client):
    for n in range(25):
        make_post(title=f"Zebra {n}", authors=0, published_at=timezone.now() - timedelta(days=n))
    for sort in ("", "date"):
        seen, address = [], f"/search/?q=zebra&sort={sort}"
        while address:
            html = opened(client, address)
            seen += texts(html, ".result__title")
            following = html.css_first("[rel=next]")
            address = following and following.attributes["href"]
        assert len(seen) == 25
        assert len(set(seen)) == 25
    assert seen == [f"Zebra {n}" for n in range(25)]
    assert client.get("/search/?q=zebra&page=4").status_code == 404


def test_a_page_shows_its_author_date_and_marked_words(client):
    make_post(
        title="Zebras & co",
        standfirst="",
        body="<p>Where zebras sleep.</p>",
        authors=[make_author(name="Ada")],
    )
    html = opened(client, "/search/", q="zebra")
    assert [mark.text() for mark in html.css(".result__title mark")] == ["Zebras"]
    assert [mark.text() for mark in html.css(".result__snippet mark")] == ["zebras"]
    assert html.css_first(".result .byline").text() == "By Ada"
    assert html.css_first(".result time")


def test_what_a_body_says_in_code_stays_text(client):
    make_post(
        title="<b>Zebra</b>",
        standfirst="",
        body="<p>A zebra &lt;script&gt;alert(1)&lt;/script&gt; &lt;mark&gt;x&lt;/mark&gt; sleeps.</p>",
    )
    page = client.get("/search/", {"q": "zebra"}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;b&gt;<mark>Zebra</mark>&lt;/b&gt;" in page
    assert page.count("<mark>") == 2


def test_text_of_either_direction_says_so_itself(client):
    make_post(title="الحرب", standfirst="", body="<p>انتهت الحرب.</p>", language="ar")
    html = opened(client, "/search/", q="الحرب")
    assert html.css_first(".result").attributes["lang"] == "ar"
    assert html.css_first(".result__title").attributes["dir"] == "auto"
    assert html.css_first(".result__snippet").attributes["dir"] == "auto"


@pytest.mark.parametrize(
    "query",
    [
        "x" * 10_000,
        "x y " * 3_000,
        "\x00\x01",
        "\x01\x02\x03\x1e\x1f post",
        '"unbalanced',
        '"',
        "'; DROP TABLE posts_post; --",
        "'" * 50,
        "\\ \\x %s %(words)s {} $1",
        "<script>alert(1)</script>",
        "a & | ! () <-> :*",
        "post:A <2> post",
        "%",
        "سلام",
        "-",
        "-post",
        "or",
        "post or",
        "post or -text",
        "the of and",
        "?!.,;",
        "@682",
        "\u202e\u200f\ufeff",
        "\ud800 post".encode("utf-8", "replace").decode(),
        "🦓 post",
        "post " * 200,
        '-"the text" post',
        '- "-" --post',
    ],
)
def test_any_query_gets_a_page(client, query):
    make_post()
    html = opened(client, "/search/", q=query)
    assert html.css_first("main form[role=search]")
    assert not html.css("main script")


@pytest.mark.parametrize("query", ["the", "-post", "post or -text", "?!"])
def test_a_query_with_nothing_to_look_for_is_told_so(client, query):
    make_post()
    html = opened(client, "/search/", q=query)
    assert not html.css(".result")
    assert "to look for" in html.css_first(".empty").text()


@pytest.mark.parametrize(
    "parameters",
    [
        {"page": "0"},
        {"page": "-1"},
        {"page": "x"},
        {"page": "1000000000000"},
        {"page": "21"},
        {"page": "٣"},
        {"year": "0"},
        {"year": "99999"},
        {"year": "last"},
        {"year": "-5"},
        {"category": "no/such"},
        {"author": "nobody"},
        {"author": "\x00"},
        {"category": "x" * 5000},
    ],
)
def test_limits_and_pages_that_cannot_be_are_not_found(client, parameters):
    make_post(title="Zebra")
    assert client.get("/search/", {"q": "zebra"} | parameters).status_code == (
        200 if parameters.get("author") == "\x00" else 404
    )


@pytest.mark.parametrize(
    "parameters", [{"sort": "price"}, {"sort": ""}, {"year": ""}, {"page": ""}, {"other": "1"}]
)
def test_what_means_nothing_is_passed_over(client, parameters):
    make_post(title="Zebra")
    assert len(opened(client, "/search/", q="zebra", **parameters).css(".result")) == 1


@pytest.mark.parametrize("year", ["1", "999", "1850", "9998"])
def test_a_year_without_posts_is_an_empty_result(client, year):
    make_post(title="Zebra")
    assert not opened(client, "/search/", q="zebra", year=year).css(".result")


def queries_of(client, **parameters):
    """The queries of a search itself: the edition and what stands around every page are kept by then."""
    client.get("/about-nothing/")
    client.get("/search/", {"q": "warm up"})
    with CaptureQueriesContext(connection) as context:
        client.get("/search/", parameters)
    return [query["sql"] for query in context if "informed_comment_edition" not in query["sql"]]


def test_a_search_takes_two_queries_and_at_most_four(client, archive):
    make_post(title="Zebra four")
    make_post(title="Zebra five")
    words.learn()
    assert len(queries_of(client, q="zebra")) == 2
    assert len(queries_of(client, q="zebra", year="2019", author=archive["layla"].slug, sort="date")) == 3
    assert len(queries_of(client, q="zebar")) == 4
    assert len(queries_of(client, q="zyzzyva")) == 2  # nothing to show


def test_search_gives_no_cookie_and_is_not_indexed(client, archive):
    response = client.get("/search/", {"q": "zebra"})
    assert not response.cookies
    assert '<meta name="robots" content="noindex">' in response.content.decode()


# What is common is measured in the sample, and the newest of it listed.


@pytest.fixture
def common(monkeypatch):
    """Few is many, so that a test need not write thousands of posts. The ids, and with them the sample, are fixed."""
    monkeypatch.setattr(finding, "MANY", 160)
    monkeypatch.setattr(finding, "RANKED", 20)
    monkeypatch.setattr(finding, "CHECKED", 32)
    authors = [make_author(name="Layla Haddad"), make_author(name="Omar Nasser")]
    now = timezone.now()
    posts = Post.objects.bulk_create(
        Post(
            pk=7_000_000 + n,
            title=f"{'Zebra' if n == 390 else 'Post'} {n}",
            slug=f"p{n}",
            body="<p>The striped zebra sleeps.</p>"
            if n % 2 == 0
            else "<p>A sleeping striped zebras' cousin.</p>",
            status="published",
            permalink=f"/p{n}.html",
            published_at=now - timedelta(days=10 * n + 1),
        )
        for n in range(400)
    )
    Byline.objects.bulk_create(Byline(post=post, author=authors[n % 4 == 0]) for n, post in enumerate(posts))
    return posts


def test_a_common_word_is_estimated_and_its_newest_posts_are_listed(client, common):
    found = answer("zebra", sort="date").found
    assert found.is_estimate
    assert 300 <= found.total <= 500
    assert [post.title for post in found.posts] == [f"Post {n}" for n in range(10)]
    html = opened(client, "/search/", q="zebra", sort="date", page="2")
    assert texts(html, ".result__title") == [f"Post {n}" for n in range(10, 20)]
    assert f"About {found.total} posts" in html.css_first("[role=status]").text()
    assert not html.css("[rel=next]")
    assert "More posts have these words" in html.css_first("main").text()
    assert client.get("/search/?q=zebra&sort=date&page=3").status_code == 404


def test_a_headline_with_a_common_word_comes_first_however_old(common):
    found = answer("zebra").found
    assert found.posts[0].title == "Zebra 390"
    assert found.posts[1].title == "Post 0"


def test_facets_of_a_common_word_are_estimated_from_the_sample(common):
    facets = {facet.name: facet.choices for facet in answer("zebra").found.facets}
    counts = [choice.posts for choice in facets["Author"]]
    assert 300 <= sum(counts) <= 500
    assert answer("zebra", author=make_author(name="Nobody").slug).found.total == 0


def test_a_rough_sample_says_enough_of_a_word_that_very_many_have(common, monkeypatch):
    monkeypatch.setattr(finding, "ROUGH", 16)
    monkeypatch.setattr(finding, "ROUGHLY", 10)
    found = answer("zebra", sort="date").found
    assert found.is_estimate
    assert 250 <= found.total <= 550
    assert [post.title for post in found.posts] == [f"Post {n}" for n in range(10)]
    assert 250 <= sum(choice.posts for choice in found.facets[-1].choices) <= 550


def test_a_common_word_by_an_author_of_few_posts_is_counted_exactly(common, monkeypatch):
    monkeypatch.setattr(finding, "ROUGHLY", 0)
    author = make_author(name="Someone")
    mine = [post.pk for post in common[100:390:60]]
    Byline.objects.bulk_create(Byline(post_id=pk, author=author) for pk in mine)
    found = answer("zebra", author=author.slug, sort="date").found
    assert (found.total, found.is_estimate) == (5, False)
    assert [post.pk for post in found.posts] == mine


def test_a_limit_makes_a_common_word_exact_again(common):
    year = timezone.localtime(common[100].published_at).year
    found = answer("zebra", year=str(year)).found
    inside = [post for post in common if timezone.localtime(post.published_at).year == year]
    assert (found.total, found.is_estimate) == (len(inside), False)


def test_a_phrase_of_common_words_is_looked_for_in_the_newest_and_says_so(client, common):
    found = answer('"striped zebra sleeps"').found
    assert found.is_partial
    assert 16 <= found.total < 200
    assert all(int(post.title.split()[1]) % 2 == 0 for post in found.posts)
    html = opened(client, "/search/", q='"striped zebra sleeps"')
    assert "At least" in html.css_first("[role=status]").text()


def test_engines_may_list_the_search_box_and_not_what_was_found(client):
    make_post(title="A strait")
    box = opened(client, "/search/")
    assert box.css_first("link[rel=canonical]").attributes["href"].endswith("/search/")
    assert "year" in box.css_first("meta[name=description]").attributes["content"]
    assert not box.css("meta[name=robots]")
    found = opened(client, "/search/", q="strait")
    assert found.css_first("meta[name=robots]").attributes["content"] == "noindex"
