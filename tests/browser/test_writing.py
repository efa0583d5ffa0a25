"""Writing in a real browser: marks as they are typed, links, the text alone, keys, and what is to be mended."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from posts.models import PendingChange, Post
from tests.browser.test_newsroom import text_of, write
from tests.factories import make_author, make_category, make_post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TYPED = {
    "# One": "<h2>One</h2>",
    "## Two": "<h2>Two</h2>",
    "### Three": "<h3>Three</h3>",
    "#### Four": "<h4>Four</h4>",
    "- Item": "<ul><li>Item</li></ul>",
    "* Item": "<ul><li>Item</li></ul>",
    "1. Item": "<ol><li>Item</li></ol>",
    "> Said": "<blockquote><p>Said</p></blockquote>",
    "A **bold** word": "<p>A <strong>bold</strong> word</p>",
    "A *slanted* word": "<p>A <em>slanted</em> word</p>",
    "A _slanted_ word": "<p>A <em>slanted</em> word</p>",
    "A ~~gone~~ word": "<p>A <s>gone</s> word</p>",
    "A `set` word": "<p>A <code>set</code> word</p>",
    "12. Item": '<ol start="12"><li>Item</li></ol>',
    "2026. It was": "<p>2026. It was</p>",
    "``` a  b": "<pre>a  b</pre>",
    "--- ": "<hr>",
    "See [the *place*](example.org/a_(b)), now": '<p>See <a href="https://example.org/a_(b)">the <em>place</em></a>, now</p>',
    "[Here](/2016/10/x.html)": '<p><a href="/2016/10/x.html">Here</a></p>',
    "[A](javascript:alert(1))": "<p>[A](javascript:alert(1))</p>",
    "[sic](as it stood)": "<p>[sic](as it stood)</p>",
    "2 * 3 * 4 and snake_case_name": "<p>2 * 3 * 4 and snake_case_name</p>",
}


def opened(page, post):
    page.goto(reverse("admin:posts_post_change", args=[post.pk]))
    page.click(".ProseMirror")


def test_marks_become_what_they_mean_as_they_are_typed(desk):
    write(desk)
    came = {}
    for typed in TYPED:
        desk.evaluate("id_body.editor.chain().focus().clearContent(true).run()")
        desk.keyboard.type(typed)
        came[typed] = re.sub(r"(?<=<hr>)<p> ?</p>$", "", text_of(desk))
    assert came == TYPED
    desk.evaluate("id_body.editor.chain().focus().clearContent(true).run()")
    desk.keyboard.type("A `b`")
    desk.keyboard.press("Control+z")
    assert text_of(desk) == "<p>A `b`</p>"


def ask_for_link(page, typed=None):
    page.keyboard.press("Control+k")
    if typed is not None:
        page.fill(".dialog--links [role=combobox]", typed)


def test_a_link_is_found_among_ones_own_posts_by_the_keyboard_alone(desk):
    old = make_post(title="The price of bread")
    make_post(title="Bread and salt", status="draft", published_at=None)
    write(desk)
    desk.keyboard.type("See bread")
    desk.keyboard.press("Control+Shift+ArrowLeft")
    desk.wait_for_function("() => !id_body.editor.state.selection.empty")
    ask_for_link(desk)
    field = desk.locator(".dialog--links [role=combobox]")
    assert field.input_value() == "bread"
    options = desk.locator("[role=option]")
    expect(options).to_have_count(2)
    expect(options.first).to_contain_text("Draft")
    expect(options.first).to_contain_text("no address yet")
    desk.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    desk.keyboard.press("Enter")
    assert "no address until it is published" in desk.inner_text(".dialog--links .dialog__problem")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    assert text_of(desk) == f'<p>See <a href="{old.permalink}">bread</a></p>'
    ask_for_link(desk)
    assert desk.input_value(".dialog--links [role=combobox]") == old.permalink
    assert desk.get_attribute(".links__open", "href") == old.permalink
    desk.click("text=Remove the link")
    assert text_of(desk) == "<p>See bread</p>"
    desk.keyboard.press("Control+End")
    desk.keyboard.type(": ")
    ask_for_link(desk, "price")
    desk.locator("[role=option]").click()
    desk.keyboard.type(" again")
    assert text_of(desk) == f'<p>See bread: <a href="{old.permalink}">The price of bread</a> again</p>'
    assert desk.breaches == []


def test_what_is_no_address_is_told_apart(desk):
    write(desk)
    kept = {
        "example.org/page": "https://example.org/page",
        "ada@example.org": "mailto:ada@example.org",
        "http://example.org": "http://example.org",
        f"{desk.evaluate('location.origin')}/about/?a=1#b": "/about/?a=1#b",
        "/about/": "/about/",
    }
    for typed, href in kept.items():
        desk.evaluate("id_body.editor.chain().focus().clearContent(true).run()")
        ask_for_link(desk, typed)
        desk.keyboard.press("Enter")
        assert f'href="{href}"' in text_of(desk)
    ask_for_link(desk)
    for typed in ("just words", "https://example", "http:/x", "javascript:alert(1)", "mailto:ada", ""):
        desk.fill(".dialog--links [role=combobox]", typed)
        desk.click(".dialog--links .dialog__submit")
        assert desk.inner_text(".dialog--links .dialog__problem"), typed
    desk.keyboard.press("Escape")
    assert desk.locator("dialog[open]").count() == 0


@pytest.mark.parametrize("width", [360, 1440])
def test_the_text_stands_alone_and_its_last_line_is_never_covered(desk, width):
    desk.set_viewport_size({"width": width, "height": 640})
    post = make_post(body="<p>Line.</p>" * 40)
    opened(desk, post)
    for _ in range(2):
        desk.keyboard.press("Control+End")
        desk.keyboard.type(" The end.")
        desk.wait_for_timeout(50)
        covered = desk.evaluate(
            """() => { const box = getSelection().getRangeAt(0).getBoundingClientRect()
            return [box.bottom - document.querySelector('.desk__text .editor__foot').getBoundingClientRect().top,
                    document.querySelector('.desk__text .toolbar').getBoundingClientRect().bottom - box.top] }"""
        )
        assert max(covered) <= 0, covered
        assert desk.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        desk.keyboard.press("Control+Shift+F")
    desk.keyboard.press("Control+Shift+F")
    opened(desk, post)
    for hidden in ("#header", ".desk__about", ".toolbar"):
        expect(desk.locator(hidden).first).to_be_hidden()
    for shown in ("#id_title", "#id_standfirst", ".ProseMirror >> nth=0", ".editor__count"):
        expect(desk.locator(shown)).to_be_visible()
    desk.keyboard.press("Control+a")
    expect(desk.locator(".desk__text .toolbar")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator("#header")).to_be_visible()
    desk.reload()
    expect(desk.locator("#header")).to_be_visible()


def test_keys_save_and_lead_to_publishing(desk):
    write(desk)
    desk.keyboard.type("Text.")
    desk.keyboard.press("Control+/")
    assert "Ctrl Shift Enter" in desk.inner_text("dialog[open]")
    desk.keyboard.press("Escape")
    desk.keyboard.press("Control+s")
    desk.wait_for_selector(".messagelist .success")
    post = Post.objects.get()
    assert (post.status, post.body) == ("draft", "<p>Text.</p>")
    desk.wait_for_selector(".ProseMirror")
    desk.keyboard.press("Control+Shift+Enter")
    assert desk.evaluate("document.activeElement.value") == "publish"


def test_saving_by_key_never_changes_what_readers_see(desk):
    post = make_post(body="<p>Read.</p>")
    opened(desk, post)
    desk.keyboard.press("Control+Home")
    desk.wait_for_function("id_body.editor.state.selection.from === 1")
    desk.keyboard.type("Un")
    desk.keyboard.press("Control+s")
    desk.wait_for_selector(".messagelist .success")
    assert Post.objects.get().body == "<p>Read.</p>"
    assert PendingChange.objects.get().state["body"] == "<p>UnRead.</p>"


def wait_until_selected(desk, words):
    for _ in range(100):
        if (found := desk.evaluate("getSelection().toString()")) == words:
            return
        desk.wait_for_timeout(50)
    pytest.fail(f"{found!r} is selected, not {words!r}")


def test_what_is_to_be_mended_leads_to_its_place(desk):
    post = make_post(
        status="draft",
        published_at=None,
        authors=[make_author()],
        categories=[make_category()],
        body='<p>One</p><h4>Deep</h4><p>Two <a href="/2016/10/none.html">gone</a>.</p>',
        seo_title="x" * 70,
    )
    opened(desk, post)
    desk.keyboard.press("Control+End")
    desk.keyboard.type(" Three")
    desk.click("[data-checks-now]")
    expect(desk.locator(".problems li")).to_have_count(3)
    desk.click("text=leaves out a level")
    wait_until_selected(desk, "Deep")
    desk.click("text=nothing on this site answers")
    wait_until_selected(desk, "gone")
    desk.click("text=Shorten the title")
    assert desk.evaluate("document.activeElement.id") == "id_seo_title"
    assert Post.objects.get().body.endswith("</a>.</p>")
    assert desk.breaches == []
