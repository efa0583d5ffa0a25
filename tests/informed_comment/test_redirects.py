import pytest

from informed_comment import redirects
from informed_comment.models import Redirect
from posts import filing, publishing
from tests.factories import make_category, make_page, make_post

pytestmark = pytest.mark.django_db


def test_a_changed_slug_leaves_the_old_address_leading_to_the_new(client):
    post = make_post(slug="before")
    old = post.permalink
    post.slug = "after"
    publishing.save(post)
    answer = client.get(old)
    assert (answer.status_code, answer["Location"]) == (301, post.permalink)


def test_chains_never_form_and_a_path_that_returns_stands_for_itself(client):
    redirects.lead("/a/", "/b/")
    redirects.lead("/b/", "/c/")
    assert redirects.where_now("/a/") == redirects.where_now("/b/") == "/c/"
    redirects.lead("/c/", "/a/")
    assert redirects.where_now("/c/") == redirects.where_now("/b/") == "/a/"
    assert redirects.where_now("/a/") is None


def test_two_posts_swap_slugs_and_both_open(client):
    first, second = make_post(slug="first"), make_post(slug="second")
    day = first.published_at
    second.published_at = day
    publishing.save(second)
    first.slug = "between"
    publishing.save(first)
    second.slug = "first"
    publishing.save(second)
    first.slug = "second"
    publishing.save(first)
    assert client.get(first.permalink).status_code == client.get(second.permalink).status_code == 200
    assert not Redirect.objects.filter(path__in=[first.permalink, second.permalink]).exists()


@pytest.mark.parametrize("query", ["p=17", "p=17&utm_source=feed", "page_id=18", "cat=3"])
def test_wordpress_addresses_lead_to_todays(client, query):
    redirects.lead("/?p=17", "/2016/10/a.html")
    redirects.lead("/?page_id=18", "/about/")
    redirects.lead("/?cat=3", "/category/iran/")
    assert client.get(f"/?{query}").status_code == 301


def test_an_old_address_without_its_slash_takes_one_step(client):
    post = make_post()
    redirects.lead("/old-address/", post.permalink)
    response = client.get("/old-address?utm=1")
    assert (response.status_code, response.headers["Location"]) == (301, post.permalink)
    assert response.headers["X-Accel-Expires"], "so that a proxy forgets what stood there before"


@pytest.mark.parametrize(
    "query", ["p=999999", "p=" + "9" * 5000, "page_id=7&utm_source=feed", "cat=0", "attachment_id=12"]
)
def test_an_id_that_is_not_here_is_not_the_homepage(client, query):
    make_post()
    response = client.get(f"/?{query}")
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


@pytest.mark.parametrize("query", ["p=", "p=about", "utm_source=feed", "page=2", "cat=iran"])
def test_what_is_no_id_opens_the_homepage(client, query):
    assert client.get(f"/?{query}").status_code == 200


def test_the_old_search_address_leads_to_search(client):
    assert client.get("/?s=iran+oil")["Location"] == "/search/?q=iran+oil"


def test_a_category_that_moves_takes_its_branch_and_its_posts_along(client):
    parent, child = make_category(slug="middle-east"), None
    child = make_category(slug="iran", parent=parent)
    post = make_post(categories=[child])
    parent.slug = "west-asia"
    filing.save_category(parent)
    assert client.get("/category/west-asia/iran/").status_code == 200
    assert client.get("/category/middle-east/iran/")["Location"] == "/category/west-asia/iran/"
    assert post.title.encode() in client.get("/category/west-asia/").content


def test_a_page_that_moves_takes_its_children_along(client):
    about = make_page(slug="about")
    make_page(slug="staff", parent=about)
    about.slug = "who-we-are"
    about.save()
    assert client.get("/who-we-are/staff/").status_code == 200
    assert client.get("/about/staff/")["Location"] == "/who-we-are/staff/"


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/"])
def test_no_redirect_leads_off_the_site(target):
    with pytest.raises(Exception, match="redirect_stays_on_this_site"):
        redirects.lead("/old/", target)


@pytest.mark.parametrize("address", ["/%00", "/a%00b/", "/?p=%00", "/%2500/"])
def test_a_path_no_database_can_hold_is_not_found_or_the_homepage(client, address):
    assert client.get(address).status_code in (200, 404)


@pytest.mark.parametrize(
    "target",
    [
        "/\\evil.example/",
        "/\t/evil.example/",
        "/\n/evil.example",
        "/a\r\nSet-Cookie: x=1",
        "/@evil.example",
        "/%2f/evil.example",
        "/%5cevil.example",
    ],
)
def test_no_redirect_leaves_the_site_or_adds_a_header(client, target):
    Redirect.objects.create(path="/old-address/", target=target)
    answer = client.get("/old-address/")
    location = answer["Location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert not set(location) & set("\t\r\n\\ ")
    assert "Set-Cookie" not in answer.headers
