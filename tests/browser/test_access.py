"""WCAG 2.2 AA in a real browser, on every kind of page: axe, the keyboard, narrow windows, wide spacing, no scripts."""

import pytest
from django.http import HttpRequest
from django.test import override_settings

from informed_comment.caching import shelf
from informed_comment.views import server_error
from tests.browser.eyes import faults, faults_in_all_lights
from tests.every_page import make_every_page
from tests.factories import make_post, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, DESK, ZOOMED = (
    {"width": 390, "height": 844},
    {"width": 1440, "height": 900},
    {"width": 320, "height": 256},
)
SPACING = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; } p { margin-block-end: 2em !important; }"
WIDTH = "document.documentElement.scrollWidth"
CUT_OFF = """[...document.querySelectorAll('a, button, h1, h2, h3, p, label, input')].filter(node => {
  const style = getComputedStyle(node);
  return style.overflowY === 'hidden' && node.scrollHeight > node.clientHeight + 2 && !node.matches('.visually-hidden');
}).map(node => node.outerHTML.slice(0, 80))"""
FOCUS = """() => {
  const node = document.activeElement, style = getComputedStyle(node), box = node.getBoundingClientRect();
  const after = getComputedStyle(node, '::after'), form = node.closest('.search-form');
  const ring = s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
  return {
    place: node.closest('.skip, .masthead, .menu, .page__main, .shelf, .sidebar, .footer')?.className.split(' ')[0] ?? 'none',
    seen: ring(style) || ring(after) || (form && (ring(getComputedStyle(form)) || getComputedStyle(form).boxShadow !== 'none')),
    inside: box.bottom > 0 && box.top < innerHeight,
    what: node.outerHTML.slice(0, 100),
  };
}"""


@pytest.fixture
def addresses(tmp_path):
    shelf.empty(None)
    with override_settings(MEDIA_ROOT=tmp_path):
        yield make_every_page()


def test_axe_finds_nothing_on_any_page(new_page, addresses):
    """Everything once on a phone; then what colours and width can change, in the dark and on a desk."""
    page = new_page(viewport=PHONE, color_scheme="light", reduced_motion="reduce")
    body = server_error(HttpRequest()).content.decode()
    page.route("**/broken/", lambda route: route.fulfill(status=500, body=body, content_type="text/html"))
    problems = []
    for name, address in (addresses | {"broken": "/broken/"}).items():
        page.goto(address)
        problems += [f"{name}: {fault}" for fault in faults_in_all_lights(page)]
    assert not problems, "\n".join(problems)


def test_axe_finds_nothing_with_the_bar_for_staff(new_page, client, live_server):
    post = make_post()
    client.force_login(make_user(group="Editor"))
    page = new_page(viewport=PHONE)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(post.get_absolute_url())
    assert page.is_visible(".staff-bar")
    assert faults(page) == []


def test_nothing_runs_off_a_window_of_320_pixels_or_is_cut_off_by_wider_spacing(new_page, addresses):
    page = new_page(viewport=ZOOMED)
    for name, address in addresses.items():
        page.goto(address)
        assert page.evaluate(WIDTH) <= ZOOMED["width"], name
        page.evaluate(
            "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s]; }",
            SPACING,
        )
        assert page.evaluate(WIDTH) <= ZOOMED["width"], f"{name}, wider spacing"
        assert page.evaluate(CUT_OFF) == [], name


@pytest.mark.parametrize("colours", ["none", "active"], ids=["own colours", "forced colours"])
def test_the_keyboard_goes_from_head_to_foot_and_the_place_is_always_seen(new_page, addresses, colours):
    page = new_page(viewport=DESK, color_scheme="dark", forced_colors=colours, reduced_motion="reduce")
    for name in ("home", "post with everything", "search"):
        page.goto(addresses[name])
        assert places_of_the_keyboard(page) == [
            "skip",
            "masthead",
            "menu",
            "page__main",
            "sidebar",
            "footer",
        ], name


def places_of_the_keyboard(page):
    """The parts of the page that Tab goes through, one after the other; each stop has to be seen."""
    places = []
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        stop = page.evaluate(FOCUS)
        assert stop["seen"], stop["what"]
        assert stop["inside"], stop["what"]
        if places[-1:] != [stop["place"]]:
            places.append(stop["place"])
    return [place for place in places if place != "shelf"]


def test_nothing_moves_for_those_who_ask_for_stillness(new_page, addresses):
    page = new_page(viewport=DESK, reduced_motion="reduce")
    for address in ("home", "post with everything"):
        page.goto(addresses[address])
        assert page.evaluate("document.getAnimations().length") == 0
        moving = "[...document.querySelectorAll('*')].filter(n => parseFloat(getComputedStyle(n).transitionDuration) > 0).length"
        assert page.evaluate(moving) == 0
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_without_scripts_everything_can_be_read_searched_paged_and_subscribed_to(new_page, addresses):
    page = new_page(viewport=PHONE, java_script_enabled=False)
    for name, address in addresses.items():
        page.goto(address)
        assert page.locator("h1").count() == 1, name
    page.goto(addresses["home"])
    page.click("a[rel=next]")
    assert page.url.endswith("/page/2/")
    page.click("a[aria-label=Search]")
    page.fill("#search-page", "strait")
    page.press("#search-page", "Enter")
    page.wait_for_url("**/search/?q=strait*")
    assert page.locator("main [href$='.html']").count() >= 10
    page.click("main h2 a[href$='.html']")
    assert page.is_visible(".prose")
    page.fill(".footer [name=email]", "somebody@example.org")
    page.click(".footer .sign-up__button")
    page.wait_for_url("**/newsletter/thanks/")
    assert page.is_visible("h1")
