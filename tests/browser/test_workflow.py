"""The newsroom's workflow in a real browser: comments, the hold, deeds on many posts and quick edit, by hand and by axe."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from posts import bulk, commenting, publishing
from posts.models import Announcement, BulkDeed, Post
from tests.browser.eyes import PHONE, faults_in_all_lights
from tests.factories import make_author, make_category, make_post, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = "/admin/posts/post/"


@pytest.fixture
def nadia(transactional_db):
    user = make_user(group="Author", first_name="Nadia", email="nadia@example.org")
    make_author(name="Nadia Own", user=user)
    return user


@pytest.fixture
def chief(page, live_server, client, nadia):
    """A page signed in as an editor, which notes every breach of the content policy."""
    user = make_user(group="Editor", username="chief", first_name="Chief")
    client.force_login(user)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.breaches, page.user = [], user
    page.expose_function("breach", lambda breach: page.breaches.append(breach))
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation', (e) => breach(`${e.violatedDirective} ${e.sample} ${e.sourceFile}`))"
    )
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def open_form(page, post):
    page.goto(reverse("admin:posts_post_change", args=[post.pk]))
    page.wait_for_selector(".ProseMirror")


def test_an_announcement_is_stopped_while_it_counts_down_and_the_form_keeps_its_text(chief, nadia):
    post = make_post(status="draft", published_at=None, authors=[nadia.author])
    publishing.publish(post, by=chief.user)
    open_form(chief, post)
    panel = chief.locator("[data-panel*=announcement]")
    assert "mail to Nadia" in panel.inner_text()
    first = panel.locator("[data-countdown]").inner_text()
    chief.wait_for_function(
        "first => document.querySelector('[data-countdown]').textContent !== first", arg=first
    )
    chief.fill("#id_title", "Not yet saved")
    panel.get_by_role("button", name="Do not announce").click()
    chief.wait_for_selector("text=Not announced: Chief decided so")
    assert chief.input_value("#id_title") == "Not yet saved"
    assert Announcement.objects.get().cancelled_at
    chief.get_by_role("button", name="Announce it after all").click()
    chief.wait_for_selector("[data-countdown]")
    assert Announcement.objects.get().is_held
    assert chief.breaches == []


def test_a_comment_is_said_beside_the_text_and_survives_a_refusal(chief):
    post = make_post(status="draft", published_at=None)
    open_form(chief, post)
    chief.fill("#id_title", "Not yet saved")
    chief.fill("[data-says]", "Which river?")
    chief.context.set_offline(True)
    chief.get_by_role("button", name="Comment", exact=True).click()
    chief.wait_for_selector("text=The server did not answer")
    assert chief.input_value("[data-says]") == "Which river?"
    chief.context.set_offline(False)
    chief.press("[data-says]", "Control+Enter")
    chief.wait_for_selector(".talk__comment >> text=Which river?")
    assert chief.input_value("[data-says]") == ""
    assert chief.evaluate("document.activeElement.matches('[data-says]')")
    chief.get_by_role("button", name="Resolve the comment of Chief").click()
    chief.wait_for_selector("text=1 resolved")
    assert chief.input_value("#id_title") == "Not yet saved"
    assert post.draft_comments.get().resolved_at
    assert chief.breaches == []


def test_quick_edit_saves_from_the_keyboard_and_shows_both_texts_of_a_conflict(chief):
    make_category("Rivers")
    post = make_post(title="As it was")
    chief.goto(LIST)
    chief.focus("[data-quick]")
    chief.keyboard.press("Enter")
    chief.wait_for_selector("dialog[open] form")
    publishing.save(Post.objects.get(pk=post.pk), by=chief.user)
    Post.objects.filter(pk=post.pk).update(title="Theirs")
    chief.fill("dialog #id_title", "Mine")
    chief.keyboard.press("Enter")
    chief.wait_for_selector("dialog >> text=Theirs: Theirs")
    assert chief.input_value("dialog #id_title") == "Mine"
    chief.keyboard.press("Enter")
    chief.wait_for_selector(".messagelist .success")
    assert Post.objects.get().title == "Mine"
    expect(chief.locator("[data-quick]")).to_be_focused()
    assert chief.breaches == []


def test_who_was_signed_out_signs_in_elsewhere_and_saves_what_they_typed(chief, client, live_server):
    post = make_post(title="As it was", status="draft", published_at=None)

    def sign(cookies):
        chief.context.clear_cookies()
        named = [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
        chief.context.add_cookies(named)

    def again():
        client.logout()
        client.force_login(chief.user)
        client.get(reverse("admin:posts_post_comments", args=[post.pk]))  # gives a token of its own
        return {name: cookie.value for name, cookie in client.cookies.items()}

    chief.goto(LIST)
    chief.click("[data-quick]")
    chief.wait_for_selector("dialog[open] form")
    sign({})
    chief.fill("dialog #id_title", "Typed before")
    chief.keyboard.press("Enter")
    chief.wait_for_selector("dialog >> text=Your session has ended")
    assert chief.input_value("dialog #id_title") == "Typed before"
    sign(again())
    chief.keyboard.press("Enter")
    chief.wait_for_selector(".messagelist .success")
    assert Post.objects.get().title == "Typed before"
    open_form(chief, post)
    sign(again())
    chief.fill("[data-says]", "Still here.")
    chief.press("[data-says]", "Control+Enter")
    chief.wait_for_selector(".talk__comment >> text=Still here.")


def test_posts_are_ticked_looked_at_changed_and_put_back(chief):
    for n in range(3):
        make_post(title=f"Piece {n}")
    chief.goto(LIST)
    chief.check("#action-toggle")
    chief.select_option("select[name=action]", "bulk_withdraw")
    chief.click("button[name=index]")
    chief.wait_for_selector("text=3 posts will change")
    chief.get_by_role("button", name="Withdraw: 3 posts").click()
    chief.get_by_role("button", name="Undo").click()
    chief.wait_for_selector("text=Undone: 3 posts are as before.")
    assert set(Post.objects.values_list("status", flat=True)) == {"published"}
    assert chief.breaches == []


def screens(editor, nadia):
    """Every screen of the workflow with something on it."""
    waiting = make_post(title="Waiting", status="draft", published_at=None)
    publishing.submit(waiting, by=nadia)
    commenting.resolve(commenting.say(waiting, "Settled.", user=nadia), by=editor)
    commenting.say(waiting, "https://example.org/" + "a" * 90, user=editor)
    held = make_post(title="Held", status="draft", published_at=None, authors=[nadia.author])
    publishing.publish(held, by=editor)
    thrown = make_post(title="Thrown")
    publishing.trash(thrown)
    done = bulk.propose(Post.objects.filter(pk=make_post().pk), BulkDeed.Deed.WITHDRAW, by=editor)
    bulk.begin(done, by=editor)
    proposed = bulk.propose(Post.objects.all(), BulkDeed.Deed.PUBLISH, by=editor)
    asking = bulk.propose(Post.objects.all(), BulkDeed.Deed.ADD_CATEGORY, by=editor)
    of_posts = [
        ("change", waiting),
        ("change", held),
        ("change", thrown),
        ("delete", thrown),
        ("comments", waiting),
        ("announcement", held),
        ("quick", waiting),
    ]
    return [
        LIST,
        f"{LIST}?status=in_review",
        f"{LIST}bulk/",
        *(reverse(f"admin:posts_post_{name}", args=[post.pk]) for name, post in of_posts),
        *(f"{LIST}bulk/{deed.pk}/" for deed in (done, proposed, asking)),
    ]


def test_the_screens_are_accessible_in_both_schemes_and_at_360_pixels(chief, nadia):
    chief.set_viewport_size(PHONE)
    problems = []
    for address in screens(chief.user, nadia):
        chief.goto(address)
        problems += [f"{address}: {fault}" for fault in faults_in_all_lights(chief)]
    chief.goto(LIST)
    chief.click("[data-quick] >> nth=0")
    chief.wait_for_selector("dialog[open] form")
    problems += [f"quick edit: {fault}" for fault in faults_in_all_lights(chief)]
    assert not problems, "\n".join(problems)
    assert chief.breaches == []
