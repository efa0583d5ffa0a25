"""“Find” by keyboard, the calendar by mouse and on a phone, long lists and statistics, as an editor sees them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from posts.models import Post
from posts.reads import counting
from tests.browser.eyes import PHONE, faults_in_all_lights
from tests.factories import make_category, make_post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = "/admin/posts/post/"
CALENDAR = f"{LIST}calendar/"


def noon(days):
    return timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=days)


def options(page):
    return page.locator(".palette [role=option] .hit__label").all_inner_texts()


def chosen(page):
    """The label of the option the combobox says is active."""
    return page.evaluate(
        "document.getElementById(document.querySelector('.palette input').getAttribute('aria-activedescendant'))"
        "?.querySelector('.hit__label').textContent"
    )


def find(page, typed):
    page.keyboard.press("Control+k")
    page.wait_for_selector(".palette[open] [role=option]")
    page.keyboard.type(typed)
    page.wait_for_function(
        "typed => document.querySelector('.palette').innerText.includes(`“${typed}”`)", arg=typed
    )


def test_a_post_is_found_opened_and_remembered_by_keyboard_alone(desk):
    post = make_post(title="Hormuz at dawn")
    make_category("Horn of Africa")
    find(desk, "hor")
    assert options(desk)[:2] == ["Hormuz at dawn", "Horn of Africa"]
    assert chosen(desk) == "Hormuz at dawn"
    desk.keyboard.press("ArrowDown")
    assert chosen(desk) == "Horn of Africa"
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**{LIST}{post.pk}/change/")
    desk.keyboard.press("Control+k")
    desk.wait_for_selector(".palette[open] [role=option]")
    assert options(desk)[0] == "Hormuz at dawn"
    desk.keyboard.press("Escape")
    assert desk.locator(".palette[open]").count() == 0
    assert desk.breaches == []


def test_in_the_text_ctrl_k_is_the_editors_own(desk):
    desk.goto(f"{LIST}add/")
    desk.click(".ProseMirror")
    desk.keyboard.type("A word")
    desk.keyboard.press("Control+k")
    assert desk.locator(".palette[open]").count() == 0
    desk.keyboard.press("Escape")
    desk.click("[data-find]")
    desk.wait_for_selector(".palette[open] [role=option]")


def test_signing_out_is_a_deed_like_another(desk):
    find(desk, "sign out")
    assert chosen(desk) == "Sign out"
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/admin/logout/")


def test_the_palette_says_when_the_session_is_over(desk):
    desk.context.clear_cookies()
    desk.keyboard.press("Control+k")
    expect(desk.locator(".palette__told")).to_contain_text("no longer signed in")


def test_without_scripts_the_button_leads_to_a_page(desk, browser, live_server):
    make_post(title="Hormuz at dawn")
    state = desk.context.storage_state()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.goto("/admin/")
    page.click("text=Find")
    page.fill("#find-page-words", "hor")
    page.click("input[value=Find]")
    assert page.locator(".find-page__hits a").first.inner_text() == "Hormuz at dawn"
    context.close()


def test_a_scheduled_post_is_dragged_to_another_day(desk):
    month = (timezone.localdate().replace(day=1) + timedelta(days=32)).replace(day=1)
    at = noon(0).replace(year=month.year, month=month.month, day=10)
    post = make_post(title="To come", published_at=at)
    desk.goto(f"{CALENDAR}?month={month:%Y-%m}")
    desk.drag_and_drop("[data-entry]", f"[data-day='{month:%Y-%m}-18']")
    desk.wait_for_selector(".messagelist .success")
    assert Post.objects.get(pk=post.pk).published_at == at.replace(day=18)
    assert desk.locator(f"[data-day='{month:%Y-%m}-18'] .entry__title").inner_text() == "To come"
    assert desk.breaches == []


def test_the_calendar_is_a_list_of_days_on_a_phone(desk):
    desk.set_viewport_size({"width": 360, "height": 780})
    make_post(
        title="A rather long title of a post that came out today, longer than a phone is wide",
        published_at=noon(0) - timedelta(days=0, hours=12),
    )
    desk.goto(CALENDAR)
    day = desk.locator(".day--today")
    assert timezone.localdate().strftime("%A") in day.inner_text()
    assert day.bounding_box()["width"] > 300
    assert desk.locator("thead").is_hidden()
    assert desk.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_long_list_is_walked_by_its_links(desk):
    for n in range(60):
        make_post(title=f"N{n:02}", authors=0, published_at=noon(-n - 1))
    desk.goto(LIST)
    desk.click(".pages__ways >> text=Next")
    expect(desk.locator("#result_list tbody tr")).to_have_count(10)
    desk.click(".pages__ways >> text=Previous")
    desk.wait_for_selector("#result_list tbody tr:nth-child(50)")
    assert "60 posts" in desk.inner_text(".pages__count")


def test_finding_ones_way_is_accessible_and_never_wider_than_the_window(desk):
    """What the sweep over all screens does not come to see: opened, filled and found."""
    read = make_post(title="Read by many", published_at=noon(-3))
    counting.record({read.pk: 12}, at=timezone.now())
    make_post(title="To come", published_at=noon(1))
    make_post(title="Planned", status="draft", published_at=noon(0))
    desk.set_viewport_size(PHONE)
    statistics = reverse("admin:posts_post_statistics", args=[read.pk])
    problems = []
    for address in (CALENDAR, f"{CALENDAR}?view=agenda", statistics, "/admin/find/?q=po", f"{LIST}?q=many"):
        desk.goto(address)
        if summary := desk.query_selector(".graph__numbers summary"):
            summary.click()
        problems += [f"{address}: {fault}" for fault in faults_in_all_lights(desk)]
    find(desk, "po")
    problems += [f"palette: {fault}" for fault in faults_in_all_lights(desk)]
    assert not problems, "\n".join(problems)
    assert desk.breaches == []
