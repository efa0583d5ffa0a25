"""Sent mailings on the web: the list, one of them, and the feed."""

import json
import xml.etree.ElementTree as etree
from datetime import timedelta

import pytest
from django.utils import timezone

from informed_comment import editions
from newsletter.models import Mailing, MailingPost
from posts import publishing
from tests.factories import make_image, make_mailing, make_post, make_subscriber

pytestmark = pytest.mark.django_db
LIST, FEED = "/newsletter/archive/", "/newsletter/archive/feed/"


def sent(*posts, days_ago=0, **fields):
    began = timezone.now() - timedelta(days=days_ago, hours=1)
    if posts:
        fields = {"kind": "daily", "body": ""} | fields
    mailing = make_mailing(state="sent", queued_at=began, started_at=began, ended_at=began, **fields)
    for place, post in enumerate(posts):
        MailingPost.objects.create(mailing=mailing, post=post, position=place)
    return mailing


def page(client, address):
    return client.get(address).content.decode()


def test_the_archive_lists_what_has_gone_out_newest_first_by_year(client):
    old = sent(days_ago=500, subject="Long ago")
    new = sent(days_ago=1, subject="Yesterday", preheader="What it was about")
    html = page(client, LIST)
    assert html.index("Yesterday") < html.index("Long ago")
    assert "What it was about" in html
    for mailing in (old, new):
        assert f">{timezone.localtime(mailing.started_at).year}</h2>" in html
        assert f'href="/newsletter/archive/{mailing.pk}/"' in html


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "draft", "queued_at": None, "started_at": None},
        {"state": "sending", "started_at": None},
        {"state": "cancelled", "started_at": None},
        {"is_in_archive": False},
    ],
)
def test_what_nobody_has_got_or_is_not_for_the_web_is_not_there(client, fields):
    mailing = sent(subject="A secret")
    Mailing.objects.update(**fields)
    assert "A secret" not in page(client, LIST)
    assert client.get(f"{LIST}{mailing.pk}/").status_code == 404
    assert "A secret" not in page(client, FEED)


def test_a_digest_shows_its_posts_in_their_order_and_is_for_no_search_engine(client):
    posts = [make_post(title="Second thoughts"), make_post(title="First things", lead_image=make_image())]
    left_out = make_post(title="Not this one")
    mailing = sent(*posts, subject="The day", intro="<p>Good <em>morning</em>.</p>")
    MailingPost.objects.create(mailing=mailing, post=left_out, is_left_out=True)
    html = page(client, f"{LIST}{mailing.pk}/")
    assert html.index("Good <em>morning</em>") < html.index("Second thoughts") < html.index("First things")
    assert "Not this one" not in html.partition("<main")[2].partition("</main>")[0]
    assert '<meta name="robots" content="noindex">' in html


def test_a_letter_is_a_text_of_its_own_and_is_found(client):
    mailing = sent(subject="To all of you", body='<p>Dear reader, <a href="/about/">see</a>.</p>')
    html = page(client, f"{LIST}{mailing.pk}/")
    assert "Dear reader" in html
    assert f'<link rel="canonical" href="http://127.0.0.1:8000/newsletter/archive/{mailing.pk}/">' in html
    assert "noindex" not in html


def test_nothing_personal_is_on_the_web(client):
    reader = make_subscriber()
    mailing = sent(make_post())
    for address in (LIST, f"{LIST}{mailing.pk}/", FEED):
        answer = client.get(address)
        assert "/newsletter/unsubscribe/" not in answer.content.decode()
        assert reader.email not in answer.content.decode()
        assert not answer.cookies


def test_a_post_taken_off_the_site_goes_from_the_archive_and_its_feed_too(client):
    post = make_post(title="Withdrawn later")
    mailing = sent(post, make_post(title="Still there"), subject="The day")
    assert "Withdrawn later" in page(client, f"{LIST}{mailing.pk}/")
    publishing.withdraw(post)
    for address in (LIST, f"{LIST}{mailing.pk}/", FEED):
        assert "Withdrawn later" not in page(client, address)
    assert "Still there" in page(client, f"{LIST}{mailing.pk}/")


def test_its_feed_has_three_forms_and_whole_addresses(client):
    post = make_post(title="A strait", standfirst="In short.")
    sent(post, subject="The day & more", intro="<p>Hello.</p>", days_ago=1)
    sent(subject="A letter", body='<p>See <a href="/about/">us</a>.</p>')
    root = etree.fromstring(client.get(FEED).content)
    items = root.findall("channel/item")
    assert [item.findtext("title") for item in items] == ["A letter", "The day & more"]
    text = items[1].findtext("{http://purl.org/rss/1.0/modules/content/}encoded")
    assert f'href="http://127.0.0.1:8000{post.permalink}"' in text
    assert "In short." in text
    assert 'href="http://127.0.0.1:8000/about/"' in items[0].findtext(
        "{http://purl.org/rss/1.0/modules/content/}encoded"
    )
    atom = etree.fromstring(client.get(f"{FEED}atom/").content)
    assert len(atom.findall("{http://www.w3.org/2005/Atom}entry")) == 2
    told = json.loads(client.get(f"{FEED}json/").content)
    assert told["items"][0]["id"].startswith("tag:127.0.0.1,")
    known = client.get(FEED)
    assert client.get(FEED, headers={"If-None-Match": known["ETag"]}).status_code == 304


def test_readers_see_a_mailing_as_soon_as_it_begins_to_go_out():
    before = editions.current()
    mailing = make_mailing(state="sending", queued_at=timezone.now())
    assert editions.current() == before
    Mailing.objects.filter(pk=mailing.pk).update(started_at=timezone.now())
    after = editions.current()
    assert after != before
    Mailing.objects.filter(pk=mailing.pk).update(is_in_archive=False)
    assert editions.current() != after


def test_the_archive_comes_in_pages_and_ends(client, django_assert_max_num_queries):
    for n in range(23):
        sent(days_ago=n, subject=f"Number {n}")
    assert "Number 19" in page(client, LIST)
    assert "Number 20" not in page(client, LIST)
    assert f'href="{LIST}page/2/"' in page(client, LIST)
    with django_assert_max_num_queries(10):
        assert "Number 22" in page(client, f"{LIST}page/2/")
    for beyond in ("page/3/", "page/0/", "page/99999999999999999999/", "99999999999999999999999/"):
        assert client.get(f"{LIST}{beyond}").status_code == 404


@pytest.mark.parametrize("number", [1, 5])
def test_a_mailing_costs_the_same_however_many_posts_are_in_it(client, django_assert_max_num_queries, number):
    mailing = sent(*(make_post(lead_image=make_image()) for _ in range(number)))
    with django_assert_max_num_queries(10):
        assert client.get(f"{LIST}{mailing.pk}/").status_code == 200


def test_the_sign_up_page_leads_there_and_an_empty_archive_says_so(client):
    assert LIST in page(client, "/newsletter/")
    assert "Nothing has been sent yet" in page(client, LIST)


def test_titles_are_words_from_whatever_side_they_are_read(client):
    mailing = sent(subject="<b>البحر</b> & the sea")
    html = page(client, f"{LIST}{mailing.pk}/")
    assert "<bdi>&lt;b&gt;البحر&lt;/b&gt; &amp; the sea</bdi>" in html
