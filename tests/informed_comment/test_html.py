import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from informed_comment.html import clean_html, plain_text, strangers_html

KEPT = [
    '<p>One <strong>two</strong> <em>three</em> <a href="https://example.org/" title="t">four</a></p>',
    '<h2>A heading</h2><ul><li><p>item</p></li></ul><ol start="3"><li>three</li></ol><hr>',
    '<figure class="embed" data-embed="aqz-KE-bpKQ" data-provider="youtube"><a href="https://youtu.be/x">T</a></figure>',
    '<figure class="image"><img alt="A dam" data-image="7" height="2" src="/media/a.jpg" width="3"><figcaption>C</figcaption></figure>',
    '<p dir="rtl" lang="fa">سلام</p>',
    '<table><thead><tr><th scope="col">a</th></tr></thead><tbody><tr><td colspan="2">b</td></tr></tbody></table>',
]
# What a browser takes for another site though no name of one stands where it should.
ELSEWHERE = [
    "/\\evil.example/",
    "/&#9;/evil.example/",
    "/&#10;&#13;\\evil.example/",
    "//evil.example/",
    "https:/\\evil.example",
]
ELSEWHERE += [
    "\\\\evil.example/",
    "\\/evil.example/",
    "https:\\\\evil.example/",
    "&#1;//evil.example/",
    "http:///evil.example",
]
REFUSED = [
    ("<script>alert(1)</script><p>x</p>", "<p>x</p>"),
    ('<p onclick="x()">x</p>', "<p>x</p>"),
    ('<iframe src="https://evil.example/"></iframe><p>x</p>', "<p>x</p>"),
    ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
    ('<a href="//evil.example">x</a>', "<a>x</a>"),
    ('<img src="data:image/svg+xml,x" alt="x">', '<img alt="x">'),
    ('<figure class="embed" data-embed="javascript:alert(1)"></figure>', '<figure class="embed"></figure>'),
    ('<figure class="image evil"></figure>', '<figure class="image"></figure>'),
    ("<b>x</b><i>y</i><h1>z</h1>", "<strong>x</strong><em>y</em><h2>z</h2>"),
    ("<p>&nbsp;</p>", ""),
    ("a\x00b", "ab"),
    *((f'<img src="{address}" alt="x">', '<img alt="x">') for address in ELSEWHERE),
    *((f'<a href="{address}">x</a>', "<a>x</a>") for address in ELSEWHERE),
    ('<a href="/a&#10;b">x</a>', '<a href="/ab">x</a>'),
]


def parts(text):
    """Attributes may change places: what matters is which there are."""
    return sorted(text.replace(">", " >").replace("<", " <").split())


@pytest.mark.parametrize("html", KEPT)
def test_what_the_editor_makes_is_kept(html):
    assert parts(clean_html(html)) == parts(html)


@pytest.mark.parametrize(("html", "clean"), REFUSED)
def test_what_the_editor_cannot_make_is_dropped(html, clean):
    assert parts(clean_html(html)) == parts(clean)


@given(st.text())
def test_cleaning_twice_changes_nothing(text):
    once = clean_html(text)
    assert parts(clean_html(once)) == parts(once)


SOUP = [
    "<a><table><a>",
    "<a href=/x><blockquote><a href=/y>",
    "<table><a>x<tr><td><a>y",
    "<p><a><p><a>i",
    "<s><table><s>",
]


@pytest.mark.parametrize("html", [*SOUP, *map("".join, zip(SOUP, SOUP[::-1], strict=True))])
def test_what_a_browser_reads_is_what_was_cleaned(html):
    for cleaned in (clean_html, strangers_html):
        assert cleaned(cleaned(html)) == cleaned(html)


UNITS = [
    "<",
    "<b>",
    "&",
    "<ul><li>",
    "<blockquote>",
    '<a href="',
    "<!--",
    '<span class="footnote">n',
    "<table><tr><td>",
    "<svg>",
]


@pytest.mark.parametrize("unit", UNITS)
def test_no_text_takes_longer_than_its_length(unit):
    """A text twice as long may take twice as long, and a little more; were it the square, four times."""
    text = (unit * 100_000)[:100_000]
    begun = time.process_time()
    clean_html(text)
    strangers_html(text)
    assert time.process_time() - begun < 2


def test_plain_text_keeps_words_of_neighbouring_blocks_apart():
    assert plain_text("<p>One</p><p>two &amp; <em>th</em>ree<br>four</p>") == "One two & three four"
