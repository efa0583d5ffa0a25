import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from posts import publishing, sitemaps
from posts.models import Post, Tag
from tests.factories import make_author, make_category, make_page, make_post

pytestmark = pytest.mark.django_db
SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"
SITE = "http://127.0.0.1:8000"
LONG_AGO = datetime(2003, 6, 15, 12, tzinfo=UTC)


@pytest.fixture
def published():
    energy = make_category("Energy & Water", slug="energy")
    post = make_post(authors=[make_author(slug="ada")], categories=[energy], tags=["oil", "ماء"])
    Post.objects.filter(pk=post.pk).update(updated_at=post.published_at + timedelta(minutes=5))
    old = make_post(slug="سلام-&", published_at=LONG_AGO)
    Post.objects.filter(pk=old.pk).update(updated_at=LONG_AGO)
    make_post(title="Still to come", published_at=timezone.now() + timedelta(days=400))
    make_page(slug="about")


def entries(client, path):
    """{address: its lastmod or None} of a sitemap or an index."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    found = {}
    for entry in ElementTree.fromstring(answer.content):
        values = {child.tag.partition("}")[2]: child.text for child in entry}
        found[values["loc"].removeprefix(SITE)] = values.get("lastmod")
    return found


@pytest.mark.skipif(not shutil.which("xmllint"), reason="needs xmllint")
def test_every_part_the_index_names_follows_the_schema(client, published, tmp_path):
    parts = {"siteindex.xsd": ["/sitemap.xml"], "sitemap.xsd": list(entries(client, "/sitemap.xml"))}
    assert len(parts["sitemap.xsd"]) == 5
    for schema, paths in parts.items():
        files = []
        for path in paths:
            files.append(tmp_path / path[1:])
            files[-1].write_bytes(client.get(path).content)
        check = subprocess.run(
            ["xmllint", "--noout", "--schema", SCHEMAS / schema, *files], capture_output=True, text=True
        )
        assert check.returncode == 0, check.stderr


def test_the_index_names_each_year_with_posts_and_when_one_changed_last(client, published):
    parts = entries(client, "/sitemap.xml")
    assert parts["/sitemap-2003.xml"] == "2003-06-15T12:00:00+00:00"
    assert "/sitemap-2004.xml" not in parts
    assert client.get("/sitemap-2004.xml").status_code == 404
    year = timezone.localdate(Post.objects.published().newest_first()[0].published_at).year
    assert parts[f"/sitemap-{year}.xml"] == parts["/sitemap-sections.xml"] == parts["/sitemap-tags.xml"]


def test_nothing_empty_is_named(client):
    assert list(entries(client, "/sitemap.xml")) == ["/sitemap-sections.xml"]
    for path in ("/sitemap-pages.xml", "/sitemap-tags.xml"):
        assert client.get(path).status_code == 404


def test_an_entry_says_when_it_changed_last(client, published):
    post = Post.objects.published().newest_first()[0]
    changed = (post.published_at + timedelta(minutes=5)).isoformat(timespec="seconds")
    assert entries(client, f"/sitemap-{timezone.localdate(post.published_at).year}.xml") == {
        post.permalink: changed
    }
    sections = entries(client, "/sitemap-sections.xml")
    assert sections["/"] == sections["/category/energy/"] == sections["/author/ada/"] == changed
    assert entries(client, "/sitemap-tags.xml")["/tag/oil/"] == changed


def test_addresses_are_written_as_addresses(client, published):
    (path,) = entries(client, "/sitemap-2003.xml")
    assert path == "/2003/06/%D8%B3%D9%84%D8%A7%D9%85-&.html"
    assert client.get(path).status_code == 200
    assert b"&amp;.html</loc>" in client.get("/sitemap-2003.xml").content


def test_a_full_year_is_split_and_each_part_dated(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "PART_LENGTH", 2)
    for day in range(5):
        make_post(slug=f"day-{day}", published_at=LONG_AGO + timedelta(days=day), tags=[f"tag {day}"])
    Post.objects.update(updated_at=LONG_AGO)
    parts = entries(client, "/sitemap.xml")
    assert [path for path in parts if "2003" in path] == [
        "/sitemap-2003.xml",
        "/sitemap-2003-2.xml",
        "/sitemap-2003-3.xml",
    ]
    assert parts["/sitemap-2003-2.xml"] == "2003-06-18T12:00:00+00:00"
    assert [path[-10:] for path in entries(client, "/sitemap-2003-3.xml")] == ["day-4.html"]
    for path in ("/sitemap-2003-4.xml", "/sitemap-2003-0.xml"):
        assert client.get(path).status_code == 404


def test_each_tag_in_use_stands_in_one_part_that_the_index_names(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "PART_LENGTH", 2)
    names = [f"tag-{number}" for number in range(5)]
    make_post(tags=names)
    Tag.objects.bulk_create(Tag(name=f"unused {number}", slug=f"unused-{number}") for number in range(5))
    make_post(published_at=timezone.now() + timedelta(days=1), tags=["to come"])
    parts = [path for path in entries(client, "/sitemap.xml") if "tags" in path]
    assert 3 <= len(parts) <= 4
    found = [address for path in parts for address in entries(client, path)]
    assert found == [f"/tag/{name}/" for name in names]
    assert client.get("/sitemap-tags-999999.xml").status_code == 404


def test_a_withdrawn_post_leaves_the_dates_it_gave(client, published):
    newest = Post.objects.published().newest_first()[0]
    year = timezone.localdate(newest.published_at).year
    make_post(slug="second", published_at=newest.published_at - timedelta(minutes=1))
    Post.objects.filter(slug="second").update(updated_at=LONG_AGO)
    publishing.withdraw(newest)
    at = (newest.published_at - timedelta(minutes=1)).isoformat(timespec="seconds")
    assert entries(client, "/sitemap.xml")[f"/sitemap-{year}.xml"] == at


@pytest.mark.parametrize("deed", ["changed", "gone"])
def test_the_day_of_a_post_long_ago_knows_when_it_changed_last(deed, client, published):
    old = Post.objects.get(published_at=LONG_AGO)
    other = make_post(published_at=LONG_AGO + timedelta(hours=1))
    Post.objects.filter(pk=other.pk).update(updated_at=LONG_AGO + timedelta(days=50))
    assert entries(client, "/sitemap.xml")["/sitemap-2003.xml"] == "2003-08-04T12:00:00+00:00"
    if deed == "changed":
        Post.objects.filter(pk=old.pk).update(updated_at=LONG_AGO + timedelta(days=60))
        assert entries(client, "/sitemap.xml")["/sitemap-2003.xml"] == "2003-08-14T12:00:00+00:00"
    else:
        other.delete()
        assert entries(client, "/sitemap.xml")["/sitemap-2003.xml"] == "2003-06-15T12:00:00+00:00"


def test_the_index_and_a_year_cost_a_few_queries(client, published, django_assert_max_num_queries):
    for path, most in (
        ("/sitemap.xml", 4),
        ("/sitemap-2003.xml", 2),
        ("/sitemap-sections.xml", 4),
        ("/sitemap-tags.xml", 2),
    ):
        with django_assert_max_num_queries(most):
            client.get(path)


def test_the_news_are_two_days_and_no_more_and_name_the_publication(client):
    make_post(title="Of today & \x01now", language="fa")
    make_post(title="Of last week", published_at=timezone.now() - timedelta(days=7))
    make_post(title="Still to come", published_at=timezone.now() + timedelta(hours=1))
    root = ElementTree.fromstring(client.get("/sitemap-news.xml").content)
    news = "{http://www.google.com/schemas/sitemap-news/0.9}"
    assert [title.text for title in root.iter(f"{news}title")] == ["Of today & now"]
    assert [name.text for name in root.iter(f"{news}name")] == ["Informed Comment"]
    assert [language.text for language in root.iter(f"{news}language")] == ["fa"]
    (date,) = (date.text for date in root.iter(f"{news}publication_date"))
    assert datetime.fromisoformat(date).tzinfo


def test_the_news_are_at_most_a_thousand(client, monkeypatch):
    assert sitemaps.NEWS_LENGTH == 1000
    monkeypatch.setattr(sitemaps, "NEWS_LENGTH", 2)
    newest = [make_post(published_at=timezone.now() - timedelta(hours=hour)).permalink for hour in (1, 2, 3)]
    assert list(entries(client, "/sitemap-news.xml")) == newest[:2]


def test_robots_name_the_sitemaps(client):
    text = client.get("/robots.txt").content.decode()
    named = re.findall(rf"^Sitemap: {SITE}(\S+)$", text, re.M)
    assert named == ["/sitemap.xml", "/sitemap-news.xml"]
    assert all(client.get(path).status_code == 200 for path in named)
