"""Previews in a real browser: at the width of a phone, by a link, and a guest author at work."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from posts import commenting, previewing
from posts.models import Post, PreviewLink
from tests.browser.eyes import PHONE, faults_in_all_lights
from tests.factories import make_category, make_image, make_post, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def draft(**fields):
    return make_post(**{"status": "draft", "published_at": None, "slug": ""} | fields)


def address(link, name="preview"):
    return reverse(f"posts:{name}", args=[previewing.token_of(link)])


def write(page, words):
    page.click(".ProseMirror")
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def test_a_preview_changes_its_width_and_its_colours_and_sends_nothing(desk):
    post = draft(
        title="On rivers", body="<p>Text with <a href='/about/'>a link</a>.</p>", lead_image=make_image()
    )
    desk.goto(reverse("admin:posts_post_preview", args=[post.pk]))
    frame = desk.frame_locator("[data-frame]")
    assert frame.locator("h1").inner_text() == "On rivers"
    width = "document.querySelector('[data-frame]').contentWindow.innerWidth"
    assert desk.evaluate(width) == 390
    desk.click("text=Desktop")
    desk.wait_for_function(f"() => {width} >= 1280")
    assert desk.url.endswith("width=desk")
    colour = "getComputedStyle(document.querySelector('[data-frame]').contentDocument.body).backgroundColor"
    desk.click("button >> text=Dark")
    assert desk.evaluate(colour) == "rgb(22, 20, 18)"
    desk.click("button >> text=Light")
    assert desk.evaluate(colour) == "rgb(255, 253, 248)"
    assert desk.evaluate("localStorage.theme") == "auto"
    with desk.context.expect_page():
        frame.locator(".prose a").click()
    assert frame.locator("h1").inner_text() == "On rivers"
    assert desk.breaches == []


def test_typed_text_is_previewed_at_the_width_of_a_phone_before_it_is_saved(desk):
    post = draft(title="Stored title", body="<p>Stored.</p>")
    desk.goto(reverse("admin:posts_post_change", args=[post.pk]))
    desk.fill("#id_title", "Typed title")
    write(desk, " Typed just now.")
    with desk.context.expect_page() as opened:
        desk.click("[data-preview]")
    preview = opened.value
    frame = preview.frame_locator("[data-frame]")
    assert frame.locator("h1").inner_text() == "Typed title"
    assert frame.locator(".prose").inner_text() == "Stored. Typed just now."
    assert preview.evaluate("document.querySelector('[data-frame]').contentWindow.innerWidth") == 390
    preview.click("text=What is saved")
    preview.wait_for_url("**text=saved*")
    assert preview.frame_locator("[data-frame]").locator("h1").inner_text() == "Stored title"
    write(desk, " And more.")
    desk.click("[data-preview]")
    preview.wait_for_url("**text=typed*")
    preview.frame_locator("[data-frame]").locator("text=And more.").wait_for()
    assert Post.objects.get().body == "<p>Stored.</p>"
    assert desk.breaches == []


def test_a_post_never_saved_is_previewed_once_something_is_typed(desk):
    desk.goto("/admin/posts/post/add/")
    desk.click("[data-preview]")
    assert desk.evaluate("document.activeElement.id") == "id_title"
    desk.keyboard.type("Never saved")
    write(desk, "Begun.")
    with desk.context.expect_page(predicate=lambda page: not page.is_closed()) as opened:
        desk.click("[data-preview]")
    frame = opened.value.frame_locator("[data-frame]")
    assert frame.locator("h1").inner_text() == "Never saved"
    assert "Not saved yet" in opened.value.inner_text(".preview__head")
    assert not Post.objects.exists()


def test_a_link_is_made_beside_the_text_copied_and_taken_back_and_what_is_typed_stays(desk):
    post = draft(body="<p>Stored.</p>")
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.goto(reverse("admin:posts_post_change", args=[post.pk]))
    write(desk, " Typed.")
    desk.click("[data-new-link]")
    desk.fill("dialog #id_label", "Nadia Guest")
    desk.fill("dialog #id_days", "91")
    desk.evaluate("document.querySelector('dialog #id_days').removeAttribute('max')")
    desk.click("dialog >> text=Make the link")
    expect(desk.locator("dialog .errorlist")).to_contain_text("less than or equal to 90")
    desk.fill("dialog #id_days", "7")
    desk.check("dialog #id_may_write")
    desk.click("dialog >> text=Make the link")
    desk.wait_for_selector("[data-preview-links] .preview-link")
    expect(desk.locator("dialog[open]")).to_have_count(0)
    link = PreviewLink.objects.get()
    assert link.may_write
    desk.click("[data-preview-links] >> text=Copy link")
    desk.wait_for_selector("text=Copied")
    assert desk.evaluate("navigator.clipboard.readText()").endswith(address(link))
    desk.click("[data-preview-links] >> text=Revoke")
    desk.wait_for_selector("[data-preview-links] >> text=leads nowhere any more")
    link.refresh_from_db()
    assert link.revoked_at
    assert desk.evaluate("id_body.value") == "<p>Stored. Typed.</p>"
    assert desk.breaches == []


def test_a_guest_writes_and_sends_an_editor_changes_it_and_the_guest_approves(desk, new_page):
    post = draft(title="", standfirst="", body="")
    link = previewing.make_link(post, label="Nadia Guest", may_write=True)
    guest = new_page(viewport={"width": 390, "height": 844})
    breaches = []
    guest.expose_function("breach", lambda breach: breaches.append(breach))
    guest.add_init_script(
        "document.addEventListener('securitypolicyviolation', (e) => breach(`${e.violatedDirective} ${e.sample}`))"
    )
    guest.goto(address(link, "guest_write"))
    assert guest.locator("[data-tool=picture]").count() == 0
    guest.fill("#id_title", "A river remembered")
    write(guest, "## By night")
    guest.keyboard.press("Enter")
    guest.keyboard.type("The **water** is low.")
    guest.fill("#id_note", "I can be reached until six.")
    guest.click("text=Send to the editors")
    guest.wait_for_selector("text=I can be reached until six.")
    post.refresh_from_db()
    assert post.status == "in_review"
    assert post.body == "<h2>By night</h2><p>The <strong>water</strong> is low.</p>"

    desk.goto(reverse("admin:posts_post_change", args=[post.pk]))
    write(desk, " Very low.")
    desk.click("button[value=save]")
    desk.wait_for_selector(".messagelist .success")

    guest.goto(address(link))
    assert "Very low." in guest.inner_text(".prose")
    guest.click("text=I approve this text")
    guest.wait_for_selector("text=You approved this text")
    desk.reload()
    assert "Approved by Nadia Guest" in desk.inner_text("[data-preview-links]")
    assert "(this version)" in desk.inner_text("[data-preview-links]")
    assert Post.objects.get().version == 3
    assert not guest.context.cookies()
    assert breaches == desk.breaches == []


def test_previews_and_guest_pages_are_accessible_and_never_wider_than_a_phone(desk):
    post = draft(categories=[make_category("Iran")], tags=["Oil"], lead_image=make_image())
    link = previewing.make_link(post, label="Nadia Guest", may_write=True)
    over = previewing.make_link(post, label="Omar")
    previewing.revoke(over)
    commenting.say(post, "The second date is wrong.", link=link)
    commenting.say(post, "Mended.", user=make_user())
    screens = [
        reverse("admin:posts_post_preview", args=[post.pk]),
        reverse("admin:posts_post_preview_page", args=[post.pk]),
        reverse("admin:posts_post_preview_links", args=[post.pk]),
        reverse("admin:posts_post_preview_link_revoke", args=[post.pk, link.pk]),
        address(link),
        address(link, "guest_write"),
        address(over),
    ]
    desk.set_viewport_size(PHONE)
    problems = []
    for screen in screens:
        desk.goto(screen)
        problems += [f"{screen}: {fault}" for fault in faults_in_all_lights(desk)]
    assert not problems, "\n".join(problems)
    assert desk.breaches == []
