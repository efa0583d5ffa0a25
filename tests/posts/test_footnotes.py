"""Footnotes: kept in the text, numbered for readers, left out of descriptions, found by search."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from informed_comment.footnotes import lifted
from informed_comment.html import clean_html, plain_text
from posts import metadata, reading
from posts.bodies import for_reading, with_notes
from tests.factories import make_post

NOTED = (
    '<p>One<span class="footnote">The <em>first</em> source, <a href="https://example.org/">here</a>.</span> and '
    '<strong>two</strong><span class="footnote" lang="ar" dir="rtl">كتاب <span lang="en">Book</span></span>.</p>'
)
PUT_RIGHT = [
    (
        '<p>a<span class="footnote">b<span class="footnote">c</span></span></p>',
        '<p>a<span class="footnote">b c</span></p>',
    ),
    (
        '<ul><li>a<span class="footnote"><p>b</p><p>c</p></span></li></ul>',
        '<ul><li>a<span class="footnote"> b c</span></li></ul>',
    ),
    ('<p>a<span class="footnote"> &nbsp;</span> b</p>', "<p>a b</p>"),
    ('<p>a<span class="footnote">b<img src="/c.jpg"></span></p>', '<p>a<span class="footnote">b</span></p>'),
    (
        '<p><a href="/x">a<span class="footnote">b</span> c</a>.</p>',
        '<p><a href="/x">a c</a><span class="footnote">b</span>.</p>',
    ),
    ('<p>a<span class="footnote evil">b</span></p>', '<p>a<span class="footnote">b</span></p>'),
    ('<p class="footnote">a <span class="image">b</span></p>', "<p>a <span>b</span></p>"),
]


def shown(html, **options):
    return LexborHTMLParser(for_reading(clean_html(html), **options), is_fragment=True)


def test_a_note_is_kept_as_it_was_written():
    assert clean_html(NOTED) == NOTED


@pytest.mark.parametrize(("given", "kept"), PUT_RIGHT)
def test_what_a_note_cannot_hold_is_put_right_once_and_for_all(given, kept):
    assert clean_html(given) == kept
    assert clean_html(kept) == kept


PARTS = st.sampled_from(
    [
        *(
            '<span class="footnote">',
            "</span>",
            "<p>",
            "</p>",
            '<a href="/x">',
            "</a>",
            "word",
            " ",
            "&nbsp;",
        ),
        *(
            "<div>",
            "</div>",
            "<em>",
            "</em>",
            "<img src=/a.jpg>",
            "<td>",
            "<table>",
            "<br>",
            "<span lang=ar>",
        ),
    ]
)


@example('<a href="/x"><table><a href="/x">')
@given(st.lists(PARTS, max_size=14).map("".join))
def test_however_notes_are_nested_cleaning_twice_changes_nothing_and_no_word_is_lost(html):
    once = clean_html(html)
    assert clean_html(once) == once
    assert plain_text(once).count("word") == html.count("word")
    tree = LexborHTMLParser(once, is_fragment=True)
    assert not tree.css("a span.footnote, span.footnote span.footnote, span.footnote p, span.footnote img")
    assert len(tree.css("span.footnote")) == len(lifted(once, lambda number: "")[1])


def test_notes_are_numbered_and_lead_there_and_back():
    html = shown(NOTED)
    assert [mark.text() for mark in html.css("sup.footnote-ref")] == ["1", "2"]
    assert html.css_first("p").text() == "One1 and two2."
    notes = html.css("section[role=doc-endnotes] li")
    assert [note.attributes["id"] for note in notes] == ["note-1", "note-2"]
    assert notes[0].css_first("em").text() == "first"
    assert notes[0].css_first("a[href^=https]").attributes["rel"] == "noopener"
    assert notes[1].css_first("span").attributes == {"lang": "ar", "dir": "rtl"}
    for anchor in html.css("a[href^='#']"):
        assert html.css_first(anchor.attributes["href"]) is not None
        assert anchor.attributes["aria-label"]


def test_notes_of_two_texts_on_a_page_keep_apart():
    ids = re.findall(r' id="([^"]+)"', for_reading(NOTED) + for_reading(NOTED, key="ada"))
    assert len(ids) == len(set(ids)) == 8


def test_a_note_in_the_caption_of_an_embed_still_leads_back():
    html = shown(
        '<figure class="embed" data-embed="x"><a href="https://youtu.be/abcdefghijk">Film</a>'
        '<figcaption>Seen <em>once</em><span class="footnote">Where</span></figcaption></figure>'
    )
    assert html.css_first("figcaption").text() == "Seen once1"
    assert html.css_first("figcaption a").attributes["href"] == "#note-1"
    assert html.css_first("#note-ref-1") is not None


def test_a_text_without_notes_has_no_list():
    assert with_notes("<p>Text.</p>") == "<p>Text.</p>"


def test_a_note_does_not_stick_to_the_sentence_it_belongs_to():
    assert plain_text(NOTED) == "One and two. The first source, here. كتاب Book"


@pytest.mark.django_db
def test_readers_see_the_notes_and_search_engines_the_sentence(client):
    post = make_post(standfirst="", body=NOTED)
    page = client.get(post.permalink).content.decode()
    assert 'id="note-1"' in page
    assert "<em>first</em> source" in page
    assert metadata.of_post(reading.whole_one(post.pk)).description == "One and two."


@pytest.mark.django_db
def test_words_of_notes_count_and_are_found_and_so_is_the_word_before_them(client):
    post = make_post(body='<p>Hormuz<span class="footnote">Lloyd’s list</span> narrows.</p>')
    assert post.word_count == 4
    for word in ("hormuz", "lloyd", "narrows"):
        assert post.permalink in client.get("/search/", {"q": word}).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["", "atom/", "json/"])
def test_feeds_number_the_notes_and_lead_to_them_on_the_page(client, form):
    post = make_post(body=NOTED)
    feed = client.get(f"/feed/{form}").content.decode()
    assert f"http://127.0.0.1:8000{post.permalink}#note-2" in feed
    assert f"http://127.0.0.1:8000{post.permalink}#note-ref-2" in feed
    assert "The &lt;em&gt;first" in feed or "The <em>first" in feed
    assert "footnote\\&quot;&gt;The" not in feed


def test_a_text_cut_off_within_a_note_loses_the_note_and_no_more():
    text, notes = lifted('<p>One<span class="footnote">half a no', lambda number: "*")
    assert (text, notes) == ("<p>One", [])
