"""Nothing typed is lost, in a real browser: closed tabs, expired sessions, dead lines, other windows and other people."""

import json
from contextlib import suppress

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from informed_comment.models import StaffSession
from posts import autosaving, previewing
from posts.models import Autosave, Post
from tests.browser.test_newsroom import text_of
from tests.factories import make_post, make_user
from tests.posts.test_admin_post import change

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def write_in(page, address, words):
    page.goto(address)
    page.click(".ProseMirror")
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def wait_until_kept(page):
    try:
        page.wait_for_selector("[data-keeping-state]:has-text('Kept at')", timeout=15000)
    except Exception:
        pytest.fail(page.locator("[data-keeping]").inner_html())


def keep_elsewhere(post, body):
    """In place of what is kept: a text of another machine. The last word of a page just left may come in between."""
    user = get_user_model().objects.get(username="chief")
    text = json.dumps({"body": [body]})
    for _ in range(20):
        Autosave.objects.all().delete()
        with suppress(autosaving.NewerElsewhere):
            return autosaving.keep(text, by=user, post=post, key="0" * 32, typed_at=post.created_at)
    return pytest.fail("something is kept again and again")


def draft(**fields):
    return make_post(**{"status": "draft", "published_at": None, "body": "<p>Stored.</p>"} | fields)


def browser_records(page):
    return page.evaluate(
        """() => new Promise((resolve, reject) => {
            const open = indexedDB.open("typed", 1)
            open.onerror = () => reject(open.error)
            open.onsuccess = () => {
                const all = open.result.transaction("forms").objectStore("forms").getAll()
                all.onsuccess = () => { open.result.close(); resolve(all.result) }
            }
        })"""
    )


def expect_nothing_in(page):
    for _ in range(50):
        if not browser_records(page):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"still in the browser: {browser_records(page)}")


def test_what_is_typed_is_kept_in_the_browser_at_once_and_on_the_server_soon(desk):
    post = draft()
    write_in(desk, change(post), " More.")
    (record,) = browser_records(desk)
    assert json.loads(record["text"])["body"] == ["<p>Stored. More.</p>"]
    wait_until_kept(desk)
    row = Autosave.objects.get()
    assert json.loads(row.text)["body"] == ["<p>Stored. More.</p>"]
    assert row.text == browser_records(desk)[0]["text"]
    assert desk.input_value("[name=kept_row]") == f"{row.pk}.{row.number}"
    post.refresh_from_db()
    assert (post.body, post.version, post.revisions.count()) == ("<p>Stored.</p>", 1, 0)
    desk.click("button[value=save]")
    desk.wait_for_selector(".messagelist .success")
    assert not Autosave.objects.exists()
    expect_nothing_in(desk)
    assert desk.breaches == []


def test_an_expired_session_asks_to_sign_in_here_and_then_saves_by_itself(desk):
    post = draft()
    write_in(desk, change(post), " More.")
    wait_until_kept(desk)
    StaffSession.objects.all().delete()
    desk.keyboard.type(" And more.")
    desk.click("button[value=save]")
    frame = desk.frame_locator(".sign-in__frame")
    desk.wait_for_selector(".sign-in:modal")
    assert "You have been signed out" in desk.inner_text(".sign-in")
    frame.locator("#id_username").fill("chief")
    frame.locator("#id_password").fill("wrong")
    frame.locator("[type=submit]").click()
    frame.locator(".errornote").wait_for()
    frame.locator("#id_username").fill("chief")
    frame.locator("#id_password").fill("a long enough password")
    frame.locator("[type=submit]").click()
    desk.wait_for_selector(".messagelist .success")
    assert Post.objects.get().body == "<p>Stored. More. And more.</p>"
    assert not Autosave.objects.exists()
    assert desk.breaches == []


def test_signing_in_as_somebody_else_is_said(desk):
    make_user(group="Editor", username="zoe", first_name="Zoe", last_name="Else")
    post = draft()
    write_in(desk, change(post), " More.")
    wait_until_kept(desk)
    StaffSession.objects.all().delete()
    desk.keyboard.type(" And more.")
    frame = desk.frame_locator(".sign-in__frame")
    desk.wait_for_selector(".sign-in")
    desk.keyboard.type(" Still typing.")
    assert "Still typing." in text_of(desk)
    frame.locator("#id_username").fill("zoe")
    frame.locator("#id_password").fill("a long enough password")
    frame.locator("[type=submit]").click()
    desk.click("button:has-text('Go on as Zoe Else')")
    wait_until_kept(desk)
    assert {
        row.user.username: "Still typing." in row.text for row in Autosave.objects.select_related("user")
    } == {
        "chief": False,
        "zoe": True,
    }


def test_a_dead_line_is_said_and_the_text_follows_when_it_is_back(desk):
    post = draft()
    write_in(desk, change(post), " More.")
    wait_until_kept(desk)
    desk.context.set_offline(True)
    desk.keyboard.type(" Without a line.")
    desk.wait_for_selector(
        "text=The server does not answer. Your text is kept in this browser; it is tried again."
    )
    desk.click("button[value=save]")
    desk.wait_for_selector("text=Nothing is lost: your text stands here")
    assert desk.url.endswith(change(post))
    assert "Without a line." in json.loads(browser_records(desk)[0]["text"])["body"][0]
    desk.context.set_offline(False)
    wait_until_kept(desk)
    assert "Without a line." in Autosave.objects.get().text
    desk.click("button[value=save]")
    desk.wait_for_selector(".messagelist .success")
    assert Post.objects.get().body == "<p>Stored. More. Without a line.</p>"


def test_two_windows_of_one_editor_lose_neither_text(desk):
    post = draft()
    other = desk.context.new_page()
    other.on("dialog", lambda dialog: dialog.accept())
    desk.goto(change(post))
    write_in(other, change(post), " Second window.")
    wait_until_kept(other)
    write = " First window."
    desk.click(".ProseMirror")
    desk.keyboard.press("Control+End")
    desk.keyboard.type(write)
    desk.wait_for_selector("text=open in another window of yours, which has newer text")
    assert "Second window." in Autosave.objects.get().text
    desk.click("text=Go on here")
    wait_until_kept(desk)
    assert "First window." in Autosave.objects.get().text
    other.keyboard.type(" Again.")
    other.wait_for_selector("text=open in another window of yours")
    assert any("Second window. Again." in record["text"] for record in browser_records(other))
    other.close()
    desk.close()


def test_a_text_only_the_browser_has_and_another_on_the_server_are_both_offered(desk):
    post = draft()
    write_in(desk, change(post), " More.")
    wait_until_kept(desk)
    desk.context.set_offline(True)
    desk.keyboard.type(" Only here.")
    desk.goto("about:blank")
    keep_elsewhere(post, "<p>From the other machine.</p>")
    desk.context.set_offline(False)
    desk.goto(change(post))
    desk.wait_for_selector("[data-bring-back]")
    assert desk.locator(".kept__offer").count() == 2
    desk.click("[data-bring-back]")
    desk.wait_for_url("**recover=*")
    assert text_of(desk) == "<p>Stored. More. Only here.</p>"
    desk.wait_for_selector("[data-bring-back]")
    assert "From the other machine." in desk.inner_text(".kept__offer:has([data-bring-back])")


def test_somebody_else_at_the_post_is_seen_and_so_is_their_saving(desk, new_page):
    post = draft()
    make_user(group="Editor", username="nadia", first_name="Nadia", last_name="Own")
    desk.goto(change(post))
    other = new_page()
    other.goto(f"/admin/login/?next={change(post)}")
    other.fill("#id_username", "nadia")
    other.fill("#id_password", "a long enough password")
    other.click("[type=submit]")
    other.wait_for_url(f"**{change(post)}")
    write_in(other, change(post), " Theirs.")
    wait_until_kept(other)
    desk.click(".ProseMirror")
    desk.keyboard.press("Control+End")
    desk.keyboard.type(" Mine.")
    desk.wait_for_selector("text=Nadia Own is writing in this post.")
    other.click("button[value=save]")
    other.wait_for_selector(".messagelist .success")
    desk.keyboard.type(" More.")
    desk.wait_for_selector("text=Nadia Own saved this post")
    desk.click("button[value=save]")
    desk.wait_for_selector(".merge")
    assert text_of(desk) == "<p>Stored. Mine. More.</p>"
    assert "[differs:\nTheirs\n]" in desk.inner_text(".merge")


def test_a_new_post_that_was_never_saved_is_offered_in_the_form_of_the_next(desk):
    write_in(desk, reverse("admin:posts_post_add"), "Begun and left.")
    desk.goto("/admin/")
    desk.goto(reverse("admin:posts_post_add"))
    desk.click("summary:has-text('Read it')")
    assert "Begun and left." in desk.inner_text(".kept__changes")
    desk.click("text=Bring it back")
    desk.wait_for_url("**recover=*")
    assert text_of(desk) == "<p>Begun and left.</p>"


def test_a_guest_author_loses_nothing_by_a_closed_tab(page):
    link = previewing.make_link(draft(), label="Nadia Guest", may_write=True)
    address = reverse("posts:guest_write", args=[previewing.token_of(link)])
    write_in(page, address, " From far away.")
    page.goto("about:blank")
    page.goto(address)
    assert text_of(page) == "<p>Stored.</p>"
    assert "Stored. From far away." in page.inner_text(".keeping__offer")
    page.click("text=Bring it back")
    page.click("button[value=save]")
    page.wait_for_selector("text=Saved.")
    assert Post.objects.get().body == "<p>Stored. From far away.</p>"
    page.reload()
    page.wait_for_timeout(500)
    assert page.locator(".keeping__offer").count() == 0
