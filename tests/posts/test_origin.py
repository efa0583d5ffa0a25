"""Posts that came out elsewhere first: credited, and search engines led to the original."""

import json
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from posts import publishing
from posts.models import Post
from tests.factories import make_post

pytestmark = pytest.mark.django_db
ELSEWHERE = {
    "original_url": "https://www.quarterly.example/tides",
    "original_name": "Tidewater Quarterly",
    "licence": "CC BY-NC-ND 4.0",
}


def test_the_page_credits_the_original_and_leads_search_engines_there(client):
    post = make_post(**ELSEWHERE)
    page = client.get(post.permalink).content.decode()
    assert '<link rel="canonical" href="https://www.quarterly.example/tides">' in page
    assert f'property="og:url" content="http://127.0.0.1:8000{post.permalink}"' in page
    credit = re.search(r'<p class="credit".*?</p>', page, re.S)[0]
    assert 'href="https://www.quarterly.example/tides" rel="noopener"' in credit
    assert re.sub(r"<[^>]+>", "", credit) == (
        "Originally published at Tidewater Quarterly. Licence: CC BY-NC-ND 4.0"
    )
    told = json.loads(re.search(r'ld\+json">(.*?)</script>', page, re.S)[1])["@graph"][0]
    assert told["isBasedOn"] == "https://www.quarterly.example/tides"
    assert told["creditText"] == "Originally published at Tidewater Quarterly"
    assert told["copyrightNotice"] == "CC BY-NC-ND 4.0"


def test_an_original_without_a_name_is_credited_by_its_site(client):
    post = make_post(original_url="https://www.quarterly.example/tides")
    assert ">quarterly.example</a>." in client.get(post.permalink).content.decode()


def test_our_own_posts_are_canonical_here_and_credit_nobody(client):
    post = make_post()
    page = client.get(post.permalink).content.decode()
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{post.permalink}">' in page
    assert 'class="credit"' not in page
    assert "isBasedOn" not in page


def test_a_licence_may_stand_alone(client):
    page = client.get(make_post(licence="CC BY 4.0").permalink).content.decode()
    assert "Licence: CC BY 4.0" in page
    assert "Originally" not in page


@pytest.mark.parametrize("form", ["", "atom/", "json/"])
def test_feeds_carry_the_credit(client, form):
    make_post(**ELSEWHERE)
    feed = client.get(f"/feed/{form}").content.decode()
    assert "Originally published at" in feed
    assert "https://www.quarterly.example/tides" in feed


def test_what_came_out_elsewhere_is_no_news_of_ours(client):
    theirs, ours = make_post(**ELSEWHERE), make_post()
    news = client.get("/sitemap-news.xml").content.decode()
    assert ours.permalink in news
    assert theirs.permalink not in news


def test_a_name_needs_an_address():
    post = make_post()
    post.original_name = "Tidewater Quarterly"
    with pytest.raises(ValidationError, match="address of the original"):
        post.validate_constraints()
    with pytest.raises(IntegrityError, match="original_has_an_address"), transaction.atomic():
        post.save()


def test_a_revision_keeps_where_it_came_from():
    make_post(**ELSEWHERE)
    post = Post.objects.get()
    publishing.save(post)
    state = post.revisions.first().state
    assert {name: state[name] for name in ELSEWHERE} == ELSEWHERE
