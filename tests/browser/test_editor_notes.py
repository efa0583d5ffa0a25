"""Footnotes and passages in other languages, made in the editor by hand, keyboard and paste."""

import pytest
from django.urls import reverse

from informed_comment.html import clean_html
from posts.models import Correction, Post
from tests.browser.test_newsroom import paste, text_of, write
from tests.factories import make_post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORD = """<html><body><!--StartFragment--><p class=MsoNormal>Wheat was dear<a style='mso-footnote-id:ftn1' href="#_ftn1"
name="_ftnref1" title=""><span class=MsoFootnoteReference><span style='mso-special-character:footnote'><![if !supportFootnotes]>
<span class=MsoFootnoteReference>[1]</span><![endif]></span></span></a> and rare<a style='mso-footnote-id:ftn2' href="#_ftn2"
name="_ftnref2" title=""><span class=MsoFootnoteReference>[2]</span></a>.</p>
<div style='mso-element:footnote-list'><br clear=all><hr align=left size=1 width="33%">
<div style='mso-element:footnote' id=ftn1><p class=MsoFootnoteText><a style='mso-footnote-id:ftn1' href="#_ftnref1"
name="_ftn1" title=""><span class=MsoFootnoteReference>[1]</span></a> <i>Prices</i>, 1915.</p></div>
<div style='mso-element:footnote' id=ftn2><p class=MsoFootnoteText><a href="#_ftnref2" name="_ftn2"><span>[2]</span></a> A letter.</p></div>
</div><!--EndFragment--></body></html>"""
DOCS = """<p><span>Wheat was dear</span><sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup><span>.</span></p><hr>
<div><p><a href="#ftnt_ref1" id="ftnt1">[1]</a><span>&nbsp;Prices.</span></p></div>"""
A_PAGE = """<p>Wheat was dear<sup><a id="note-ref-1" href="https://news.example/a.html#note-1">1</a></sup>.</p>
<section><h2>Notes</h2><ol><li id="note-1"><span>Prices.</span> <a href="https://news.example/a.html#note-ref-1">↩</a></li></ol></section>"""
ONLY_ANCHORS = '<p id="top">See <a href="#top">above</a> and <a href="#nowhere">nowhere</a>.</p>'


def note(page, text, *, submit=True):
    page.keyboard.type(text)
    if submit:
        page.keyboard.press("Enter")
        page.wait_for_selector("dialog[open]", state="detached")


def test_a_note_is_added_changed_and_removed(desk):
    write(desk)
    desk.keyboard.type("Wheat was dear.")
    for _ in range(3):
        desk.keyboard.press("ArrowLeft")
    desk.wait_for_function("() => id_body.editor.state.selection.to === 13")
    desk.keyboard.press("Control+Alt+f")
    desk.wait_for_selector("dialog[open] .prose:focus")
    desk.keyboard.type("The ")
    desk.keyboard.press("Control+i")
    note(desk, "price list")
    kept = '<p>Wheat was dear<span class="footnote">The <em>price list</em></span>.</p>'
    assert clean_html(text_of(desk)) == kept
    assert desk.inner_text(".editor--full .editor__count").startswith("6 words")
    desk.click(".note-mark")
    desk.wait_for_selector("dialog[open] .prose:focus")
    note(desk, ", 1915")
    assert clean_html(text_of(desk)) == kept.replace("list", "list, 1915")
    desk.click(".note-mark")
    desk.click("dialog[open] .dialog__extra")
    desk.wait_for_selector("dialog[open]", state="detached")
    assert text_of(desk) == "<p>Wheat was dear.</p>"
    assert desk.breaches == []


def test_a_note_is_left_alone_when_the_dialog_is_left(desk):
    write(desk)
    desk.keyboard.type("Wheat")
    desk.click("[data-tool=note]")
    note(desk, "Never mind", submit=False)
    desk.keyboard.press("Escape")
    desk.wait_for_selector("dialog[open]", state="detached")
    desk.keyboard.type("!")
    assert text_of(desk) == "<p>Wheat!</p>"


def test_notes_of_a_stored_text_are_numbered_and_open_by_the_keyboard(desk):
    body = '<p>One<span class="footnote">First</span> two<span class="footnote">Second</span>.</p>'
    post = make_post(status="draft", published_at=None, body=body)
    desk.goto(reverse("admin:posts_post_change", args=[post.pk]))
    marks = desk.locator(".note-mark")
    assert [marks.nth(place).get_attribute("aria-label") for place in range(2)] == [
        "Footnote: First",
        "Footnote: Second",
    ]
    assert desk.inner_text(".editor--full .editor__count").startswith("4 words")
    desk.evaluate(
        "id_body.editor.commands.setNodeSelection(4); id_body.editor.view.focus()"
    )  # at once: the command waits for a frame
    desk.keyboard.press("Enter")
    desk.wait_for_selector("dialog[open] .prose:focus")
    note(desk, " of all")
    desk.click("button[value=save]")
    desk.wait_for_selector(".messagelist .success")
    assert Post.objects.get().body == body.replace("First", "First of all")


def test_a_link_can_be_set_within_a_note(desk):
    write(desk)
    desk.keyboard.type("Wheat")
    desk.keyboard.press("Control+Alt+f")
    note(desk, "Prices", submit=False)
    desk.keyboard.press("Control+a")
    desk.keyboard.press("Control+k")
    desk.fill("dialog[open]:has(input) input", "example.org")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("dialog[open]:has(input)", state="detached")
    desk.click("dialog[open] .dialog__submit")
    assert text_of(desk) == (
        '<p>Wheat<span class="footnote"><a href="https://example.org">Prices</a></span></p>'
    )


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        (
            WORD,
            '<p>Wheat was dear<span class="footnote"><em>Prices</em>, 1915.</span> and rare'
            '<span class="footnote">A letter.</span>.</p>',
        ),
        (DOCS, '<p>Wheat was dear<span class="footnote">Prices.</span>.</p>'),
        (A_PAGE, '<p>Wheat was dear<span class="footnote">Prices.</span>.</p>'),
        (ONLY_ANCHORS, "<p>See above and nowhere.</p>"),
    ],
)
def test_pasted_footnotes_become_notes(desk, html, kept):
    write(desk)
    paste(desk, html=html)
    assert text_of(desk) == kept
    assert desk.breaches == []


def test_a_passage_is_marked_with_its_language(desk):
    write(desk)
    desk.keyboard.type("He said:")
    desk.keyboard.press("Enter")
    desk.keyboard.type("> سلام")
    desk.select_option(".toolbar__language", "ar")
    quoted = '<p>He said:</p><blockquote lang="ar" dir="rtl"><p>سلام</p></blockquote>'
    assert text_of(desk) == quoted
    assert desk.evaluate("getComputedStyle(document.querySelector('.prose blockquote')).direction") == "rtl"
    desk.evaluate("id_body.editor.chain().focus().setTextSelection({from: 4, to: 8}).run()")
    desk.select_option(".toolbar__language", "fr")
    assert text_of(desk) == quoted.replace("said", '<span lang="fr" dir="ltr">said</span>')
    assert desk.input_value(".toolbar__language") == "fr"
    desk.select_option(".toolbar__language", "")
    assert text_of(desk) == quoted
    desk.evaluate("id_body.editor.chain().focus().setTextSelection(13).run()")
    assert desk.input_value(".toolbar__language") == "ar"
    desk.select_option(".toolbar__language", "")
    assert text_of(desk) == quoted.replace(' lang="ar" dir="rtl"', "")


def test_another_language_is_set_by_its_code_on_every_block_touched(desk):
    write(desk)
    desk.keyboard.type("Eins")
    desk.keyboard.press("Enter")
    desk.keyboard.type("- Zwei")
    desk.keyboard.press("Control+a")
    desk.select_option(".toolbar__language", "other")
    desk.fill("dialog[open] input", "not a code")
    desk.keyboard.press("Enter")
    assert "two or three letters" in desk.inner_text("dialog[open] [role=alert]")
    desk.fill("dialog[open] input", "ps")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("dialog[open]", state="detached")
    assert text_of(desk) == ('<p lang="ps" dir="rtl">Eins</p><ul lang="ps" dir="rtl"><li>Zwei</li></ul>')


def test_a_correction_is_written_in_an_editor_of_its_own(desk):
    post = make_post()
    desk.goto(reverse("admin:posts_post_change", args=[post.pk]))
    desk.click("#corrections-group summary")
    desk.click("#corrections-group .add-row a")
    desk.click("#corrections-0 .ProseMirror")
    desk.keyboard.type("Nine, not **ten**.")
    desk.select_option("#id_corrections-0-kind", "clarification")
    desk.click("button[value=save]")
    desk.wait_for_selector(".messagelist .success")
    made = Correction.objects.get()
    assert (made.kind, made.text) == ("clarification", "<p>Nine, not <strong>ten</strong>.</p>")
    desk.goto(post.permalink)
    desk.click(".article__corrected a")
    assert "Nine, not ten." in desk.inner_text("#corrections:target")
    assert desk.breaches == []
