"""Links of mailings to our own posts say that the reader comes from the newsletter, and no other link does."""

import re

import pytest

from newsletter import archive
from newsletter.marked_links import Marker
from newsletter.models import Mailing, MailingPost
from newsletter.writers import writer_of
from tests.factories import make_category, make_image, make_mailing, make_post

pytestmark = pytest.mark.django_db
SITE, MARK = "http://testserver", "#from-newsletter"
LINK = re.compile(r'href="([^"]*)"|(https?://\S+)')


@pytest.fixture(autouse=True)
def address(settings):
    settings.SITE_URL = SITE


def written(mailing):
    return writer_of(mailing).write(())


def links(text):
    return {a or b for a, b in LINK.findall(text)}


def to_posts(text):
    return {link for link in links(text) if ".html" in link}


def test_a_digest_marks_its_cards_and_no_other_link():
    posts = [make_post(lead_image=make_image(), categories=[make_category()]) for _ in range(2)]
    mailing = make_mailing(kind="daily", is_in_archive=True)
    MailingPost.objects.bulk_create(MailingPost(mailing=mailing, post=post) for post in posts)
    digest = written(mailing)
    wanted = {SITE + post.permalink + MARK for post in posts}
    for text in (digest.html, digest.text):
        assert to_posts(text) == {link for link in links(text) if MARK in link} == wanted
        assert any("/unsubscribe/" in link for link in links(text))


def test_a_post_that_is_mailed_marks_its_title_the_way_to_the_web_and_links_to_other_posts():
    other = make_post()
    body = f'<p><a href="{other.permalink}">Before</a>, <a href="{other.permalink}#end">its end</a></p>'
    post = make_post(body=body)
    mailing = make_mailing(kind=Mailing.Kind.POST)
    MailingPost.objects.create(mailing=mailing, post=post)
    mail = written(mailing)
    wanted = {SITE + post.permalink + MARK, SITE + other.permalink + MARK, SITE + other.permalink + "#end"}
    assert to_posts(mail.html) == to_posts(mail.text) == wanted


def test_a_letter_marks_links_to_posts_and_leaves_pages_and_other_sites_alone():
    post = make_post()
    elsewhere = [f"{SITE}/about/", f"{SITE}/2016/01/none.html", "https://example.org" + post.permalink]
    named = [SITE + post.permalink + "?a=b", *elsewhere, "mailto:a@example.org"]
    mailing = make_mailing(body="".join(f'<p><a href="{link}">here</a></p>' for link in named))
    html = written(mailing).html
    assert {link for link in links(html) if MARK in link} == {f"{SITE}{post.permalink}?a=b{MARK}"}
    assert links(html) >= {*elsewhere, "mailto:a@example.org"}


def test_an_address_written_out_stands_once_in_the_plain_text():
    post = make_post()
    address = SITE + post.permalink
    text = written(make_mailing(body=f'<p>See <a href="{address}">{address}</a>.</p>')).text
    assert text.count(address) == 1
    assert address + MARK in text


def test_the_archive_on_the_web_and_its_feed_show_the_plain_addresses(client):
    post = make_post()
    mailing = make_mailing(body=f'<p><a href="{post.permalink}">here</a></p>')
    assert MARK in written(mailing).html
    assert MARK not in archive.full_text(mailing)


def test_what_was_asked_once_is_not_asked_again(django_assert_num_queries):
    post = make_post()
    html = f'<a href="{SITE}{post.permalink}">a</a><a href="http://[">b</a><a href="{SITE}/about/">c</a>'
    marker = Marker()
    with django_assert_num_queries(1):
        assert marker.mark(html) == marker.mark(html)
    with django_assert_num_queries(0):
        assert MARK in Marker([post]).mark(html)
