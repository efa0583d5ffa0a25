import json
import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.utils import timezone
from PIL import Image as Picture

from authors.models import FEDIVERSE_HANDLE
from posts.models import Byline
from tests.factories import make_author, make_category, make_image, make_page, make_post
from tests.schemas import schema_org

pytestmark = pytest.mark.django_db
VOCABULARY = json.loads((Path(__file__).resolve().parents[1] / "schemas/schema_org.json").read_text())
SITE = "http://127.0.0.1:8000"


def open_page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def graph(html):
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    return json.loads(text)["@graph"]


def meta(html, name):
    return re.findall(rf'<meta (?:name|property)="{re.escape(name)}" content="([^"]*)"', html)


def thing(html, kind):
    return next(node for node in graph(html) if node["@type"] == kind)


@pytest.fixture
def paths():
    """One page of every kind, with all they can have."""
    region = make_category("Resources", slug="resources")
    energy = make_category("Energy", slug="energy", parent=region, introduction="<p>Oil, sun and wind.</p>")
    ada = make_author(
        name="Ada",
        slug="ada",
        role="Chief editor",
        bio="<p>Writes.</p>",
        website="https://ada.example/",
        portrait=make_image(),
        fediverse="@ada@social.example",
    )
    ada.links.create(label="Bluesky", url="https://bsky.app/profile/ada.example")
    post = make_post(
        title='</script><b>"Oil" & water',
        authors=[ada],
        categories=[energy],
        tags=["oil"],
        lead_image=make_image(caption="The strait", credit="A. Person"),
    )
    Byline.objects.create(post=post, author=make_author(name="Bo"), role="translated", position=1)
    Byline.objects.create(post=post, author=make_author(name="Cy"), role="photographs", position=2)
    make_page(slug="about", title="About us")
    day = timezone.localdate(post.published_at)
    return [
        post.permalink,
        "/",
        "/category/resources/energy/",
        "/tag/oil/",
        "/author/ada/",
        "/about/",
        "/archives/",
        "/popular/",
        f"/{day:%Y}/",
        f"/{day:%Y/%m}/",
    ]


def test_every_page_has_one_canonical_address_a_title_and_a_description(client, paths):
    for path in paths:
        html = open_page(client, path)
        (canonical,) = re.findall(r'<link rel="canonical" href="([^"]*)"', html)
        assert canonical.removeprefix("http://127.0.0.1:8000").split("?")[0] == path
        assert len(meta(html, "description")) == 1, path
        assert len(meta(html, "og:title")) == 1, path


def test_json_ld_survives_whatever_a_title_holds(client, paths):
    article = graph(open_page(client, paths[0]))[0]
    assert article["@type"] == "NewsArticle"
    assert article["headline"] == '</script><b>"Oil" & water'
    assert article["author"][0]["name"] == "Ada"
    assert article["image"]["url"].startswith(f"{SITE}/media/")
    assert (article["image"]["creditText"], article["image"]["width"]) == ("A. Person", 1200)
    assert article["translator"][0]["name"] == "Bo"
    assert (article["articleSection"], article["keywords"]) == (["Energy"], ["oil"])


def test_search_is_not_indexed(client):
    assert meta(open_page(client, "/search/?q=oil"), "robots") == ["noindex"]


def test_a_post_says_when_by_whom_and_about_what(client, paths):
    html = open_page(client, paths[0])
    assert meta(html, "og:type") == ["article"]
    assert meta(html, "article:section") == ["Energy"]
    assert meta(html, "article:tag") == ["oil"]
    assert meta(html, "twitter:card") == ["summary_large_image"]


def test_a_post_names_its_authors_in_the_fediverse(client, paths):
    for path in (paths[0], "/author/ada/"):
        assert meta(open_page(client, path), "fediverse:creator") == ["@ada@social.example"]
    assert meta(open_page(client, paths[0]), "article:author") == [f"{SITE}/author/ada/"]


@pytest.mark.parametrize(
    "handle", ["ada@social.example", "@ada", "@ada@social", '@a"b@social.example', "@a@b.c\n"]
)
def test_what_is_no_fediverse_handle_is_refused(handle):
    with pytest.raises(ValidationError, match="Write the handle as @name@host"):
        FEDIVERSE_HANDLE(handle)


def test_the_language_of_a_post_is_its_locale(client):
    post = make_post(language="fa")
    assert meta(open_page(client, post.permalink), "og:locale") == ["fa_IR"]
    assert meta(open_page(client, "/"), "og:locale") == ["en_US"]


def test_the_whole_way_to_a_page_is_told(client, paths):
    def way(path):
        return [step["name"] for step in thing(open_page(client, path), "BreadcrumbList")["itemListElement"]]

    assert way(paths[0]) == ["Home", "Resources", "Energy", '</script><b>"Oil" & water']
    assert way("/category/resources/energy/") == ["Home", "Resources", "Energy"]


def test_a_list_tells_its_posts_in_order_and_where_it_goes_on(client):
    energy = make_category("Energy", slug="energy")
    posts = [
        make_post(categories=[energy], published_at=timezone.now() - timedelta(days=n)) for n in range(11)
    ]
    html = open_page(client, "/category/energy/")
    entries = thing(html, "CollectionPage")["mainEntity"]["itemListElement"]
    assert [entry["url"] for entry in entries] == [SITE + post.permalink for post in posts[:10]]
    assert re.findall(r'<link rel="(prev|next)" href="([^"]*)"', html) == [
        ("next", "/category/energy/page/2/")
    ]
    html = open_page(client, "/category/energy/page/2/")
    assert re.findall(r'<link rel="(prev|next)" href="([^"]*)"', html) == [("prev", "/category/energy/")]


def test_an_author_is_a_person_with_a_profile(client, paths):
    person = thing(open_page(client, "/author/ada/"), "ProfilePage")["mainEntity"]
    assert (person["@type"], person["name"], person["jobTitle"]) == ("Person", "Ada", "Chief editor")
    assert person["sameAs"] == ["https://ada.example/", "https://bsky.app/profile/ada.example"]
    assert person["image"]["url"].startswith(f"{SITE}/media/")


def test_a_section_of_opinion_makes_its_posts_opinion(client):
    opinion, news = make_category("Opinion", is_opinion=True), make_category("News")
    for sections, kind in (([opinion, news], "OpinionNewsArticle"), ([news, opinion], "NewsArticle")):
        post = make_post(categories=sections)
        assert graph(open_page(client, post.permalink))[0]["@type"] == kind


def test_the_publisher_has_a_logo_and_the_site_a_search(client):
    html = open_page(client, "/")
    logo = thing(html, "NewsMediaOrganization")["logo"]
    with Picture.open(finders.find(logo["url"].removeprefix(f"{SITE}/static/"))) as picture:
        assert picture.size == (logo["width"], logo["height"])
    target = thing(html, "WebSite")["potentialAction"]["target"]["urlTemplate"]
    assert target == f"{SITE}/search/?q={{search_term_string}}"


def test_standing_pages_say_what_they_are(client, paths):
    make_page(slug="submissions")
    assert thing(open_page(client, "/about/"), "AboutPage")["name"] == "About us"
    assert thing(open_page(client, "/submissions/"), "WebPage")


def lineage(kind):
    yield kind
    for parent in VOCABULARY["types"].get(kind, ()):
        yield from lineage(parent)


def nodes(found):
    if isinstance(found, dict):
        if "@type" in found:
            yield found
        for value in found.values():
            yield from nodes(value)
    elif isinstance(found, list):
        for value in found:
            yield from nodes(value)


def test_every_term_exists_in_schema_org_where_it_is_used(client, paths):
    paths.append(make_post(categories=[make_category(is_opinion=True)], authors=0).permalink)
    for path in paths:
        for node in nodes(graph(open_page(client, path))):
            kinds = set(lineage(node["@type"]))
            assert node["@type"] in VOCABULARY["types"], (
                f"{node['@type']}: add it to tests/schemas/schema_org.py"
            )
            for key in node:
                assert key.startswith("@") or set(VOCABULARY["properties"].get(key, ())) & kinds, (
                    f"{node['@type']}.{key} on {path}"
                )


@pytest.mark.skipif("SCHEMA_ORG" not in os.environ, reason="SCHEMA_ORG names the vocabulary as JSON-LD")
def test_the_extract_is_of_the_vocabulary():
    assert schema_org.extract(json.loads(Path(os.environ["SCHEMA_ORG"]).read_text())) == VOCABULARY
