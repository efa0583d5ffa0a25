"""Whatever is typed or pasted into the form of a post is cleaned or refused at its field, and the rest of it is kept."""

import itertools
import re
from html import unescape

import pytest
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from informed_comment.html import clean_html
from posts.models import Post
from tests.factories import make_user
from tests.payloads import PAYLOADS
from tests.posts.test_admin_post import ADD, form

pytestmark = pytest.mark.django_db
FIELDS = (
    "title",
    "standfirst",
    "body",
    "tags",
    "seo_title",
    "seo_description",
    "lead_caption",
    "video_title",
)
STRICT = ("slug", "language", "video_url", "published_at", "categories", "lead_image", "bylines-TOTAL_FORMS")
ODD = re.compile("[\ud800-\udfff\x00]")


@pytest.fixture
def editor(client):
    client.force_login(make_user(group="Editor"))
    return client


def in_turn(fields):
    """Requests that take every payload once, a field each: [{field: payload}]."""
    payloads = [ODD.sub("", payload) for payload in PAYLOADS]
    return [
        dict(zip(fields, batch, strict=False))
        for batch in itertools.batched(payloads, len(fields), strict=False)
    ]


def test_every_payload_is_saved_harmless_or_refused_in_words(editor):
    for values in in_turn(FIELDS):
        answer = editor.post(ADD, form(**values), follow=True)
        assert answer.status_code == 200, values
        if answer.redirect_chain:
            post = Post.objects.order_by("-pk").first()
            assert clean_html(post.body) == post.body, values
            assert post.seo_description == values.get("seo_description", "").strip()
            continue
        page = answer.content.decode()
        assert "errorlist" in page, values
        for name, value in values.items():
            assert value.strip()[:40] in unescape(page) or name == "tags", (name, value)


@pytest.mark.parametrize("field", STRICT)
def test_what_a_field_cannot_hold_is_told_there_and_the_rest_kept(editor, field):
    for payload in PAYLOADS[:12]:
        values = form(title="A title to keep", body="<p>A text to keep.</p>", standfirst="And this.")
        answer = editor.post(ADD, values | {field: payload})
        if answer.status_code == 302:
            continue
        page = LexborHTMLParser(answer.content.decode())
        assert answer.status_code == 200
        assert page.css_first(".errorlist") or page.css_first(".errornote")
        assert page.css_first("#id_title").text().strip() == "A title to keep"
        assert "A text to keep." in page.css_first("#id_body").text()


def test_what_is_cleaned_stays_clean():
    for payload in PAYLOADS:
        cleaned = clean_html(payload)
        assert clean_html(cleaned) == cleaned, payload
        tree = LexborHTMLParser(cleaned, is_fragment=True)
        for node in tree.css("*"):
            assert not [name for name in node.attributes if name.startswith("on")], payload
            address = (node.attributes.get("href") or node.attributes.get("src") or "").strip().lower()
            assert not address.startswith(("javascript:", "data:", "vbscript:")), payload


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 200_000,
        "<blockquote>" * 50_000,
        "<b><p>" * 5_000,
        "<ul><li>" * 20_000,
        "<a href=/>" * 20_000,
        "<" * 100_000,
    ],
    ids=["div", "blockquote", "b and p", "lists", "links", "brackets"],
)
def test_html_made_to_be_slow_is_cleaned_in_a_moment(html):
    """Without a bound on depth the first of these takes minutes."""
    cleaned = clean_html(html + " kept")
    assert "kept" in cleaned


def test_what_nests_deeper_than_anybody_writes_keeps_its_words():
    assert clean_html("<blockquote>" * 300 + "<p>kept</p>" + "</blockquote>" * 300 + "<p>after</p>").endswith(
        "<p>after</p>"
    )
    assert clean_html("<p>a <a name=x>b <a name=y>c</p>" * 300).count("b") == 300


def test_five_megabytes_are_saved(editor):
    body = "<p>Words and <strong>more words</strong>.</p>" * 119_000
    editor.post(ADD, form(title="Long", body=body))
    assert len(Post.objects.get().body) == len(body) > 4_990_000


def test_more_than_a_text_may_have_is_told_at_the_text_and_the_rest_kept(editor, settings):
    settings.TEXT_MAX_BYTES = 2048
    answer = editor.post(ADD, form(title="Kept", body="<p>ä</p>" * 400, tags="Oil"))
    page = LexborHTMLParser(answer.content.decode())
    assert "a text may have 0.00195" in page.css_first(".field-body .errorlist").text()
    assert page.css_first("#id_title").text().strip() == "Kept"
    assert page.css_first("#id_body").text().count("ä") == 400
    assert "Oil" in page.css_first("#id_tags").attributes["value"]
    assert not Post.objects.exists()


def test_a_form_beyond_all_measure_is_refused_in_words(editor, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 5000
    answer = editor.post(reverse("admin:posts_post_add"), form(title="T", body="x" * 6000))
    assert answer.status_code == 400
    assert "That was too long to take" in answer.content.decode()
