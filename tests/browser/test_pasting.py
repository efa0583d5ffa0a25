"""What is pasted comes out clean, and what was left out is said. The clipboards stand in tests/browser/clipboard/."""

import re
from pathlib import Path

import pytest

from informed_comment.html import clean_html
from tests.browser.test_newsroom import paste, text_of, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CLIPBOARD = Path(__file__).parent / "clipboard"
SAID = re.compile(r"<!-- (.*?)-->\n")


def expected(name):
    """(sentence, HTML) of a clipboard."""
    text = (CLIPBOARD / f"{name}.expected.html").read_text()
    return SAID.match(text)[1].strip(), re.sub(r">\n(?=<)", ">", SAID.sub("", text).strip())


def fresh(page):
    page.evaluate("id_body.editor.chain().focus().clearContent(true).run()")


def said(page):
    return page.inner_text(".editor--full .editor__status").strip()


def came_in(page):
    """The text, without the empty line the editor keeps under a table."""
    return re.sub(r"(<p></p>)+$", "", text_of(page))


def test_every_clipboard_comes_out_as_it_was_meant(desk):
    write(desk)
    came, wanted = {}, {}
    for file in sorted(CLIPBOARD.glob("*")):
        if file.suffix not in (".html", ".txt") or ".expected" in file.name:
            continue
        kind = "html" if file.suffix == ".html" else "text"
        fresh(desk)
        paste(desk, **{kind: file.read_text()})
        if file.stem == "markdown":
            assert "# A title" in text_of(desk)
            assert said(desk).startswith("This looks like Markdown.")
            desk.click("text=Format as Markdown")
        came[file.stem] = (said(desk), came_in(desk))
        wanted[file.stem] = expected(file.stem)
        assert clean_html(came_in(desk)) == came_in(desk).replace("\u00a0", "&nbsp;"), file.stem
    assert came == wanted
    assert desk.breaches == []


def test_plain_text_is_offered_no_markdown_and_an_offer_ends_with_the_next_letter(desk):
    write(desk)
    for text in (
        "Rate 5 * 4 * 3 of #1 - good",
        "1. One point only",
        "- A dash\nthen words",
        "I #love_it_ and *you*",
    ):
        fresh(desk)
        paste(desk, text=text)
        assert said(desk) == "", text
    fresh(desk)
    desk.keyboard.type("Before. ")
    paste(desk, text="# One\n\n- Two\n- Three")
    assert "Format as Markdown" in said(desk)
    desk.keyboard.type(" More")
    assert said(desk) == ""
    assert "# One" in text_of(desk)


def test_markdown_takes_the_place_of_what_was_pasted_and_of_nothing_else(desk):
    write(desk)
    desk.keyboard.type("Before.")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Enter")
    desk.keyboard.type("After.")
    desk.evaluate("id_body.editor.commands.setTextSelection(10)")
    paste(desk, text="## Two\n\nWords with [a link](https://example.org/).")
    desk.click("text=Format as Markdown")
    assert text_of(desk) == (
        '<p>Before.</p><h2>Two</h2><p>Words with <a href="https://example.org/">a link</a>.</p><p>After.</p>'
    )


def test_text_pasted_into_preformatted_text_keeps_its_lines(desk):
    write(desk)
    desk.keyboard.type("``` ")
    paste(desk, text="a\n\n  b")
    assert text_of(desk) == "<pre>a\n\n  b</pre>"
