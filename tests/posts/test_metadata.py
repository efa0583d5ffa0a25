import json
import re
from pathlib import Path

import pytest
from django.utils import timezone

from tests.factories import make_author, make_category, make_image, make_page, make_post

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
SCHEMA = next(
    (
        file
        for parent in ROOT.parents
        if (file := parent / "shared/data/feeds/schemaorg-all-https-30.0.jsonld").is_file()
    ),
    None,
)


def open_page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def graph(html):
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    return json.loads(text)["@graph"]


def meta(html, name):
    return re.findall(rf'<meta (?:name|property)="{re.escape(name)}" content="([^"]*)"', html)


@pytest.fixture
def paths():
    energy = make_category("Energy", slug="energy", introduction="<p>Oil, sun and wind.</p>")
    post = make_post(
        title='</script><b>"Oil" & water',
        authors=[make_author(name="Ada", slug="ada")],
        categories=[energy],
        tags=["oil"],
        lead_image=make_image(),
    )
    make_page(slug="about", title="About us")
    year = f"/{timezone.localdate(post.published_at):%Y}/"
    month = f"/{timezone.localdate(post.published_at):%Y/%m}/"
    return [
        post.permalink,
        "/",
        "/category/energy/",
        "/tag/oil/",
        "/author/ada/",
        "/about/",
        "/archives/",
        "/popular/",
        year,
        month,
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
    assert article["image"][0].startswith("http://127.0.0.1:8000/media/")


def test_search_is_not_indexed(client):
    assert meta(open_page(client, "/search/?q=oil"), "robots") == ["noindex"]


def test_a_post_says_when_by_whom_and_about_what(client, paths):
    html = open_page(client, paths[0])
    assert meta(html, "og:type") == ["article"]
    assert meta(html, "article:section") == ["Energy"]
    assert meta(html, "article:tag") == ["oil"]
    assert meta(html, "twitter:card") == ["summary_large_image"]


def known_terms():
    """(types with their parents, properties with the types they belong to) of schema.org."""
    parents, domains = {}, {}
    for node in json.loads(SCHEMA.read_text())["@graph"]:
        name = node["@id"].removeprefix("schema:")
        for key, into in (("rdfs:subClassOf", parents), ("schema:domainIncludes", domains)):
            found = node.get(key, [])
            found = found if isinstance(found, list) else [found]
            into.setdefault(name, set()).update(entry["@id"].removeprefix("schema:") for entry in found)
    return parents, domains


def lineage(kind, parents):
    yield kind
    for parent in parents.get(kind, ()):
        yield from lineage(parent, parents)


def things(node):
    if isinstance(node, dict):
        if "@type" in node:
            yield node
        for value in node.values():
            yield from things(value)
    elif isinstance(node, list):
        for value in node:
            yield from things(value)


@pytest.mark.skipif(SCHEMA is None, reason="needs shared/data/feeds")
def test_every_term_exists_in_schema_org_where_it_is_used(client, paths):
    parents, domains = known_terms()
    for path in paths:
        for thing in things(graph(open_page(client, path))):
            kinds = set(lineage(thing["@type"], parents))
            assert thing["@type"] in parents, thing["@type"]
            for key in thing:
                assert key.startswith("@") or domains.get(key, set()) & kinds, (
                    f"{thing['@type']}.{key} on {path}"
                )
