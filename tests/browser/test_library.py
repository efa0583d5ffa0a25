"""Pictures in a real browser: dropped into a text, sent by the dozen, focused, and all of it accessible."""

import base64
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from playwright.sync_api import expect

from images import keeping
from images.models import Image
from posts.models import Post
from tests.browser.eyes import PHONE, faults_in_all_lights
from tests.factories import make_image, make_picture, make_post
from tests.images import bad_pictures as bad

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DROP = """([selector, files]) => {
  const data = new DataTransfer()
  for (const [name, type, content] of files)
    data.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name, { type }))
  const target = document.querySelector(selector), box = target.getBoundingClientRect()
  const at = { clientX: box.x + 20, clientY: box.y + box.height / 2 }
  for (const name of ["dragenter", "dragover", "drop"])
    target.dispatchEvent(new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true, ...at }))
}"""
PASTE = """([html, files]) => {
  const data = new DataTransfer()
  if (html) data.setData("text/html", html)
  for (const [name, type, content] of files)
    data.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name, { type }))
  document.querySelector(".ProseMirror").dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }))
}"""


def file(content=None, name="quay.jpg", kind="image/jpeg"):
    return [name, kind, base64.b64encode(make_picture() if content is None else content).decode()]


def text_of(page):
    return page.evaluate("id_body.value")


def write(page, *paragraphs):
    page.goto("/admin/posts/post/add/")
    page.click(".ProseMirror")
    for number, paragraph in enumerate(paragraphs):
        if number:
            page.keyboard.press("Enter")
        page.keyboard.type(paragraph)


def test_a_dropped_picture_stands_in_the_text_once_it_is_described(desk):
    write(desk, "Before.", "After.")
    desk.evaluate(DROP, [".ProseMirror p", [file()]])
    desk.wait_for_selector("dialog [name=alt]")
    assert desk.is_visible(".waiting")
    assert text_of(desk) == "<p>Before.</p><p>After.</p>"
    desk.click(".dialog__submit")
    assert "Say what the picture shows" in desk.inner_text(".dialog__problem")
    desk.fill("dialog [name=alt]", "A quay")
    desk.fill("dialog [name=caption]", "At noon")
    desk.fill("dialog [name=credit]", "Ada")
    with desk.expect_response("**/remember/"):
        desk.click(".dialog__submit")
    desk.wait_for_selector(".ProseMirror figure")
    image = Image.objects.get()
    assert text_of(desk) == (
        f'<p>Before.</p><figure class="image"><img src="{image.file.url}" width="1200" height="800"'
        f' data-image="{image.pk}" alt="A quay"><figcaption>At noon <small>Ada</small></figcaption></figure>'
        "<p>After.</p>"
    )
    assert desk.locator(".waiting").count() == 0
    assert (image.alt, image.caption, image.credit) == ("A quay", "At noon", "Ada")
    desk.keyboard.type(" And on.")
    assert "<p>After. And on.</p>" in text_of(desk)
    assert desk.breaches == []


def test_cancelling_leaves_the_text_alone_and_the_picture_in_the_library(desk):
    write(desk, "Words.")
    desk.evaluate(DROP, [".ProseMirror p", [file()]])
    desk.click("dialog .dialog__cancel")
    desk.wait_for_selector(".waiting", state="detached")
    assert text_of(desk) == "<p>Words.</p>"
    assert Image.objects.count() == 1


def test_a_refused_picture_says_why_and_the_form_waits_for_a_decision(desk):
    write(desk, "Words.")
    desk.evaluate(DROP, [".ProseMirror p", [file(bad.SVG, "drawing.jpg")]])
    desk.wait_for_selector(".waiting.is-refused")
    assert "can carry scripts" in desk.inner_text(".waiting")
    desk.fill("#id_title", "A title")
    desk.click("button[value=save]")
    expect(desk.locator(".editor--full .editor__status")).to_contain_text("Describe it or leave it out")
    assert not Post.objects.exists()
    desk.click(".waiting >> text=Leave it out")
    desk.click("button[value=save]")
    desk.wait_for_selector(".messagelist .success")
    assert Post.objects.get().body == "<p>Words.</p>"


def test_pictures_within_pasted_html_stand_where_they_stood(desk):
    write(desk, "")
    source = "data:image/png;base64," + base64.b64encode(make_picture(300, 200, "PNG")).decode()
    desk.evaluate(PASTE, [f'<p>One.</p><p><img src="{source}"></p><p>Two.</p>', []])
    desk.wait_for_selector("dialog [name=decorative]")
    assert text_of(desk) == "<p>One.</p><p>Two.</p>"
    desk.check("dialog [name=decorative]")
    desk.click(".dialog__submit")
    desk.wait_for_selector(".ProseMirror figure")
    image = Image.objects.get()
    assert re.fullmatch(
        rf'<p>One.</p><figure class="image"><img [^>]*data-image="{image.pk}" alt=""></figure><p>Two.</p>',
        text_of(desk),
    )
    assert desk.breaches == []


def test_a_pasted_picture_alone_is_uploaded_and_words_that_bring_one_along_stay_words(desk):
    write(desk, "")
    desk.evaluate(PASTE, ["<p>Only words.</p>", [file()]])
    assert text_of(desk) == "<p>Only words.</p>"
    desk.evaluate(PASTE, ['<img src="https://example.org/x.jpg">', [file()]])
    desk.wait_for_selector("dialog [name=alt]")
    assert Image.objects.count() == 1


def test_the_dialog_uploads_a_picture_of_ones_own(desk):
    write(desk, "")
    desk.click("[data-tool=picture]")
    desk.set_input_files(
        ".library__zone input", {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    )
    desk.wait_for_selector(".library__refusal >> text=cannot be read as a picture")
    desk.set_input_files(
        ".library__zone input", {"name": "own.jpg", "mimeType": "image/jpeg", "buffer": make_picture()}
    )
    desk.fill("dialog [name=alt]", "My own")
    desk.click(".dialog__submit")
    desk.wait_for_selector(".ProseMirror figure")
    assert 'alt="My own"' in text_of(desk)


def test_many_are_sent_at_once_one_is_refused_and_sent_again(desk):
    keeping.keep_image(SimpleUploadedFile("known.jpg", make_picture(90, 90)), alt="Known")
    pictures = [make_picture(100 + n, 80) for n in range(8)] + [make_picture(90, 90)]
    files = [
        {"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": content}
        for n, content in enumerate(pictures)
    ]
    files.append({"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b""})
    desk.goto("/admin/images/image/add-many/")
    desk.set_input_files("#adding-files", files)
    desk.wait_for_selector("[data-total] >> text=10 of 10 files")
    assert desk.inner_text("[data-total]") == "10 of 10 files, 8 added, 1 already in the library, 1 refused."
    assert "“broken.jpg” is empty" in desk.inner_text(".adding__row--refused")
    with desk.expect_response("**/upload/"):
        desk.click("[aria-label='Try broken.jpg again']")
    assert Image.objects.count() == 9
    desk.click("text=Describe 9 pictures")
    desk.wait_for_selector(".describing__picture")
    desk.fill("[name=credit]", "Ada")
    for box in desk.locator(".describing__picture [type=checkbox]").all():
        box.check()
    desk.click("input[type=submit][value=Save]")
    desk.wait_for_selector(".messagelist .success")
    assert Image.objects.filter(credit="Ada", is_decorative=True).count() == 9
    assert desk.breaches == []


def test_the_focus_follows_a_click_and_the_arrows_and_the_crops_follow_the_focus(desk):
    image = make_image(width=1600, height=400)
    desk.goto(reverse("admin:images_image_change", args=[image.pk]))
    seen = "getComputedStyle(document.querySelector('.crop--square img')).objectPosition"
    assert desk.evaluate(seen) == "50% 50%"
    box = desk.locator("[data-focus] img").bounding_box()
    desk.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.5)
    assert float(desk.input_value("#id_focal_x")) == pytest.approx(0.25, abs=0.01)
    assert float(desk.evaluate(seen).split("%")[0]) == pytest.approx((0.25 * 1600 - 200) / 12, abs=1)
    desk.keyboard.press("ArrowLeft")
    desk.keyboard.press("Shift+ArrowRight")
    assert float(desk.input_value("#id_focal_x")) == pytest.approx(0.34, abs=0.01)
    assert "34% from the left" in desk.inner_text("[data-focus-said]")
    desk.click("input[name=_save]")
    desk.wait_for_selector(".messagelist .success")
    assert Image.objects.get().focal_x == pytest.approx(0.34, abs=0.01)


def test_the_library_is_accessible_and_never_wider_than_the_window(desk):
    """What the sweep over all screens does not come to see: results, a place held open, the dialog's two faces."""
    make_post(lead_image=make_image(alt="", credit=""))
    desk.set_viewport_size(PHONE)
    problems = []

    def look(name):
        problems.extend(f"{name}: {fault}" for fault in faults_in_all_lights(desk))

    desk.goto("/admin/images/image/?view=table")
    look("table")
    desk.goto("/admin/images/image/add-many/")
    desk.set_input_files(
        "#adding-files", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    )
    desk.wait_for_selector(".adding__row--refused")
    look("results")
    write(desk, "Words.")
    desk.evaluate(DROP, [".ProseMirror p", [file(b"no picture")]])
    desk.wait_for_selector(".waiting.is-refused")
    look("a place held open")
    desk.click("[data-tool=picture]")
    desk.wait_for_selector(".library__list button")
    look("dialog")
    desk.click(".library__list button")
    desk.wait_for_selector("dialog [name=alt]")
    desk.click(".dialog__submit")
    look("questions")
    assert not problems, "\n".join(problems)
    assert desk.breaches == []
