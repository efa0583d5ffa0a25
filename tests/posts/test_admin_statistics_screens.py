"""The statistics of the site, of what it is made of and of the sites that lead here, as an editor and an author see them."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from posts.admin.statistics import words
from posts.models import ReadMinute, Referral, ReferringHost, Tag
from posts.reads import periods, tallies
from posts.reads.overviews import Change
from tests.factories import make_author, make_category, make_post, make_reads, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 19, 30, tzinfo=UTC)  # Thursday, half past two in New York
SITE = reverse("admin:posts_statistics_changelist")
WEEK = f"{SITE}?period=week"


@pytest.fixture(autouse=True)
def _thursday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def editor(client):
    client.force_login(make_user(group="Editor"))
    return client


def ago(*, days=0, hours=0):
    return NOW - timedelta(days=days, hours=hours)


def sent(post, host, reads, *, at=NOW):
    host, _ = ReferringHost.objects.get_or_create(name=host)
    day = periods.day_of(at)
    Referral.objects.create(post=post, host=host, day=day, reads=reads)
    return host


@pytest.fixture
def known():
    """Two posts read on known days of this week and the one before, added up."""
    section, writer, other = make_category("Iran"), make_author(name="Ada Writer"), make_author(name="Bo")
    first = make_post(
        title="The strait",
        authors=[writer],
        categories=[section],
        tags=["oil"],
        published_at=ago(days=30),
    )
    second = make_post(title="<b>قصة</b> & more", authors=[other], published_at=ago(days=30))
    make_reads(first, 100, at=ago(days=3), search=40, sites=25)
    make_reads(first, 20, at=ago(hours=5), newsletter=5)
    make_reads(second, 30, at=ago(days=1), social=30)
    make_reads(first, 60, at=ago(days=10), search=60)
    make_reads(second, 60, at=ago(days=8))
    make_reads(second, 500, at=ago(days=6))  # Friday of last week: later in it than now in this
    host = sent(first, "news.example.org", 25, at=ago(days=3))
    tallies.add_up()
    return {
        "section": section,
        "writer": writer,
        "other": other,
        "first": first,
        "second": second,
        "host": host,
    }


def opened(client, address, code=200):
    answer = client.get(address)
    assert answer.status_code == code, address
    return LexborHTMLParser(answer.content.decode())


def text_of(html, selector):
    node = html.css_first(selector)
    return node and " ".join(node.text().split())


def rows(html, name):
    """The cells of a table's rows as texts."""
    found = html.css(f".stats-table--{name} tbody tr")
    return [[" ".join(cell.text().split()) for cell in row.css("th, td")] for row in found]


def table(client, address):
    """The cells of a CSV."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert "attachment" in answer["Content-Disposition"]
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_a_week_is_told_in_a_figure_and_compared_up_to_the_same_moment(editor, known):
    page = opened(editor, WEEK)
    assert text_of(page, ".stats-figure") == "150 reads so far"
    assert text_of(page, "#period-heading") == "23–29 November 2026"
    assert text_of(
        page, ".stats-compared"
    ) == "25\N{NO-BREAK SPACE}% more than the week before up to Thursday, 14:00: 150 against 120.".replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert text_of(page, ".stats-tabs [aria-current]") == "Week"


def test_the_week_before_is_drawn_behind_and_what_is_to_come_has_no_bar(editor, known):
    page = opened(editor, WEEK)
    assert len(page.css(".graph .graph__slot")) == 7
    assert len(page.css(".graph .graph__bar")) == 3
    assert len(page.css(".graph .graph__behind")) == 3
    assert len(page.css(".graph .graph__bar--running")) == 1
    numbers = [[cell.text() for cell in row.css("th, td")] for row in page.css(".graph__numbers tbody tr")]
    assert numbers[0] == ["Monday, 23 November 2026", "100", "60"]
    assert numbers[3] == ["Thursday, 26 November 2026", "20 so far", "0"]
    assert numbers[4] == ["Fri, still to come", "", "500"]
    assert text_of(page, ".graph__summary") == "The most, 100, on Monday, 23 November."


def test_every_table_has_its_reads_its_share_and_its_change(editor, known):
    page = opened(editor, WEEK)
    assert rows(page, "posts") == [
        ["The strait", "120", "80 %", "+67 %"],
        ["<b>قصة</b> & more", "30", "20 %", "−50 %"],
    ]
    assert rows(page, "sources") == [
        ["Direct", "50", "33 %", "−42 %"],
        ["Search", "40", "27 %", "−33 %"],
        ["Social networks", "30", "20 %", "new"],
        ["Other sites", "25", "17 %", "new"],
        ["Our newsletter", "5", "3 %", ""],
    ]
    assert rows(page, "hosts") == [["news.example.org", "25", "17 %", "new"]]
    assert rows(page, "categories") == [["Iran", "120", "80 %", "+67 %"]]
    assert rows(page, "authors") == [["Ada Writer", "120", "80 %", "+67 %"], ["Bo", "30", "20 %", "−50 %"]]
    assert rows(page, "tags") == [["oil", "120", "80 %", "+67 %"]]


def test_the_first_time_that_anything_was_counted_calls_nothing_new(editor, known):
    page = opened(editor, f"{SITE}?period=year")
    assert "Nothing was counted before" in text_of(page, ".stats-compared")
    assert rows(page, "sources")[0] == ["Direct", "610", "79 %"]
    assert rows(page, "hosts") == [["news.example.org", "25", "3 %"]]
    assert page.css_first(".stats-changes") is None


@pytest.mark.parametrize(
    ("kind", "figure"),
    [("section", "120"), ("writer", "120"), ("tag", "120"), ("host", "25"), ("first", "120")],
)
def test_each_row_leads_to_its_own_screen_for_the_same_week(editor, known, kind, figure):
    thing = known.get(kind) or Tag.objects.get(name="oil")
    links = [link.attributes["href"] for link in opened(editor, WEEK).css(".stats-table th a")]
    name = str(thing)
    own = [
        link.attributes["href"]
        for link in opened(editor, WEEK).css(".stats-table th a")
        if link.text() == name
    ]
    assert own
    assert own[0] in links
    assert own[0].endswith("?period=week")
    page = opened(editor, own[0])
    assert text_of(page, ".stats-figure") == f"{figure} reads so far"
    assert name in text_of(page, "h1")


def test_a_referring_site_shows_the_posts_it_sent_readers_to(editor, known):
    address = reverse("admin:posts_referringhost_statistics", args=[known["host"].pk])
    assert rows(opened(editor, f"{address}?period=week"), "posts") == [["The strait", "25", "100 %"]]
    assert "whole days are kept" in opened(editor, f"{address}?period=day&on=2026-11-23").text()


def test_a_post_shows_its_sources_and_sites_of_its_whole_life_and_of_a_week(editor, known):
    address = reverse("admin:posts_post_statistics", args=[known["first"].pk])
    life = opened(editor, address)
    assert text_of(life, ".stats-tabs [aria-current]") == "Whole life"
    assert rows(life, "sources")[0] == ["Search", "100", "56 %"]
    assert rows(life, "hosts") == [["news.example.org", "25", "14 %"]]
    assert text_of(opened(editor, f"{address}?period=week"), ".stats-figure") == "120 reads so far"
    assert table(editor, f"{address}sources.csv")[1][:2] == ["Search", "100"]
    assert table(editor, f"{address}hosts.csv?period=week")[1] == ["news.example.org", "25"]
    assert len(table(editor, f"{address}reads.csv")) == 4


def test_earlier_and_later_lead_from_week_to_week_and_end_where_the_reads_do(editor, known):
    page = opened(editor, WEEK)
    assert page.css_first("[rel=next]") is None
    address = page.css_first("[rel=prev]").attributes["href"]
    earlier = opened(editor, address)
    assert text_of(earlier, "#period-heading") == "16–22 November 2026"
    assert text_of(earlier, ".stats-figure") == "620 reads"
    assert "nothing yet to compare" in text_of(earlier, ".stats-compared")
    assert earlier.css_first("[rel=prev]") is None
    assert earlier.css_first("[rel=next]").attributes["href"] == WEEK
    assert [tab.text() for tab in earlier.css(".stats-tabs a")] == ["Day", "Week", "Month", "Year"]


def test_every_table_comes_whole_as_csv_and_no_cell_is_a_formula(editor, known):
    make_reads(make_post(title="=cmd|'/c calc'!A1", authors=[known["other"]]), 7)
    for n in range(12):
        make_reads(make_post(authors=[known["other"]], tags=[f"tag {n}"]), 1)
    tallies.add_up()
    posts = table(editor, f"{SITE}posts.csv?period=week")
    assert posts[:3] == [
        ["post", "address", "reads"],
        ["The strait", known["first"].permalink, "120"],
        ["<b>قصة</b> & more", known["second"].permalink, "30"],
    ]
    assert posts[3][0] == "'=cmd|'/c calc'!A1"
    assert len(posts) == 1 + 3 + 12
    assert len(rows(opened(editor, WEEK), "tags")) == 10
    assert len(table(editor, f"{SITE}tags.csv?period=week")) == 1 + 13
    assert table(editor, f"{SITE}reads.csv?period=week")[1] == ["2026-11-23", "100", "2026-11-16", "60"]
    assert table(editor, f"{SITE}sources.csv?period=week")[2] == ["Search", "40", "23.67", "40", "60"]
    for name in ("hosts", "categories", "authors"):
        assert len(table(editor, f"{SITE}{name}.csv?period=year")) > 1
    assert editor.get(f"{SITE}nonsense.csv").status_code == 404


@pytest.mark.parametrize("unit", ["day", "week", "month", "year"])
def test_where_nothing_has_been_read_a_sentence_says_so_and_what_to_do(editor, unit):
    page = opened(editor, f"{SITE}?period={unit}")
    assert "Nothing has been read yet." in page.text()
    assert page.css_first(".graph") is None
    assert page.css_first(".stats-table") is None
    section = make_category()
    address = reverse("admin:posts_category_statistics", args=[section.pk])
    assert "Nobody has read any of it yet." in opened(editor, f"{address}?period={unit}").text()


def test_a_quiet_week_says_so(editor, known):
    page = opened(editor, f"{SITE}?period=week&on=2026-11-04")
    assert (
        "Nobody read anything in this week. The oldest reads there are come from 16 November 2026."
        in text_of(page, ".stats-period")
    )
    quiet = reverse("admin:posts_tag_statistics", args=[Tag.objects.get(name="oil").pk])
    assert "16–22 November" in text_of(
        opened(editor, f"{quiet}?period=week&on=2026-11-17"), "#period-heading"
    )


@pytest.mark.parametrize(
    "query",
    [
        "?period=nonsense",
        "?period=week&on=nonsense",
        "?period=week&on=2026-02-31",
        "?period=week&on=9999-12-31",
        "?period=year&on=0001-01-01",
        "?period=month&on=1990-01-01",
        "?period=day&on=1990-01-01",
        "?period=week&period=day&on=%E2%88%9E",
        "?on=" + "9" * 5000,
    ],
)
def test_bad_input_falls_back_to_what_there_is(editor, known, query):
    for name in ("first", "section", "host"):
        thing = known[name]
        base = f"{thing._meta.app_label}_{thing._meta.model_name}_statistics"
        opened(editor, reverse(f"admin:{base}", args=[thing.pk]) + query)
    opened(editor, SITE + query)
    assert editor.get(f"{SITE}reads.csv{query}").status_code == 200


@pytest.mark.parametrize("word", ["category", "author", "tag", "site"])
@pytest.mark.parametrize("pk", ["0", "999999999", "9" * 30, "-1", "x"])
def test_what_is_not_there_is_not_found(editor, word, pk):
    assert editor.get(f"{SITE}{word}/{pk}/").status_code == 404
    assert editor.get(f"{SITE}{word}/{pk}/reads.csv").status_code == 404
    assert editor.post(SITE).status_code == 405


# Who may see what


def addresses(known):
    tag = Tag.objects.get(name="oil")
    return {
        "site": SITE,
        "now": f"{SITE}now/",
        "csv": f"{SITE}posts.csv",
        "category": reverse("admin:posts_category_statistics", args=[known["section"].pk]),
        "tag": reverse("admin:posts_tag_statistics", args=[tag.pk]),
        "host": reverse("admin:posts_referringhost_statistics", args=[known["host"].pk]),
        "own author": reverse("admin:authors_author_statistics", args=[known["writer"].pk]),
        "other author": reverse("admin:authors_author_statistics", args=[known["other"].pk]),
        "own post": reverse("admin:posts_post_statistics", args=[known["first"].pk]),
        "other post": reverse("admin:posts_post_statistics", args=[known["second"].pk]),
    }


@pytest.mark.parametrize(
    ("group", "signs", "seen"),
    [
        ("Editor", False, "all"),
        ("Administrator", False, "all"),
        ("Author", True, {"site": 302, "now": 200, "own author": 200, "own post": 200, "other post": 404}),
        ("Author", False, {"own post": 404, "other post": 404}),
        (None, False, {"own post": 404, "other post": 404}),
    ],
)
def test_each_group_sees_what_it_may(client, known, group, signs, seen):
    user = make_user(group=group)
    if signs:
        known["writer"].user = user
        known["writer"].save()
    client.force_login(user)
    codes = {name: client.get(address).status_code for name, address in addresses(known).items()}
    expected = dict.fromkeys(codes, 200) if seen == "all" else dict.fromkeys(codes, 403) | seen
    assert codes == expected
    assert ("/admin/posts/statistics/" in client.get("/admin/").content.decode()) is (seen == "all" or signs)


def test_nobody_sees_anything_before_signing_in(client, known):
    for address in addresses(known).values():
        assert client.get(address).status_code == 302
        assert "login" in client.get(address)["Location"]


def test_an_author_is_led_to_the_own_page_and_sees_the_own_posts(client, known):
    user = make_user(group="Author")
    known["writer"].user = user
    known["writer"].save()
    client.force_login(user)
    own = addresses(known)["own author"]
    assert client.get(WEEK)["Location"] == f"{own}?period=week"
    page = opened(client, f"{own}?period=week")
    assert rows(page, "posts") == [["The strait", "120", "100 %", "+67 %"]]
    assert page.css_first(".stats-table--hosts") is None


# Right now


def minute(post, reads, *, minutes=0, source="direct"):
    at = (NOW - timedelta(minutes=minutes)).replace(second=0, microsecond=0)
    ReadMinute.objects.create(post=post, minute=at, source=source, reads=reads)


def test_what_is_read_right_now_stands_on_the_screen_the_first_page_and_alone(editor, known):
    minute(known["first"], 7)
    minute(known["first"], 2, minutes=29, source="search")
    minute(known["second"], 4, minutes=3)
    minute(known["second"], 99, minutes=30)
    for address in (SITE, "/admin/", f"{SITE}now/"):
        page = opened(editor, address)
        assert text_of(page, ".live__figure") == "13 reads in the last 30 minutes"
        posts = [" ".join(item.text().split()) for item in page.css(".live__posts li")]
        assert posts == ["The strait 9 reads", "<b>قصة</b> & more 4 reads"]
        assert text_of(page, ".live__sources") == "From: direct 11, search 2."
        assert len(page.css(".live__picture .graph__bar")) == 3
    answer = editor.get(f"{SITE}now/")
    assert "<html" not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert opened(editor, SITE).css_first("[data-live]").attributes["data-live"] == f"{SITE}now/"


def test_an_author_is_shown_what_is_read_of_the_own_posts(client, known):
    minute(known["first"], 7)
    minute(known["second"], 4)
    user = make_user(group="Author")
    known["writer"].user = user
    known["writer"].save()
    client.force_login(user)
    assert text_of(opened(client, f"{SITE}now/"), ".live__figure") == "7 reads in the last 30 minutes"
    assert "Nobody has opened a post" not in opened(client, "/admin/").text()


def test_a_quiet_half_hour_says_so(editor):
    assert "Nobody has opened a post within half an hour" in opened(editor, f"{SITE}now/").text()


# What it costs


@pytest.mark.parametrize("unit", ["day", "week", "month", "year"])
def test_screens_cost_the_same_however_much_is_read(editor, known, unit, django_assert_max_num_queries):
    screens = [
        SITE,
        *(addresses(known)[name] for name in ("category", "own author", "tag", "host", "own post")),
    ]

    def cost(address):
        with django_assert_max_num_queries(24) as queries:
            opened(editor, f"{address}?period={unit}")
        return len(queries)

    minute(known["first"], 1)
    before = {address: cost(address) for address in screens}
    for n in range(4):
        post = make_post(authors=[known["writer"]], categories=[known["section"]], tags=["oil", f"tag {n}"])
        make_reads(post, 5, at=ago(days=n))
        minute(post, 1)
        sent(post, f"site{n}.example.org", 2, at=ago(days=n))
    tallies.add_up()
    assert {address: cost(address) for address in screens} == before


# The words


@pytest.mark.parametrize(
    ("now", "before", "short", "long"),
    [
        (112, 100, "+12 %", "12 % more than"),
        (88, 100, "−12 %", "12 % fewer than"),
        (100, 100, "±0", "As many as"),
        (1001, 1000, "±0", "About as many as"),
        (350, 100, "× 3.5", "3.5 times as many as"),
        (2_000_000, 100, "× 20,000", "20,000 times as many as"),
        (7, 4, "+3", "3 more than"),
        (0, 4, "−4", "4 fewer than"),
        (5, 0, "new", "5 more than"),
        (0, 0, "", "As many as"),
    ],
)
def test_changes_are_told_in_percent_in_numbers_or_as_times(now, before, short, long):
    assert words.short(Change(now, before)).replace("\N{NO-BREAK SPACE}", " ") == short
    assert words.difference(Change(now, before)).replace("\N{NO-BREAK SPACE}", " ") == long


@pytest.mark.parametrize(
    ("unit", "day", "name"),
    [
        ("day", date(2026, 11, 26), "Today, Thursday, 26 November 2026"),
        ("day", date(2026, 11, 25), "Yesterday, Wednesday, 25 November 2026"),
        ("day", date(2026, 3, 1), "Sunday, 1 March 2026"),
        ("week", date(2026, 11, 5), "2–8 November 2026"),
        ("week", date(2026, 11, 1), "26 October – 1 November 2026"),
        ("week", date(2026, 1, 1), "29 December 2025 – 4 January 2026"),
        ("month", date(2026, 3, 9), "March 2026"),
        ("year", date(2025, 3, 9), "2025"),
    ],
)
def test_periods_have_names(unit, day, name):
    assert words.heading(periods.Period(unit, day)) == name


# The ways there


@pytest.mark.parametrize("kind", ["section", "writer", "first"])
def test_the_forms_lead_to_the_statistics(editor, known, kind):
    thing = known[kind]
    base = f"admin:{thing._meta.app_label}_{thing._meta.model_name}"
    form = opened(editor, reverse(f"{base}_change", args=[thing.pk]))
    assert form.css_first(f'a[href="{reverse(f"{base}_statistics", args=[thing.pk])}"]')


def test_find_leads_to_the_statistics_of_what_is_named(client, known):
    def hits(typed):
        return [hit["label"] for hit in client.get("/admin/find/hits/", {"q": typed}).json()["hits"]]

    client.force_login(make_user(group="Editor"))
    assert {"Statistics: this week", "Statistics: today", "Statistics"} <= set(hits("statistics"))
    assert "news.example.org" in hits("statistics of news.ex")
    assert "Iran" in hits("stats iran")
    assert "Ada Writer" in hits("reads ada")
    client.force_login(make_user(group="Author"))
    assert not [
        name for name in hits("statistics") + hits("stats news.ex") if not name.startswith("Posts with")
    ]
