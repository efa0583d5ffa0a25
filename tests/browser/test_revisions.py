"""In a real browser: a revision put back by its screen, and two editors' texts merged place by place."""

import pytest
from django.urls import reverse

from posts import publishing
from posts.models import Post, Revision
from posts.states import keep_revision
from tests.browser.eyes import PHONE, faults_in_all_lights
from tests.factories import make_image, make_post, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PARAGRAPHS = [
    "The river rose by two metres overnight.",
    "Nobody had seen it higher since 1954.",
    "The mayor called for help.",
    "It came late.",
]


def body(*paragraphs):
    return "".join(f"<p>{text}</p>" for text in paragraphs)


def saved(post, **fields):
    post = Post.objects.get(pk=post.pk)
    for name, value in fields.items():
        setattr(post, name, value)
    publishing.save(post, by=make_user(group="Editor", first_name="Nellie", last_name="Bly"))
    return post


@pytest.fixture
def post():
    post = make_post(title="High water", body=body(*PARAGRAPHS), tags=["Rivers"])
    keep_revision(post, Revision.Deed.PUBLISH)
    return post


def address(post):
    return reverse("admin:posts_post_change", args=[post.pk])


def test_a_revision_is_found_compared_and_put_back(desk, post):
    saved(post, title="Low water", body=body(*PARAGRAPHS[:3]))
    desk.goto(address(post))
    desk.click("text=All revisions")
    assert "Published by the system" in desk.inner_text(".revisions")
    desk.click("text=Compare the two chosen")
    assert "It came late." in desk.inner_text("del.gone >> nth=1")
    desk.goto(reverse("admin:posts_post_revisions", args=[post.pk]))
    desk.click(".revision:last-child .revision__when a")
    desk.fill("#revision-name", "As it came out")
    desk.click("text=Give this name")
    desk.locator("h1", has_text="As it came out").wait_for()  # a form is sent once the server has answered
    desk.click("text=Restore this revision")
    assert "Readers see it at once" in desk.inner_text("#content")
    desk.click("text=Restore, and show readers at once")
    desk.wait_for_selector(".messagelist .success")
    post.refresh_from_db()
    assert (post.title, post.body) == ("High water", body(*PARAGRAPHS))
    assert desk.breaches == []


def test_a_clash_is_merged_place_by_place_and_saved(desk, post):
    one, two, three, four = PARAGRAPHS
    desk.goto(address(post))
    desk.click(".ProseMirror p:nth-child(2)")
    desk.keyboard.press("End")
    desk.keyboard.type(" Or so they say.")
    desk.click(".ProseMirror p:nth-child(4)")
    desk.keyboard.press("End")
    desk.keyboard.type(" Far too late.")
    saved(
        post,
        standfirst="Their standfirst.",
        body=body(one.replace("two", "three"), "Nobody had seen it so high.", three, "It never came."),
    )
    desk.click("button[value=save]")
    desk.wait_for_selector("[data-merge]")
    assert "Standfirst" in desk.inner_text(".merge__note >> nth=0")
    assert desk.input_value("#id_standfirst") == "Their standfirst."
    text = "document.querySelector('#id_body').value"
    mine_two, mine_four = f"{two} Or so they say.", f"{four} Far too late."
    assert desk.evaluate(text) == body(one.replace("two", "three"), mine_two, three, mine_four)
    places = desk.locator("[data-merge-place]")
    assert places.count() == 3
    assert desk.locator(".merge__place--clash").count() == 2
    places.nth(1).locator("[data-merge-choice=both]").click()
    assert "1 place still to decide" in desk.inner_text("[data-merge-status]")
    places.nth(2).locator("[data-merge-choice=theirs]").focus()
    desk.keyboard.press("Enter")
    assert "All places are decided" in desk.inner_text("[data-merge-status]")
    desk.click(".ProseMirror p:last-child")
    desk.keyboard.press("End")
    desk.keyboard.type(" And a word more.")
    places.nth(0).locator("[data-merge-choice=mine]").click()
    merged = body(one, mine_two, "Nobody had seen it so high.", three, "It never came. And a word more.")
    assert desk.evaluate(text) == merged
    places.nth(2).locator("[data-merge-choice=mine]").click()
    assert "Copy from here what you need" in desk.inner_text("[data-merge-status]")
    assert desk.evaluate(text) == merged
    desk.click("button[value=save]")
    desk.wait_for_selector(".messagelist .success")
    post.refresh_from_db()
    assert post.body == merged
    assert post.standfirst == "Their standfirst."
    assert desk.breaches == []


def test_the_screens_are_accessible_and_fit_a_phone(desk, post):
    image = make_image(title="Harbour")
    rewritten = body(PARAGRAPHS[0].upper(), *PARAGRAPHS[2:]) + '<p dir="rtl">كان النهر عاليا</p>'
    desk.set_viewport_size(PHONE)
    desk.goto(address(post))
    desk.fill("#id_title", "My title")
    first = post.revisions.last()
    saved(post, title="Their title", body=rewritten, lead_image=image)
    problems = []

    def look(name):
        problems.extend(f"{name}: {fault}" for fault in faults_in_all_lights(desk))

    desk.click("button[value=save]")
    desk.wait_for_selector("[data-merge]")
    look("merge")
    for name, args in {
        "revisions": [post.pk],
        "revision": [post.pk, post.revisions.first().pk],
        "revision_restore": [post.pk, first.pk],
    }.items():
        desk.goto(reverse(f"admin:posts_post_{name}", args=args))
        look(name)
    assert not problems, "\n".join(problems)
    assert desk.breaches == []
