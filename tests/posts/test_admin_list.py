"""The list of posts: narrowed, put in order, searched and paged, and never counted whole."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from informed_comment import redirects
from posts import publishing
from posts.models import Byline, Post
from posts.searching import newsroom
from tests.factories import make_author, make_category, make_post, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/posts/post/"
NOW = timezone.now()


@pytest.fixture
def editor(client):
    client.user = make_user(group="Editor")
    client.force_login(client.user)
    return client


def titles(client, query=""):
    """The titles on a page of the list, in their order."""
    return [post.title for post in client.get(LIST + query).context["cl"].result_list]


def turned(client, query, way):
    """The titles of every page from one on, by the links of the list."""
    found = []
    while query is not None:
        shown = client.get(LIST + query).context["cl"]
        found.append([post.title for post in shown.result_list])
        query = dict(shown.pages).get(way) or None
    return found


def by(client, column):
    """The query that puts the list in order by a column, downwards with a minus."""
    columns = client.get(LIST).context["cl"].list_display
    return f"o={'-' * column.startswith('-')}{columns.index(column.removeprefix('-'))}"


def make_posts(count, **fields):
    return [
        make_post(title=f"N{n:03}", authors=0, published_at=NOW - timedelta(hours=n + 1), **fields)
        for n in range(count)
    ]


def test_no_post_is_missed_or_shown_twice_while_others_are_added(editor):
    make_posts(120)
    first = editor.get(LIST).context["cl"]
    shown = [post.title for post in first.result_list]
    make_post(title="New", authors=0)
    rest = turned(editor, dict(first.pages)["Next"], "Next")
    assert shown + [title for page in rest for title in page] == [f"N{n:03}" for n in reversed(range(120))]


def test_the_list_is_walked_back_from_its_end(editor):
    make_posts(60)
    pages = turned(editor, "?p=last", "Previous")
    assert [len(page) for page in pages] == [50, 50]
    assert pages[0][-1] == "N000"
    assert pages[1][0] == "N059"


@pytest.mark.parametrize(
    ("column", "first"),
    [("headline", "N000"), ("-headline", "N059"), ("date", "N059"), ("-date", "N000"), ("changed", "N000")],
)
def test_columns_with_an_index_put_the_list_in_order_on_all_its_pages(editor, column, first):
    make_posts(60)
    pages = turned(editor, "?" + by(editor, column), "Next")
    whole = [title for page in pages for title in page]
    assert whole[0] == first
    assert sorted(whole) == sorted(set(whole)) == [f"N{n:03}" for n in range(60)]


def test_a_column_without_an_index_orders_nothing(editor):
    make_posts(2)
    page = editor.get(LIST + "?" + by(editor, "state")).content.decode()
    heads = re.findall(r'<th[^>]*class="([^"]*column-(\w+)[^"]*)"', page)
    assert [name for classes, name in heads if "sortable" in classes.split()] == [
        "headline",
        "date",
        "changed",
    ]
    assert titles(editor, "?" + by(editor, "state")) == titles(editor)


def test_narrowed_to_an_author_the_list_shows_what_is_not_out_and_then_the_newest(editor):
    author = make_author()
    make_post(title="Old", authors=[author], published_at=NOW - timedelta(days=9))
    make_post(title="Draft", authors=[author], status="draft", published_at=None)
    twice = make_post(title="New", authors=[author], published_at=NOW - timedelta(days=1))
    Byline.objects.create(post=twice, author=author, role="photographs")
    make_post(title="Other")
    assert titles(editor, f"?author={author.pk}") == ["Draft", "New", "Old"]
    assert titles(editor, f"?author={author.pk}&" + by(editor, "date")) == ["Old", "New", "Draft"]
    assert titles(editor, f"?author={author.pk}&" + by(editor, "headline")) == ["Draft", "New", "Old"]


def test_what_an_author_signed_is_paged_without_a_gap(editor):
    author, section = make_author(), make_category()
    for post in make_posts(110):
        Byline.objects.create(post=post, author=author)
    for post in Post.objects.all()[:60]:
        post.filings.create(category=section)
    whole = [title for page in turned(editor, f"?author={author.pk}", "Next") for title in page]
    assert whole == [f"N{n:03}" for n in range(110)]
    both = [t for page in turned(editor, f"?author={author.pk}&category={section.pk}", "Next") for t in page]
    assert both == [f"N{n:03}" for n in range(60)]


def test_filters_are_taken_together(editor):
    author, section = make_author(), make_category()
    make_post(title="Both", authors=[author], categories=[section], tags=["Iran"])
    make_post(title="Author only", authors=[author])
    draft = make_post(
        title="Draft", authors=[author], categories=[section], status="draft", published_at=None
    )
    query = f"?author={author.pk}&category={section.pk}"
    assert titles(editor, query) == ["Draft", "Both"]
    assert titles(editor, query + "&status=published") == ["Both"]
    assert titles(editor, query + "&q=draft") == ["Draft"]
    publishing.trash(draft)
    assert titles(editor, query) == ["Both"]


def test_the_trash_stands_in_no_list_but_its_own(editor):
    publishing.trash(make_post(title="Thrown away"))
    assert titles(editor) == []
    assert titles(editor, "?q=thrown") == []


@pytest.mark.parametrize(
    ("date", "wanted"),
    [
        ("2016", ["December", "March", "First"]),
        ("2016-03", ["March"]),
        ("2016-01-01", ["First"]),
        ("2016-02-31", ["Today", "December", "March", "First"]),
        ("today", ["Today"]),
        ("week", ["Today"]),
        ("nonsense", ["Today", "December", "March", "First"]),
    ],
)
def test_a_date_keeps_the_list_to_a_year_a_month_or_a_day(editor, date, wanted):
    zone = timezone.get_current_timezone()
    for title, *day in [("First", 2016, 1, 1), ("March", 2016, 3, 9), ("December", 2016, 12, 31)]:
        make_post(
            title=title, published_at=NOW.astimezone(zone).replace(year=day[0], month=day[1], day=day[2])
        )
    make_post(title="Today", published_at=timezone.localtime().replace(hour=0, minute=0))
    assert titles(editor, f"?date={date}") == wanted


def test_mine_are_the_posts_begun_or_signed(editor):
    author = make_author(user=editor.user)
    make_post(title="Signed", authors=[author])
    make_post(title="Begun", created_by=editor.user)
    make_post(title="Both", authors=[author], created_by=editor.user)
    make_post(title="Other")
    assert sorted(titles(editor, "?mine=yes")) == ["Begun", "Both", "Signed"]
    assert titles(editor, "?mine=yes&status=draft") == []


def test_mine_is_paged_without_a_gap_or_a_double(editor):
    author = make_author(user=editor.user)
    for n, post in enumerate(make_posts(130)):
        if n % 2:
            Byline.objects.create(post=post, author=author)
        if n % 3 == 0:
            Post.objects.filter(pk=post.pk).update(created_by=editor.user)
    mine = [f"N{n:03}" for n in range(130) if n % 2 or n % 3 == 0]
    assert [title for page in turned(editor, "?mine=yes", "Next") for title in page] == mine
    upwards = turned(editor, "?mine=yes&" + by(editor, "date"), "Next")
    assert [title for page in upwards for title in page] == mine[::-1]
    assert f"{len(mine)} posts" in editor.get(LIST + "?mine=yes").content.decode()


@pytest.mark.parametrize("status", ["draft", "in_review", "scheduled", "published", "withdrawn"])
def test_whatever_narrows_the_list_a_status_narrows_it_further(editor, status):
    author, section = make_author(user=editor.user), make_category()
    for one in ("draft", "in_review", "published", "withdrawn"):
        date = NOW - timedelta(days=3) if one != "draft" else None
        make_post(
            title=one, authors=[author], categories=[section], tags=["T"], status=one, published_at=date
        )
    later = NOW + timedelta(days=1)
    make_post(title="scheduled", authors=[author], categories=[section], tags=["T"], published_at=later)
    tag = Post.objects.get(title="draft").tags.get()
    for query in ("mine=yes", f"author={author.pk}", f"category={section.pk}", f"tag={tag.pk}", "q=text"):
        assert titles(editor, f"?{query}&status={status}") == [status], query
    assert titles(editor, f"?author={author.pk}&date={later:%Y}&status=scheduled") == ["scheduled"]


def test_a_search_finds_words_of_text_tags_and_names_in_every_status(editor):
    make_post(title="By name", authors=[make_author(name="Nadia Own")])
    make_post(title="Tagged", tags=["Strait of Hormuz"])
    make_post(title="Draft of rivers", status="draft", published_at=None)
    make_post(title="Out", body="<p>Rivers at dusk.</p>", published_at=NOW - timedelta(days=1))
    make_post(title="To come", body="<p>Rivers at dawn.</p>", published_at=NOW + timedelta(days=1))
    make_post(title="Off", body="<p>Rivers at noon.</p>", status="withdrawn")
    assert titles(editor, "?q=nadia") == ["By name"]
    assert titles(editor, "?q=hormuz") == ["Tagged"]
    assert titles(editor, "?q=river") == ["Off", "Draft of rivers", "To come", "Out"]
    assert titles(editor, "?q=river&status=scheduled") == ["To come"]
    assert titles(editor, "?q=river&" + by(editor, "headline")) == [
        "Draft of rivers",
        "Off",
        "Out",
        "To come",
    ]
    assert titles(editor, "?q=riverbank") == []


def test_a_search_finds_the_beginning_of_a_title_however_it_is_written(editor):
    make_post(title="Hormuz and the 100% tariff")
    make_post(title="Other")
    for begun in ("Horm", "hormuz AND t", "Hormuz and the 100%"):
        assert titles(editor, "?q=" + begun.replace("%", "%25")) == ["Hormuz and the 100% tariff"]


def test_a_search_finds_a_post_by_its_number_or_any_address_it_has_or_had(editor):
    post = make_post(title="Wanted")
    make_post(title="Other")
    redirects.lead("/2009/05/former.html", post.permalink)
    addresses = [
        f"{post.pk}",
        f"#{post.pk}",
        post.permalink,
        f"https://www.example.org{post.permalink}?utm_source=x",
        f"http://127.0.0.1:8000/admin/posts/post/{post.pk}/change/",
        "/2009/05/former.html",
    ]
    for address in addresses:
        found = editor.get(LIST, {"q": address}).context["cl"].result_list
        assert [one.title for one in found] == ["Wanted"], address


def test_a_search_of_many_finds_is_cut_and_says_so(editor, monkeypatch):
    monkeypatch.setattr(newsroom, "LISTED", 60)
    make_posts(70, body="<p>Rivers.</p>")
    pages = turned(editor, "?q=rivers", "Next")
    assert [title for page in pages for title in page] == [f"N{n:03}" for n in range(60)]
    assert "70 posts found, the best and newest 60 listed" in editor.get(LIST + "?q=rivers").content.decode()


def test_an_author_finds_own_posts_only(client):
    user = make_user(group="Author")
    writer = make_author(name="Ada Writer", user=user)  # no number in the name, for one is looked for below
    begun = {"created_by": user, "status": "draft", "published_at": None, "body": "<p>Rivers.</p>"}
    make_post(title="Begun", authors=[], **begun)
    make_post(title="Signed", authors=[writer], body="<p>Rivers.</p>")
    make_post(title="Other", body="<p>Rivers.</p>")
    client.force_login(user)
    assert titles(client, "?q=rivers") == ["Begun", "Signed"]
    assert titles(client, f"?q={Post.objects.get(title='Other').pk}") == []


def test_the_number_of_posts_is_said(editor):
    make_posts(1)
    assert "1 post<" in editor.get(LIST).content.decode()
    make_posts(2)
    assert "3 posts<" in editor.get(LIST).content.decode()


@pytest.mark.parametrize(
    "query", ["", "?status=published", "?q=rivers", "?mine=yes", "?date=2016", "?author={}", "?tag={}"]
)
def test_no_query_counts_further_than_a_thousand_or_reads_bodies(editor, query):
    author = make_author(user=editor.user)
    post = make_post(authors=[author], tags=["Iran"], body="<p>Rivers.</p>")
    query = query.format(author.pk if "author" in query else post.tags.get().pk)
    with CaptureQueriesContext(connection) as context:
        editor.get(LIST + query)
    assert len(context) < 25
    for sql in (query["sql"] for query in context):
        assert '"posts_post"."body"' not in sql
        if "COUNT(*)" in sql and "posts_post" in sql:
            assert "LIMIT" in sql or " IN (" in sql, sql


def test_lists_of_choices_stop_counting_too(editor):
    make_post(title="Rivers")
    address = "/admin/autocomplete/?app_label=posts&model_name=frontslot&field_name=post&term=riv"
    with CaptureQueriesContext(connection) as context:
        assert [one["text"] for one in editor.get(address).json()["results"]] == ["Rivers"]
    assert all("LIMIT" in query["sql"] for query in context if "COUNT" in query["sql"])


def test_what_was_searched_is_shown_as_text(editor):
    page = editor.get(LIST, {"q": "<script>x"}).content.decode()
    assert escape("<script>x") in page
    assert "<script>x" not in page


def test_the_first_page_shows_what_is_in_the_users_hands(editor):
    author = make_author(user=editor.user)
    make_post(title="Signed draft", authors=[author], status="draft", published_at=None)
    make_post(title="Begun draft", created_by=editor.user, status="in_review", published_at=None)
    make_post(title="Out", authors=[author])
    make_post(title="Of others", status="draft", published_at=None)
    panel = next(one for one in editor.get("/admin/").context["panels"] if one.title == "My drafts")
    assert sorted(item.label for item in panel.items) == ["Begun draft", "Signed draft"]


@pytest.mark.parametrize("address", ["/2020/a%00b.html", "http://testserver/%00", "/%00"])
def test_an_address_with_what_no_text_may_hold_finds_nothing(editor, address):
    make_post(title="Here")
    assert titles(editor, "?" + urlencode({"q": address})) == []
