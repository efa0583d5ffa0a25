"""The forms in which WordPress gave one thing several addresses: each leads in one step to what it meant."""

from datetime import UTC, datetime

import pytest

from informed_comment import redirects
from informed_comment.models import Gone, RedirectPattern
from posts import publishing
from tests.factories import make_author, make_category, make_page, make_post, make_user

pytestmark = pytest.mark.django_db

POST = "/2010/05/a-quiet-strait.html"


@pytest.fixture
def site(client):
    """A post of May 2010 in a section below another, with what stands around it; old rows as an import writes them."""
    world = make_category("World", slug="world")
    iran = make_category("Iran", slug="iran", parent=world)
    ada = make_author(name="Ada", slug="ada")
    make_page(title="About", slug="about")
    for number in range(11):
        slug = "a-quiet-strait" if not number else f"one-of-many-{number}"
        moment = datetime(2010, 5, 4 + number, 12, tzinfo=UTC)
        make_post(slug=slug, published_at=moment, categories=[iran], authors=[ada], tags=["oil"])
    for old, target in {
        "/2010/05/04/a-quiet-strait/": POST,
        "/?p=12": POST,
        "/?cat=3": "/category/world/iran/",
        "/category/iran/": "/category/world/iran/",
        "/?author=4": "/author/ada/",
    }.items():
        redirects.lead(old, target)
    return client


def led(client, address):
    """Where one step leads, if what is there answers."""
    answer = client.get(address)
    target = answer.headers.get("Location", "")
    is_there = answer.status_code == 301 and client.get(target).status_code == 200
    return target.partition("#")[0] if is_there else f"{answer.status_code} {target}"


def wrongly_led(client, wanted):
    return {path: end for path, target in wanted.items() if (end := led(client, path)) != target}


def test_what_lay_below_a_post_leads_to_the_post(site):
    bases = (POST, "/2010/05/04/a-quiet-strait", "/2010/05/a-quiet-strait")
    endings = str.split("amp trackback embed comment-page-2 feed feed/atom feed/rdf 2")
    paths = [f"{base}/{ending}{slash}" for base in bases for ending in endings for slash in ("", "/")]
    assert not wrongly_led(site, dict.fromkeys(paths, POST))


WAYS = [
    "/index.php/2010/05/04/a-quiet-strait/",
    "//2010//05/04/a-quiet-strait",
    "/2010/05/04/A-Quiet-Strait/",
    "/2010/05/04/a-quiet-strait/comment-page-3/amp/",
    "/2010/05/04/a-quiet-strait/attachment/a-picture/",
    "/2010/05/a-quiet-strait.HTM",
    "/2010/a-quiet-strait/",
    "/a-quiet-strait",
    "/archives/12",
    "/world/iran/a-quiet-strait/?utm_source=feed",
    "/index.php?p=12&utm_campaign=x",
    "/blog/?p=12",
    "/?name=a-quiet-strait",
    "/?p=12&feed=rss2",
    "/2010/05/04/a%2Dquiet%2Dstrait/",
]


def test_any_way_to_write_the_address_of_a_post_leads_there(site):
    assert not wrongly_led(site, dict.fromkeys(WAYS, POST))


LISTS = dict(
    [
        ("/category/iran/feed/", "/category/world/iran/feed/"),
        ("/category/iran/feed/rdf/", "/category/world/iran/feed/"),
        ("/category/world/iran/feed/rss2", "/category/world/iran/feed/"),
        ("/category/iran/page/2/", "/category/world/iran/page/2/"),
        ("/tag/oil/feed/rss/", "/tag/oil/feed/"),
        ("/author/ada/feed/atom", "/author/ada/feed/atom/"),
        ("/Author/Ada/", "/author/ada/"),
        ("/index.php/author/ada/page/2", "/author/ada/page/2/"),
        ("/feed/rdf", "/feed/"),
        ("/comments/feed/atom/", "/feed/"),
        ("/wp-rss2.php", "/feed/"),
        ("/2010/05/feed/", "/2010/05/"),
        ("/2010/5", "/2010/05/"),
        ("/2010/05/04/", "/2010/05/"),
        ("/2010/05/04/page/2/", "/2010/05/"),
        ("/2010/05/page/2", "/2010/05/page/2/"),
        ("/index.php", "/"),
        ("/about.html", "/about/"),
        ("/about/feed/", "/about/"),
        ("/about/amp/", "/about/"),
        ("/wp-sitemap-posts-post-1.xml", "/sitemap.xml"),
        ("/search/iran+oil/", "/search/?q=iran%20oil"),
        ("/?feed=atom", "/feed/atom/"),
        ("/?feed=comments-rss2", "/feed/"),
        ("/?paged=2", "/page/2/"),
        ("/?cat=3", "/category/world/iran/"),
        ("/?cat=3&paged=2", "/category/world/iran/page/2/"),
        ("/?cat=3&feed=rss2", "/category/world/iran/feed/"),
        ("/?category_name=world/iran", "/category/world/iran/"),
        ("/?category_name=iran", "/category/world/iran/"),
        ("/?tag=oil&feed=atom", "/tag/oil/feed/atom/"),
        ("/?author_name=ada", "/author/ada/"),
        ("/?author=4&paged=2", "/author/ada/page/2/"),
        ("/?pagename=about", "/about/"),
        ("/?m=201005", "/2010/05/"),
        ("/?m=20100504", "/2010/05/"),
        ("/?m=2010", "/2010/"),
        ("/?year=2010&monthnum=5&day=4", "/2010/05/"),
        ("/?year=2010", "/2010/"),
        ("/2010/05?utm_source=x&window=1", "/2010/05/?window=1"),
    ]
)


def test_lists_feeds_and_dates_lead_to_ours(site):
    assert not wrongly_led(site, LISTS)


NOTHING = [
    "/category/world/iran/page/9/",
    "/category/iran-and-others/feed/",
    "/2011/05/a-quiet-strait/",
    "/2010/06/04/",
    "/archives/99",
    "/wp-login.php",
    "/nothing/amp/",
    "/x/" * 300,
    "/amp/" * 100,
]


def test_what_meant_nothing_here_is_not_found(site):
    assert {path: site.get(path).status_code for path in NOTHING} == dict.fromkeys(NOTHING, 404)
    queries = ["m=209905", "paged=77", "author_name=nobody", "amp=1", "m=x"]
    assert {site.get(f"/?{query}").status_code for query in queries} == {200}


def test_a_slug_that_two_posts_have_is_no_address(site):
    make_post(slug="a-quiet-strait", published_at=datetime(2010, 8, 1, tzinfo=UTC))
    assert site.get("/a-quiet-strait/").status_code == 404


def test_a_withdrawn_post_is_not_guessed(site):
    post = make_post(slug="taken-back")
    publishing.withdraw(post)
    assert site.get("/taken-back/").status_code == 404


def test_not_finding_costs_few_queries(site, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        site.get("/category/nothing/feed/rdf/")


def test_what_is_gone_for_good_says_so(site):
    Gone.objects.create(path="/old-shop/")
    Gone.objects.create(path="/?p=77")
    for path in ("/old-shop/", "/old-shop", "/?p=77"):
        answer = site.get(path)
        assert answer.status_code == 410
        assert "This page is gone" in answer.content.decode()
    redirects.lead("/old-shop/", "/about/")
    assert led(site, "/old-shop/") == "/about/"


def test_patterns_lead_families_of_addresses_where_something_answers(site):
    for pattern, target in (
        (r"^/blog/(.*)$", "/$1"),
        (r"^/topics/(.+)$", "/category/$1"),
        (r"^/(\d{4})/w\d+/([a-z-]+)\.php$", "/$1/05/$2.html"),
        (r"^/in-a-circle/(.*)$", "/in-a-circle/$1x"),
    ):
        RedirectPattern.objects.create(pattern=pattern, target=target)
    assert led(site, f"/blog{POST}") == POST
    assert led(site, "/blog/2010/05/04/a-quiet-strait/") == POST
    assert led(site, "/topics/world/iran/") == "/category/world/iran/"
    assert led(site, "/TOPICS/iran/") == "/category/world/iran/"
    assert led(site, "/2010/w19/a-quiet-strait.php") == POST
    for path in ("/blog/nothing/", "/blog//evil.example/", "/in-a-circle/", "/blog/" + "a" * 900):
        assert site.get(path).status_code == 404


@pytest.mark.parametrize(
    ("pattern", "target", "words"),
    [
        ("^/(a+)+$", "/x/", "repeats"),
        ("^/((a|b)c)", "/x/", "group within a group"),
        ("^/.*.*.*.*x", "/x/", "without end"),
        (".*/.*/.*x", "/x/", "without end"),
        ("^/(?=a)", "/x/", "not taken"),
        (r"^/(a)\1", "/x/", "not taken"),
        ("^/[a", "/x/", "not taken"),
        ("^/(a", "/x/", "never closed"),
        ("^/a{5000}", "/x/", "not taken"),
        ("^/a(.*)", "//evil.example/", "one slash"),
        ("^/a(.*)", "https://evil.example/", "one slash"),
        ("(.*)a", "/$1", "another site"),
        ("^/a", "/$1", "not there"),
    ],
)
def test_a_pattern_that_may_take_long_or_lead_away_is_refused_with_a_sentence(client, pattern, target, words):
    client.force_login(make_user(group="Editor"))
    answer = client.post(
        "/admin/informed_comment/redirectpattern/add/", {"pattern": pattern, "target": target, "position": 0}
    )
    assert words in answer.content.decode().replace("&#x27;", "'")
    assert not RedirectPattern.objects.exists()


def test_an_editor_writes_patterns_and_what_is_gone(client):
    client.force_login(make_user(group="Editor"))
    client.post(
        "/admin/informed_comment/redirectpattern/add/",
        {"pattern": "^/b/(.*)$", "target": "/$1", "position": 0},
    )
    client.post("/admin/informed_comment/gone/add/", {"path": "/caf%C3%A9/"})
    assert RedirectPattern.objects.get().target == "/$1"
    assert Gone.objects.get().path == "/café/"
