"""An editor at work in a real browser: types, pastes, saves, publishes, and the reader's page has it."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from posts.models import Post
from tests.factories import make_category, make_image, make_post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORD = """<html><head><style>p.MsoNormal{margin:0}</style></head><body><!--StartFragment-->
<h1 style='mso-style-link:x'>A heading from Word</h1>
<p class=MsoNormal style='margin:0cm'><b style='mso-bidi-font-weight:normal'>Bold</b> and <span style='color:red'>plain</span>&nbsp;words.<o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp;</span></span><![endif]>First</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level2 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>o</span><![endif]>Beneath</p>
<p class=MsoNormal><a href="file:///C:/secret.doc">A file</a> <img src="file:///C:/x.png"></p>
<script>alert(1)</script><!--EndFragment--></body></html>"""
DOCS = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr" style="line-height:1.38">
<span style="font-weight:700">Strong</span><span style="font-weight:400"> and </span><span style="font-style:italic">slanted</span>
<a href="https://www.google.com/url?q=https://example.org/a&amp;sa=D" style="text-decoration:none"><span>a link</span></a></p></b>"""


def text_of(page):
    return (
        page.input_value("#id_body")
        if page.locator("#id_body").is_visible()
        else page.evaluate("id_body.value")
    )


def paste(page, *, html="", text=""):
    page.evaluate(
        """([html, text]) => {
            const data = new DataTransfer()
            if (html) data.setData("text/html", html)
            data.setData("text/plain", text)
            document.querySelector(".ProseMirror").dispatchEvent(
                new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }))
        }""",
        [html, text],
    )


def write(page):
    page.goto("/admin/posts/post/add/")
    page.click(".ProseMirror")


def test_an_editor_writes_publishes_and_reads_the_post(desk):
    make_category("Middle East")
    write(desk)
    desk.keyboard.type("A plain sentence with  two blanks.")
    desk.keyboard.press("Enter")
    desk.keyboard.type("## Under a heading")
    desk.keyboard.press("Enter")
    desk.keyboard.type("And **bold** words.")
    desk.fill("#id_title", "Rivers at dusk")
    desk.fill("#id_standfirst", "What the water remembers.")
    desk.click("select[data-categories] + .select2 .select2-selection")
    desk.click(".select2-results__option >> text=Middle East")
    desk.click("[data-tags] ~ .select2 .select2-selection")
    desk.keyboard.type("Water,Iran,")
    assert text_of(desk) == (
        "<p>A plain sentence with  two blanks.</p><h2>Under a heading</h2><p>And <strong>bold</strong> words.</p>"
    )
    desk.click("button[value=publish]")
    expect(desk.locator(".problems a")).to_have_text("Say who wrote it: the byline is empty.")
    desk.click("button[value=publish] >> text=Publish all the same")
    desk.wait_for_selector(".messagelist .success")
    post = Post.objects.get()
    assert post.is_public
    assert sorted(tag.name for tag in post.tags.all()) == ["Iran", "Water"]
    desk.click(".messagelist a")
    desk.wait_for_url(f"**{post.permalink}")
    assert "Rivers at dusk" in desk.inner_text("h1")
    assert "two blanks" in desk.inner_text("body")
    assert desk.breaches == []


def test_pasted_word_text_comes_out_clean(desk):
    write(desk)
    paste(desk, html=WORD)
    assert text_of(desk) == (
        "<h2>A heading from Word</h2><p><strong>Bold</strong> and plain words.</p>"
        "<ul><li>First<ul><li>Beneath</li></ul></li></ul><p>A file</p>"
    )
    assert "One picture, 1 script" in desk.inner_text(".editor--full .editor__status")
    assert desk.breaches == []


def test_pasted_docs_text_keeps_what_was_meant(desk):
    write(desk)
    paste(desk, html=DOCS)
    assert text_of(desk) == (
        '<p><strong>Strong</strong> and <em>slanted</em> <a href="https://example.org/a">a link</a></p>'
    )
    assert desk.breaches == []


def test_a_pasted_address_becomes_an_embed_and_pictures_come_from_the_library(desk):
    image = make_image(title="Harbour", alt="Boats", caption="At dawn", credit="Ada")
    write(desk)
    paste(desk, text="https://youtu.be/dQw4w9WgXcQ?t=3")
    assert 'data-provider="youtube" data-embed="dQw4w9WgXcQ"' in text_of(desk)
    desk.click("[data-tool=picture]")
    desk.click(".library__list button")
    desk.click(".dialog__submit")
    body = text_of(desk)
    assert f'<figure class="image"><img src="{image.file.url}" width="1200" height="800"' in body
    assert f'data-image="{image.pk}"' in body
    assert "<figcaption>At dawn <small>Ada</small></figcaption>" in body
    desk.click("[data-picture] .picture__button")
    desk.click(".library__list button")
    desk.fill("#id_title", "With pictures")
    desk.click("button[value=save]")
    desk.wait_for_selector(".messagelist .success")
    post = Post.objects.get()
    assert post.lead_image == image
    assert 'data-embed="dQw4w9WgXcQ"' in post.body
    assert desk.breaches == []


def test_what_was_typed_survives_a_closed_tab(desk):
    post = make_post(status="draft", published_at=None, body="<p>Stored.</p>")
    address = reverse("admin:posts_post_change", args=[post.pk])
    desk.goto(address)
    desk.click(".ProseMirror")
    desk.keyboard.press("Control+End")
    desk.keyboard.type(" Not yet saved.")
    desk.goto("about:blank")
    desk.goto(address)
    assert "Not yet saved" not in text_of(desk)
    assert "Not yet saved." in desk.inner_text(".kept__changes ins")
    desk.click("text=Bring it back")
    desk.wait_for_url("**recover=*")
    assert text_of(desk) == "<p>Stored. Not yet saved.</p>"
    desk.click("button[value=save]")
    desk.wait_for_selector(".messagelist .success")
    assert Post.objects.get(pk=post.pk).body == "<p>Stored. Not yet saved.</p>"
    desk.reload()
    assert desk.locator(".kept__offer").count() == 0
    assert desk.breaches == []
