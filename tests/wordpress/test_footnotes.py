"""Footnotes of WordPress's block editor and of its plugins come to stand in the text."""

import pytest

from informed_comment.html import clean_html
from wordpress.content import Library, convert

MARK = '<sup data-fn="a-1" class="fn"><a href="#a-1" id="a-1-link">1</a></sup>'
OTHER = "<sup data-fn='b-2' class='fn'><a href='#b-2' id='b-2-link'>2</a></sup>"
BLOCK = f"<!-- wp:paragraph --><p>Text{MARK} and more{OTHER}.</p><!-- /wp:paragraph --><!-- wp:footnotes /-->"
RENDERED = (
    f'<p>Text{MARK}.</p><ol class="wp-block-footnotes"><li id="a-1">A <em>note</em> '
    '<a href="#a-1-link" aria-label="Jump to footnote reference 1">↩︎</a></li><li id="c">Another</li></ol>'
)


def html(body, **notes):
    return convert(
        body, Library(footnotes={name.replace("_", "-"): note for name, note in notes.items()})
    ).html


def test_notes_of_the_block_editor_stand_where_their_marks_were():
    assert html(BLOCK, a_1='A <em>note</em>, <a href="https://example.org/">here</a>', b_2="Two") == (
        '<p>Text<span class="footnote">A <em>note</em>, <a href="https://example.org/">here</a></span> and more'
        '<span class="footnote">Two</span>.</p>'
    )


def test_a_note_no_mark_calls_for_and_a_mark_without_a_note_are_both_kept():
    assert html(BLOCK, a_1="One", z="Nobody calls") == (
        '<p>Text<span class="footnote">One</span> and more<sup>2</sup>.</p>\n<hr>\n<ol><li>Nobody calls</li></ol>'
    )


def test_a_list_of_notes_as_wordpress_shows_it_is_taken_apart():
    assert html(RENDERED) == (
        '<p>Text<span class="footnote">A <em>note</em></span>.</p>\n<ol><li>Another</li></ol>'
    )
    alone = RENDERED.replace('<li id="c">Another</li>', "")
    assert html(alone) == '<p>Text<span class="footnote">A <em>note</em></span>.</p>'


@pytest.mark.parametrize("name", ["footnote", "ref", "fn", "efn_note", "mfn"])
def test_notes_in_shortcodes_stand_where_they_were_written(name):
    body = f"One[{name}]A <i>note</i>\n\nin two parts[/{name}] and two.\n\nThree."
    assert html(body) == (
        '<p>One<span class="footnote">A <em>note</em><br>in two parts</span> and two.</p>\n<p>Three.</p>'
    )


@pytest.mark.parametrize("body", ["A [ref] in brackets", "An empty[ref] [/ref] one", "See ((this)) too"])
def test_what_only_looks_like_a_note_stays_text(body):
    found = html(body)
    assert "footnote" not in found
    assert "[ref]" in found or "((this))" in found


def test_a_note_holds_no_block_and_keeps_its_language():
    body = '<div>Text<span class="footnote" lang="ar" dir="rtl"><p>كتاب</p><p>باب</p></span>.</div>'
    assert html(body) == '<p>Text<span class="footnote" lang="ar" dir="rtl">كتاب<br>باب</span>.</p>'
    assert clean_html(html(body)) == html(body)
