import json
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest
from django.utils import timezone

from tests.factories import make_author, make_category, make_image, make_post

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
SHARED = next(
    (parent / "shared/data/feeds" for parent in ROOT.parents if (parent / "shared/data/feeds").is_dir()), None
)


@pytest.fixture
def published():
    """Two posts worth a feed: signs that XML minds, two authors, a picture, links, Arabic."""
    energy = make_category("Energy & Water", slug="energy")
    make_post(
        title="Oil < water & “salt”",
        body='<p>See <a href="/about/">about</a> &amp; more \u202b\u0633\u0644\u0627\u0645</p>',
        authors=[make_author(name="Ada O’Neil", slug="ada"), make_author(name="Bo Li")],
        categories=[energy],
        tags=["oil"],
        lead_image=make_image(),
    )
    make_post(title="", slug="untitled", language="ar", authors=0, body="<p>text</p>")
    make_post(title="Still to come", published_at=timezone.now() + timedelta(days=1))


PREFIXES = ["/", "/category/energy/", "/tag/oil/", "/author/ada/"]


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("form", ["", "atom/"])
def test_a_feed_is_well_formed_and_whole(client, published, prefix, form):
    answer = client.get(f"{prefix}feed/{form}")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    entry = next(entry for entry in feed.entries if "salt" in entry.title)
    assert entry.title == "Oil < water & “salt”"
    assert 'href="http://127.0.0.1:8000/about/"' in entry.content[0].value
    assert [author.name for author in entry.authors] == ["Ada O’Neil", "Bo Li"]
    assert entry.tags[0].term == "Energy & Water"
    assert entry.enclosures[0].href.startswith("http://127.0.0.1:8000/media/")
    assert "Still to come" not in answer.content.decode()


@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_json_feed_holds_the_same(client, published, prefix):
    feed = json.loads(client.get(f"{prefix}feed/json/").content)
    entry = next(entry for entry in feed["items"] if "salt" in entry["title"])
    assert [author["name"] for author in entry["authors"]] == ["Ada O’Neil", "Bo Li"]
    assert "http://127.0.0.1:8000/about/" in entry["content_html"]


def test_a_feed_answers_304_while_nothing_changed(client, published):
    etag = client.get("/feed/")["ETag"]
    assert client.get("/feed/", headers={"If-None-Match": etag}).status_code == 304
    make_post()
    assert client.get("/feed/", headers={"If-None-Match": etag}).status_code == 200


def test_a_feed_costs_the_same_few_queries_however_many_posts(client, django_assert_max_num_queries):
    for _ in range(5):
        make_post(authors=2, categories=[make_category()], lead_image=make_image())
    with django_assert_max_num_queries(5):
        client.get("/feed/")


@pytest.mark.skipif(
    not SHARED or not shutil.which("xmllint"), reason="needs the schemas of shared/data and xmllint"
)
@pytest.mark.parametrize(
    ("path", "schema"),
    [("/sitemap.xml", "siteindex.xsd"), ("/sitemap-sections.xml", "sitemap.xsd"), ("year", "sitemap.xsd")],
)
def test_sitemaps_follow_their_schema(client, published, tmp_path, path, schema):
    path = f"/sitemap-{timezone.localdate().year}.xml" if path == "year" else path
    file = tmp_path / "sitemap.xml"
    file.write_bytes(client.get(path).content)
    check = subprocess.run(["xmllint", "--noout", "--schema", SHARED / schema, file], capture_output=True)
    assert check.returncode == 0, check.stderr.decode()


def test_the_news_sitemap_lists_two_days_and_no_more(client):
    make_post(title="Of today & now")
    make_post(title="Of last week", published_at=timezone.now() - timedelta(days=7))
    text = client.get("/sitemap-news.xml").content.decode()
    assert "Of today &amp; now" in text
    assert "Of last week" not in text


def test_the_sitemap_names_each_year_with_posts(client):
    make_post(published_at=timezone.now().replace(year=2003, month=6, day=15))
    text = client.get("/sitemap.xml").content.decode()
    assert "/sitemap-2003.xml" in text
    assert "/sitemap-2004.xml" not in text
    assert client.get("/sitemap-2004.xml").status_code == 404


def test_robots_name_the_sitemaps(client):
    text = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in text


@pytest.mark.parametrize(
    "path", ["/feed/rss2/", "/feed/rdf/", "/comments/feed/", "/rss/", "/?feed=rss2", "/?feed=atom"]
)
def test_wordpress_feed_addresses_lead_to_todays(client, path):
    answer = client.get(path)
    assert answer.status_code == 301
    assert client.get(answer["Location"]).status_code == 200


def test_a_missing_slash_is_added(client):
    assert client.get("/feed")["Location"] == "/feed/"
