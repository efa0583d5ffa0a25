import json
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from images import renditions
from posts import publishing
from posts.models import Byline, Post
from tests.factories import make_author, make_category, make_image, make_post

pytestmark = pytest.mark.django_db
SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"
SITE = "http://127.0.0.1:8000"
PREFIXES = ["/", "/category/energy/", "/tag/oil/", "/author/ada/"]


@pytest.fixture
def published():
    """Two posts worth a feed: signs that XML minds, two authors, a picture, links, Arabic; and one for later."""
    energy = make_category("Energy & Water", slug="energy")
    image = make_image(caption="The river", credit="A. Person")
    renditions.make(image)
    make_post(
        title="Oil < water & “salt”",
        body='<p>See <a href="/about/">about</a> &amp; more \u202b\u0633\u0644\u0627\u0645</p>',
        authors=[make_author(name="Ada O’Neil", slug="ada"), make_author(name="Bo Li")],
        categories=[energy],
        tags=["oil"],
        lead_image=image,
    )
    make_post(title="", slug="untitled", language="ar", authors=0, body="<p>text</p>")
    make_post(title="Still to come", published_at=timezone.now() + timedelta(days=1))


@pytest.fixture
def odd():
    """Posts that come in from elsewhere as no editor would write them."""
    signs = "a\x01b\x0b]]>\ufffe\uffff 🚢 \u202eevil\u202c <![CDATA["
    author = make_author(name=signs, slug="odd")
    section = make_category(signs, slug="odd")
    image = make_image(alt=signs, credit=signs, caption=signs)
    post = make_post(
        title=signs,
        standfirst=signs,
        authors=[author],
        categories=[section],
        tags=["\x02]]>"],
        lead_image=image,
        video_url="https://youtu.be/abcdefghijk",
        video_title=signs,
    )
    Post.objects.filter(pk=post.pk).update(feed_id="https://old.example/?p=1&x=]]>")
    make_post(title=signs, body=f"<p>{signs}</p><p><a href='http://['>broken</a></p>", standfirst="")
    make_post(title="Nothing in it", slug="nothing", body="", standfirst="", authors=0)
    make_post(
        title="سلام و مرحبا",
        slug="سلام",
        language="fa",
        body="<p>متن <em>کج</em></p>",
        lead_image=make_image(),
    )
    return post


def entries(client, path="/feed/"):
    feed = feedparser.parse(client.get(path).content)
    assert not feed.bozo, feed.get("bozo_exception")
    return feed.entries


def item(client, path="/feed/json/"):
    return json.loads(client.get(path).content)["items"][0]


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("form", ["", "atom/"])
def test_a_feed_is_well_formed_and_whole(client, published, prefix, form):
    answer = client.get(f"{prefix}feed/{form}")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    entry = next(entry for entry in feed.entries if "salt" in entry.title)
    assert entry.title == "Oil < water & “salt”"
    assert f'href="{SITE}/about/"' in entry.content[0].value
    assert [author.name for author in entry.authors] == ["Ada O’Neil", "Bo Li"]
    assert [tag.term for tag in entry.tags] == ["Energy & Water", "oil"]
    assert entry.enclosures[0].href.startswith(f"{SITE}/media/images/")
    assert "Still to come" not in answer.content.decode()
    assert any(link.rel == "self" and link.href == f"{SITE}{prefix}feed/{form}" for link in feed.feed.links)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_json_feed_holds_the_same(client, published, prefix):
    feed = json.loads(client.get(f"{prefix}feed/json/").content)
    entry = next(entry for entry in feed["items"] if "salt" in entry["title"])
    assert [author["name"] for author in entry["authors"]] == ["Ada O’Neil", "Bo Li"]
    assert entry["tags"] == ["Energy & Water", "oil"]
    assert f"{SITE}/about/" in entry["content_html"]
    assert entry["image"].startswith(f"{SITE}/media/renditions/")
    assert feed["feed_url"] == f"{SITE}{prefix}feed/json/"


@pytest.mark.parametrize("form", ["", "atom/"])
def test_odd_signs_leave_a_feed_well_formed(client, odd, form):
    found = {entry.title: entry for entry in entries(client, f"/feed/{form}")}
    assert len(found) == 3  # two share a title
    entry = found["ab]]> 🚢 \u202eevil\u202c <![CDATA["]
    assert entry.content[0].value
    assert "Nothing in it" in found
    persian = found["سلام و مرحبا"].content[0].value
    assert LexborHTMLParser(persian).css_first("div[lang]").attributes == {"lang": "fa", "dir": "rtl"}


def test_odd_signs_leave_the_json_feed_readable(client, odd):
    titles = [entry["title"] for entry in json.loads(client.get("/feed/json/").content)["items"]]
    assert "سلام و مرحبا" in titles


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(command, marks=pytest.mark.skipif(not shutil.which(command[0]), reason="not installed"))
        for command in (["xmllint", "--noout", "--relaxng", "atom.rng"], ["jing", "-c", "atom.rnc"])
    ],
    ids=lambda command: command[0],
)
def test_atom_follows_its_schema(client, published, odd, tmp_path, command):
    make_category("Empty", slug="empty")
    files = []
    for prefix in [*PREFIXES, "/category/empty/", "/author/odd/"]:
        files.append(tmp_path / f"{len(files)}.xml")
        files[-1].write_bytes(client.get(f"{prefix}feed/atom/").content)
    check = subprocess.run([*command, *files], cwd=SCHEMAS, capture_output=True, text=True)
    assert check.returncode == 0, check.stdout + check.stderr


def test_a_picture_comes_with_its_true_type_and_length(client):
    image = make_image()
    make_post(lead_image=image)
    (entry,) = entries(client)
    (enclosure,) = entry.enclosures
    assert (enclosure.type, int(enclosure.length)) == ("image/jpeg", image.file.size)
    (picture,) = entry.media_content
    assert (picture["width"], picture["height"], picture["medium"]) == ("1200", "800", "image")


def test_a_picture_whose_file_is_gone_breaks_no_feed(client):
    image = make_image()
    image.file.storage.delete(image.file.name)
    make_post(lead_image=image)
    assert not entries(client)[0].enclosures


def test_the_body_names_one_picture_in_full_with_its_size(client):
    image = make_image()
    renditions.make(image)
    make_post(
        body=f'<figure class="image"><img data-image="{image.pk}" src="{image.file.url}"><figcaption>Seen</figcaption></figure>'
        '<p><img src="https://other.example/a.jpg" alt="A boat"> <img></p>'
    )
    body = LexborHTMLParser(item(client)["content_html"])
    (shown,) = body.css("img")
    assert shown.attributes["src"].startswith(f"{SITE}/media/renditions/")
    assert shown.attributes["src"].endswith("-1200.jpg")
    assert (shown.attributes["width"], shown.attributes["alt"]) == ("1200", "A river at dusk")
    assert body.css_first("a[href='https://other.example/a.jpg']").text() == "Picture: A boat"


def test_the_pictures_of_all_bodies_take_one_question(client, django_assert_max_num_queries):
    for _ in range(4):
        image = make_image()
        make_post(
            authors=2,
            categories=[make_category()],
            tags=["a", "b"],
            lead_image=image,
            body=f'<p><img data-image="{image.pk}" src="{image.file.url}"></p>',
        )
    with django_assert_max_num_queries(7):
        client.get("/feed/")


def test_an_embed_is_a_link_with_its_title_and_words(client):
    make_post(
        body='<figure class="embed" data-provider="youtube" data-embed="abcdefghijk">'
        '<a href="https://youtu.be/abcdefghijk">A film</a><figcaption>By <em>Ada</em></figcaption></figure>'
        '<figure class="embed" data-provider="x" data-embed="1"><a href="https://x.com/ada/status/1">Ada</a>'
        "<figcaption>What she wrote</figcaption></figure>",
        video_url="https://vimeo.com/123456789",
        video_title="Related",
    )
    body = LexborHTMLParser(item(client)["content_html"])
    assert not body.css("iframe, script, figure, [data-frame]")
    assert [(link.text(), link.attributes["href"]) for link in body.css("a")] == [
        ("A film", "https://youtu.be/abcdefghijk"),
        ("Ada", "https://x.com/ada/status/1"),
        ("Related", "https://vimeo.com/123456789"),
    ]
    assert body.css_first("em").text() == "Ada"
    assert body.css_first("blockquote").text() == "What she wrote"


def test_addresses_are_whole_as_seen_from_the_post(client):
    post = make_post(
        body='<p><a href="#note">n</a> <a href="/x/">x</a> <a href="mailto:a@b.example">m</a></p>'
    )
    links = LexborHTMLParser(item(client)["content_html"]).css("a")
    assert [link.attributes["href"] for link in links] == [
        f"{SITE}{post.permalink}#note",
        f"{SITE}/x/",
        "mailto:a@b.example",
    ]


def test_a_new_address_does_not_announce_a_post_anew(client):
    post = make_post()
    paths = ["/feed/", "/feed/atom/"]
    before = [entries(client, path)[0].id for path in paths] + [item(client)["id"]]
    assert len(set(before)) == 1
    post = Post.objects.get(pk=post.pk)
    post.slug = "moved"
    publishing.save(post)
    assert entries(client)[0].link.endswith("/moved.html")
    assert [entries(client, path)[0].id for path in paths] + [item(client)["id"]] == before


def test_whoever_translated_is_named_but_not_as_the_author(client):
    post = make_post(authors=[make_author(name="Ada")])
    Byline.objects.create(post=post, author=make_author(name="Bo"), role="translated", position=1)
    (entry,) = entries(client, "/feed/atom/")
    assert [author.name for author in entry.authors] == ["Ada"]
    assert [person.name for person in entry.contributors] == ["Bo"]


def test_a_change_is_dated(client):
    post = make_post(published_at=timezone.now() - timedelta(days=3))
    changed = timezone.now().replace(microsecond=0) - timedelta(days=1)
    Post.objects.filter(pk=post.pk).update(updated_at=changed)
    for path in ("/feed/", "/feed/atom/"):
        assert entries(client, path)[0].updated_parsed[:6] == changed.utctimetuple()[:6]


def test_a_feed_holds_the_newest_twenty(client):
    for day in range(22):
        make_post(title=f"Day {day}", published_at=timezone.now() - timedelta(days=day + 1))
    assert [entry.title for entry in entries(client)] == [f"Day {day}" for day in range(20)]


def test_a_feed_answers_304_until_something_in_it_changes(client):
    section = make_category("Energy", slug="energy")
    post = make_post(categories=[section])
    Post.objects.filter(pk=post.pk).update(updated_at=timezone.now() - timedelta(minutes=9))
    first = client.get("/category/energy/feed/")
    by_tag = {"If-None-Match": first["ETag"]}
    by_date = {"If-Modified-Since": first["Last-Modified"]}
    make_post()
    for known in (by_tag, by_date, by_tag | {"If-Modified-Since": "nonsense"}):
        answer = client.get("/category/energy/feed/", headers=known)
        assert (answer.status_code, answer.content) == (304, b"")
    make_post(categories=[section])
    for known in (by_tag, by_date, {"If-None-Match": '"other"'} | by_date):
        assert client.get("/category/energy/feed/", headers=known).status_code == 200


def test_a_feed_without_posts_stays_the_same(client):
    make_category("Energy", slug="energy")
    first = client.get("/category/energy/feed/")
    make_post()
    assert client.get("/category/energy/feed/")["ETag"] == first["ETag"]
    assert not entries(client, "/category/energy/feed/")


@pytest.mark.parametrize(
    "path", ["/feed/rss2/", "/feed/rdf/", "/comments/feed/", "/rss/", "/?feed=rss2", "/?feed=atom"]
)
def test_wordpress_feed_addresses_lead_to_todays(client, path):
    answer = client.get(path)
    assert answer.status_code == 301
    assert client.get(answer["Location"]).status_code == 200


def test_a_missing_slash_is_added(client):
    assert client.get("/feed")["Location"] == "/feed/"
