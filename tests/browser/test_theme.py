"""Light or dark: the device decides until the reader does, and a choice made is there before anything is drawn."""

import pytest

from tests.factories import make_post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1440, "height": 900}
LIGHT, DARK = "rgb(255, 253, 248)", "rgb(22, 20, 18)"
PAPER = "getComputedStyle(document.body).backgroundColor"
BAR = (
    "[...document.querySelectorAll('meta[name=theme-color]')].find(m => matchMedia(m.media).matches).content"
)
FIRST_FRAME = "requestAnimationFrame(() => (window.firstTheme = document.documentElement?.dataset.theme))"


@pytest.mark.parametrize(("scheme", "paper"), [("light", LIGHT), ("dark", DARK)])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_device_decides(new_page, scheme, paper, scripts):
    make_post()
    page = new_page(viewport=DESK, color_scheme=scheme, java_script_enabled=scripts)
    page.goto("/")
    assert page.evaluate(PAPER) == paper
    assert page.is_visible("[data-theme-choice]") == scripts


def test_a_choice_is_kept_and_there_before_the_first_frame(new_page):
    post = make_post()
    page = new_page(viewport=DESK, color_scheme="light")
    said = []
    page.on("console", lambda message: said.append(message.text))  # the policy complains there
    page.goto("/")
    page.check("[data-theme-choice] [value=dark]")
    assert page.evaluate(PAPER) == DARK
    assert page.evaluate(BAR) == "#161412"
    page.add_init_script(FIRST_FRAME)
    page.goto(post.get_absolute_url())
    page.wait_for_function("() => 'firstTheme' in window")
    assert page.evaluate("window.firstTheme") == "dark"
    assert page.evaluate(PAPER) == DARK
    assert page.is_checked("[data-theme-choice] [value=dark]")
    page.check("[data-theme-choice] [value=auto]")
    assert page.evaluate(PAPER) == LIGHT
    assert page.evaluate(BAR) == "#fffdf8"
    assert page.context.cookies() == []
    assert not [text for text in said if "Security" in text], said


def test_light_holds_on_a_dark_device_and_the_newsrooms_choice_is_the_same(new_page):
    make_post()
    page = new_page(viewport=DESK, color_scheme="dark")
    page.goto("/")
    page.evaluate("localStorage.setItem('theme', 'light')")  # as Django's admin does
    page.reload()
    assert page.evaluate(PAPER) == LIGHT
    assert page.evaluate(BAR) == "#fffdf8"
    assert page.is_checked("[data-theme-choice] [value=light]")


def test_what_another_script_has_left_there_is_not_believed(new_page):
    make_post()
    page = new_page(viewport=DESK, color_scheme="dark")
    page.goto("/")
    page.evaluate("localStorage.setItem('theme', 'constructor')")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "auto"
    assert page.evaluate(PAPER) == DARK
