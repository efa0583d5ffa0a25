"""The archives: counts that PostgreSQL keeps, months in the publication's zone, days of the calendar, who signs."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import Count
from django.db.models.functions import TruncDate, TruncMonth
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from posts import archive, publishing
from posts.models import Post, PublishedDay, Tag
from tests.factories import make_author, make_category, make_post

NOON = datetime(2016, 10, 4, 12, tzinfo=UTC)


def opened(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return LexborHTMLParser(response.content.decode())


def links(html, selector):
    return [link.attributes["href"] for link in html.css(selector)]


def kept_days():
    return dict(PublishedDay.objects.exclude(posts=0).values_list("day", "posts"))


def counted_days():
    published = Post.objects.filter(status="published").order_by()
    return dict(
        published.annotate(day=TruncDate("published_at", tzinfo=UTC)).values_list("day").annotate(Count("pk"))
    )


def counted_months():
    published = Post.objects.published().order_by()
    months = published.annotate(month=TruncMonth("published_at")).values_list("month").annotate(Count("pk"))
    return {month.date(): posts for month, posts in months}


def make_history(start=datetime(2014, 12, 20, tzinfo=UTC), hours=61, posts=60):
    """Posts every `hours`, some of them in the hours around the turn of a month."""
    for number in range(posts):
        make_post(authors=0, published_at=start + timedelta(hours=number * hours))


@pytest.mark.django_db
def test_the_kept_counts_are_true_through_every_kind_of_write():
    make_history(posts=8)
    first, second, third, *others = Post.objects.order_by("pk")
    later = timezone.now() + timedelta(days=40)
    steps = [
        lambda: publishing.withdraw(first),
        lambda: make_post(status="draft"),
        lambda: make_post(published_at=later),
        lambda: Post.objects.filter(pk=second.pk).update(published_at=NOON),
        lambda: Post.objects.filter(pk=second.pk).update(title="The same day"),
        lambda: Post.objects.update(published_at=NOON),
        lambda: Post.objects.bulk_create(
            Post(
                title=f"Many {n}",
                slug=f"many-{n}",
                status="published",
                published_at=NOON,
                permalink=f"/many-{n}",
            )
            for n in range(5)
        ),
        lambda: third.delete(),
        lambda: Post.objects.filter(pk__in=[post.pk for post in others]).delete(),
        lambda: connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE posts_post CASCADE"),
    ]
    for step in steps:
        step()
        assert kept_days() == counted_days()
    assert kept_days() == {}


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_across_the_same_days_neither_block_for_ever_nor_lose_a_count():
    days = [NOON, NOON + timedelta(days=30)]
    drafts = [make_post(status="draft", authors=0, published_at=day) for day in [*days, *reversed(days)]]
    together, failed = threading.Barrier(2), []

    def publish(pair):
        try:
            together.wait(10)
            with transaction.atomic():
                for post in pair:
                    Post.objects.filter(pk=post.pk).update(status="published")
                    connection.cursor().execute("SELECT pg_sleep(0.1)")
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=publish, args=[pair]) for pair in (drafts[:2], drafts[2:])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert kept_days() == {day.date(): 2 for day in days}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "zone", ["America/New_York", "UTC", "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Marquesas"]
)
def test_months_are_true_in_whatever_zone_the_publication_moves_to(settings, zone):
    settings.TIME_ZONE = zone
    make_history(hours=13, posts=90)
    make_post(published_at=datetime(2016, 11, 1, 2, tzinfo=UTC))
    make_post(published_at=timezone.now() + timedelta(days=2))
    make_post(published_at=timezone.now() + timedelta(minutes=5))
    make_post(published_at=timezone.now() - timedelta(minutes=5))
    assert archive.posts_by_month() == counted_months()


@pytest.mark.django_db
@pytest.mark.parametrize("now", ["2016-11-01T02:00Z", "2016-11-01T06:00Z", "2016-11-02T00:00Z"])
def test_a_month_counts_what_has_come_out_when_it_has_just_begun(now):
    with time_machine.travel(now, tick=False):
        for hours in (-30, -5, -3, -1, 0, 1, 30):
            make_post(published_at=timezone.now() + timedelta(hours=hours))
        assert archive.posts_by_month() == counted_months()


@pytest.mark.django_db
def test_the_grid_shows_every_month_with_its_posts_and_every_year_with_its_total(client):
    make_post(published_at=datetime(2016, 11, 1, 2, tzinfo=UTC))  # still October in New York
    make_post(published_at=NOON)
    make_post(published_at=datetime(2001, 1, 15, tzinfo=UTC))
    html = opened(client, "/archives/")
    rows = [row.text(separator=" ").split() for row in html.css(".year-grid tbody tr")]
    assert rows == [
        ["2016", "2", "posts", "October", "2016:", "2"],
        ["2001", "1", "post", "January", "2001:", "1"],
    ]
    assert links(html, ".year-grid__link") == ["/2016/10/", "/2001/01/"]
    assert "/on-this-day/" in links(html, ".list-head__links a")


@pytest.mark.django_db
def test_the_fullest_month_is_the_darkest():
    make_history(start=datetime(2016, 10, 1, 12, tzinfo=UTC), hours=24, posts=33)
    (year,) = archive.years()
    assert [month.shade for month in year.months] == [0] * 9 + [archive.SHADES, 1, 0]


@pytest.mark.django_db
def test_a_year_and_a_month_lead_to_those_beside_them_that_have_posts(client):
    for year, month in [(2012, 3), (2016, 10), (2016, 12), (2019, 1)]:
        make_post(published_at=datetime(year, month, 15, 12, tzinfo=UTC))
    assert links(opened(client, "/2016/"), ".beside a") == ["/2012/", "/2019/"]
    assert links(opened(client, "/2016/12/"), ".beside a") == ["/2016/10/", "/2019/01/"]
    assert links(opened(client, "/2012/"), ".beside a") == ["/2016/"]
    assert links(opened(client, "/2016/"), ".list-head__links a") == ["/2016/10/", "/2016/12/"]


@pytest.mark.django_db
def test_a_day_of_the_calendar_shows_every_year_newest_first(client):
    for year in (2003, 2016, 2011):
        make_post(title=f"From {year}", published_at=datetime(year, 11, 22, 17, tzinfo=UTC))
    make_post(title="Late in the evening", published_at=datetime(2016, 11, 23, 4, 59, tzinfo=UTC))
    make_post(title="A day later", published_at=datetime(2016, 11, 23, 5, 0, tzinfo=UTC))
    make_post(title="Not out", status="draft", published_at=datetime(2010, 11, 22, 17, tzinfo=UTC))
    html = opened(client, "/on-this-day/11-22/")
    assert [year.text() for year in html.css(".day-year__title")] == ["2016", "2011", "2003"]
    assert [line.text() for line in html.css(".line__title")] == [
        "Late in the evening",
        "From 2016",
        "From 2011",
        "From 2003",
    ]
    assert links(html, ".beside a") == ["/on-this-day/11-21/", "/on-this-day/11-23/"]


@pytest.mark.django_db
def test_a_crowded_day_shows_its_newest_posts_and_leads_to_the_month(client):
    for minute in range(archive.ON_ONE_DAY + 3):
        make_post(title=f"Post {minute}", published_at=NOON + timedelta(minutes=minute))
    html = opened(client, "/on-this-day/10-04/")
    titles = [line.text() for line in html.css(".line__title")]
    assert titles[0] == f"Post {archive.ON_ONE_DAY + 2}"
    assert len(titles) == archive.ON_ONE_DAY
    assert links(html, ".day-year__title a") == ["/2016/10/"]


@pytest.mark.django_db
def test_the_29th_of_february_has_a_page_of_its_leap_years(client):
    for day in (date(2012, 2, 29), date(2013, 2, 28), date(2013, 3, 1), date(2016, 2, 29)):
        make_post(published_at=datetime(day.year, day.month, day.day, 17, tzinfo=UTC))
    html = opened(client, "/on-this-day/02-29/")
    assert [year.text() for year in html.css(".day-year__title")] == ["2016", "2012"]
    assert links(html, ".beside a") == ["/on-this-day/02-28/", "/on-this-day/03-01/"]
    assert links(opened(client, "/on-this-day/12-31/"), ".beside a")[1] == "/on-this-day/01-01/"
    assert links(opened(client, "/on-this-day/01-01/"), ".beside a")[0] == "/on-this-day/12-31/"


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["02-30", "13-01", "00-10", "04-31", "4-1", "٠٤-٠١", "04-00"])
def test_a_day_that_no_calendar_has_is_not_found(client, day):
    html = opened(client, f"/on-this-day/{day}/", 404)
    assert html.css_first("h1").text() == "There is no such page"


@pytest.mark.django_db
def test_a_day_without_posts_says_so_and_stays_out_of_search_engines(client):
    html = opened(client, "/on-this-day/10-05/")
    assert "Nothing has been published on this day" in html.css_first(".empty").text()
    assert html.css_first("meta[name=robots]").attributes["content"] == "noindex"


@pytest.mark.django_db
def test_today_is_the_publications_own_and_no_cache_keeps_it_past_midnight(client):
    for now, day in [("2026-11-23T04:59Z", "11-22"), ("2026-11-23T05:01Z", "11-23")]:
        with time_machine.travel(now, tick=False):
            answer = client.get("/on-this-day/")
        assert (answer.status_code, answer["Location"]) == (302, f"/on-this-day/{day}/")
        assert "no-store" in answer["Cache-Control"]
        assert "ETag" not in answer


@pytest.mark.django_db
def test_a_category_shows_the_whole_way_down_to_it(client):
    world = make_category("World", slug="world")
    region = make_category("Middle East", slug="middle-east", parent=world)
    gulf = make_category("The Gulf", slug="gulf", parent=region, introduction="<p>Of pearls and oil.</p>")
    make_post(categories=[gulf])
    html = opened(client, "/category/world/middle-east/gulf/")
    assert links(html, ".crumbs a") == ["/category/world/", "/category/world/middle-east/"]
    assert "Of pearls and oil." in html.css_first(".list-head__introduction").text()
    machine = html.css_first("script[type='application/ld+json']").text()
    assert all(f'"name": "{name}"' in machine for name in ("World", "Middle East", "The Gulf"))
    top = opened(client, "/category/world/")
    assert not top.css(".crumbs")
    assert links(top, ".list-head__links a") == ["/category/world/middle-east/"]


@pytest.mark.django_db
def test_a_tag_names_the_tags_most_often_beside_it_on_posts_readers_can_see(client):
    for beside in (["water"], ["water", "senate"], ["water", "senate"], ["court"]):
        make_post(tags=["oil", *beside])
    make_post(tags=["oil", "secret"], status="draft")
    make_post(tags=["poems"])
    html = opened(client, Tag.objects.get(name="oil").get_absolute_url())
    assert [link.text() for link in html.css(".list-head__related a")] == ["water", "senate", "court"]
    alone = opened(client, Tag.objects.get(name="poems").get_absolute_url())
    assert not alone.css(".list-head__related")


@pytest.mark.django_db
def test_everyone_who_signs_is_listed_by_last_name(client):
    for name in ("Zoë Abel", "Aaron Çelik", "Ann Carver", "Bo", "7iber"):
        make_post(authors=[make_author(name=name)])
    make_post(authors=[make_author(name="Not Yet")], status="draft")
    html = opened(client, "/authors/")
    assert [letter.text() for letter in html.css(".letter__title")] == ["0–9", "A", "B", "C"]
    assert [link.text() for link in html.css(".letter__link")] == [
        "7iber",
        "Zoë Abel",
        "Bo",
        "Ann Carver",
        "Aaron Çelik",
    ]


@pytest.mark.django_db
def test_an_author_index_without_authors_says_what_to_do(client):
    assert opened(client, "/authors/").css_first(".empty a")
