"""Which picture is shown of a page elsewhere, and when its card is drawn."""

import re
from datetime import timedelta

import pytest
from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image as Picture

from images import cards as drawing
from informed_comment.models import Publication
from pages import cards as site_cards
from pages.models import Page
from posts import cards, filing, publishing
from posts.models import Post
from tests.factories import make_author, make_category, make_image, make_page, make_post, make_user

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"


def shown(client, path):
    """{what Open Graph says of the picture}"""
    html = client.get(path).content.decode()
    return dict(re.findall(r'<meta property="og:(image[:a-z]*)" content="([^"]*)">', html))


def name_of(found):
    return found["image"].removeprefix(f"{SITE}/media/")


def test_a_page_without_a_picture_has_the_sites_card_from_the_first_day(client):
    post = make_post()
    for path in (post.permalink, "/", "/archives/"):
        found = shown(client, path)
        assert found["image"] == f"{SITE}/static/img/card.png"
        with Picture.open(finders.find("img/card.png")) as picture:
            assert (str(picture.width), str(picture.height)) == (found["image:width"], found["image:height"])


def test_a_picture_goes_before_any_card(client):
    post = make_post(lead_image=make_image(alt="A river"))
    assert not cards.make(post.pk)
    found = shown(client, post.permalink)
    assert (found["image:type"], found["image:alt"]) == ("image/jpeg", "A river")


def test_a_card_says_title_section_and_authors(client):
    authors = [make_author(name=name) for name in ("Ada", "Bo", "Cy", "Di")]
    post = make_post(title="Bread", categories=[make_category("Economy")], authors=authors[:2])
    assert cards.make(post.pk)
    found = shown(client, post.permalink)
    assert (found["image:type"], found["image:alt"]) == ("image/png", "Bread")
    said = drawing.Card("Bread", "Economy", "By Ada and Bo", "Informed Comment")
    assert name_of(found) == said.name
    assert default_storage.exists(said.name)
    crowd = Post.objects.for_cards().get(pk=make_post(authors=authors).pk)
    assert cards.of_post(crowd).byline == "By Ada, Bo and others"


def test_a_new_title_has_a_new_address_and_never_the_old_card(client, work):
    post = make_post(title="Before")
    cards.make(post.pk)
    before = shown(client, post.permalink)["image"]
    post = Post.objects.get(pk=post.pk)
    post.title = "After"
    publishing.save(post)
    assert shown(client, post.permalink)["image"] == f"{SITE}/static/img/card.png"
    work(until=lambda: Post.objects.get(pk=post.pk).social_card not in ("", post.social_card))
    after = shown(client, post.permalink)
    assert after["image"] not in ("", before, f"{SITE}/static/img/card.png")
    assert after["image:alt"] == "After"


def test_publishing_has_the_card_drawn_ahead_of_readers(client, work):
    post = make_post(status="draft", published_at=None)
    publishing.publish(post, at=timezone.now() + timedelta(hours=1))
    work(until=lambda: Post.objects.get(pk=post.pk).social_card)
    assert default_storage.exists(Post.objects.get(pk=post.pk).social_card)


def test_a_title_the_faces_cannot_set_has_the_sites_card(client):
    post = make_post(title="日本語の題名")
    assert not cards.make(post.pk)
    assert shown(client, post.permalink)["image"] == f"{SITE}/static/img/card.png"


def test_a_card_drawn_for_a_text_that_changed_meanwhile_is_not_named():
    post = make_post()
    Post.objects.filter(pk=post.pk).update(social_card="cards/00/other.png")
    drawing.keep(post, cards.of_post(post))
    assert Post.objects.get(pk=post.pk).social_card == "cards/00/other.png"


def test_what_no_deed_asked_for_is_drawn_by_the_hour(client, work):
    section = make_category("Energy")
    post = make_post(categories=[section])
    page = make_page(slug="about")
    cards.request_missing()
    site_cards.make()
    work(until=lambda: Post.objects.get(pk=post.pk).social_card)
    found = shown(client, post.permalink)
    assert name_of(found).startswith("cards/")
    assert name_of(shown(client, "/about/")) == Page.objects.get(pk=page.pk).social_card
    assert name_of(shown(client, "/")) == Publication.objects.get().social_card
    section.name = "Power"
    filing.save_category(section)
    assert name_of(shown(client, post.permalink)) == Publication.objects.get().social_card
    cards.request_missing()
    work(until=lambda: Post.objects.get(pk=post.pk).social_card != name_of(found))
    assert name_of(shown(client, post.permalink)) not in (
        name_of(found),
        Publication.objects.get().social_card,
    )
    assert site_cards.remove_unused() == 0  # not for a week


def test_a_changed_page_or_publication_has_its_card_drawn(client, work):
    client.force_login(make_user(is_superuser=True))
    page = {"title": "Masthead", "slug": "masthead", "body": "<p>Us.</p>", "is_published": "on"}
    assert client.post("/admin/pages/page/add/", page).status_code == 302
    work(until=lambda: Page.objects.get().social_card and Publication.objects.get().social_card)
    before = Publication.objects.get().social_card
    fields = {"title": "The Daily Strait", "newsletter_heading": "N", "copyright_line": "©", "tagline": ""}
    assert client.post("/admin/informed_comment/publication/1/change/", fields).status_code == 302
    work(until=lambda: Publication.objects.get().social_card != before)
    client.logout()
    assert shown(client, "/")["image:alt"] == "The Daily Strait"


def test_a_card_costs_a_page_no_query(client, django_assert_max_num_queries):
    post = make_post(categories=[make_category()], tags=["a"])
    cards.make(post.pk)
    with django_assert_max_num_queries(10):
        client.get(post.permalink)
