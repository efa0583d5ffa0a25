"""The reader's site in a real browser: readable by everybody, in both schemes, on a phone and on a desk."""

import pytest
from django.test import override_settings

from informed_comment.caching import shelf
from newsletter import composing
from newsletter.mails import send_mail
from newsletter.models import MailingPost
from pages.models import MenuLink, Promo
from posts.reads import popular
from tests.every_page import EVERYTHING
from tests.factories import make_author, make_category, make_image, make_mailing, make_post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
BODY = """<p>Text with <a href="https://example.org/">a link</a> and <em>weight</em>.</p><h2>Half-way</h2>
<blockquote><p>Words of another.</p></blockquote>
<figure class="pullquote"><blockquote><p>Words of our own.</p></blockquote></figure>
<table><caption>Tons</caption><thead><tr><th>Port</th><th>Wheat</th></tr></thead>
<tbody><tr><td>Umm Qasr</td><td>12,345</td></tr></tbody></table>
<figure class="embed" data-provider="bluesky" data-embed="x"><a href="https://bsky.app/profile/a/post/b">A thread</a></figure>"""


@pytest.fixture
def addresses(tmp_path):
    shelf.empty(None)
    with override_settings(MEDIA_ROOT=tmp_path):
        section = make_category("Middle East", introduction="<p>From the river to the gulf.</p>")
        make_category("The Gulf", parent=section)
        author = make_author(
            bio="<p>Writes about straits.</p>", role="Editor", portrait=make_image(width=300, height=300)
        )
        posts = [
            make_post(
                title=f"A strait and a sea, part {number}",
                authors=[author],
                categories=[section],
                tags=["oil"],
                body=BODY,
                lead_image=make_image(caption="A river."),
                video_url="https://youtu.be/abcdefghijk",
                video_title="A film about straits",
            )
            for number in range(3)
        ]
        make_post(title="البحر", language="ar", categories=[section])
        for number in range(9):
            make_post(title=f"A short one, number {number}", categories=[section], authors=[author])
        for label in (
            "Featured",
            "US politics",
            "Middle East",
            "Environment",
            "US Foreign Policy",
            "Energy",
            "Economy",
        ):
            MenuLink.objects.create(label=label, category=section)
        MenuLink.objects.create(label="Archives", address="/archives/")
        Promo.objects.create(
            place="sidebar",
            kind="appeal",
            heading="Support us",
            body="<p>Please.</p>",
            button_label="Give",
            button_url="/give/",
        )
        Promo.objects.create(
            place="sidebar_end",
            kind="book",
            heading="A book",
            body="<p>New.</p>",
            image=make_image(width=300, height=450),
            button_label="Buy",
            button_url="/buy/",
        )
        popular.refresh()
        yield {
            "home": "/",
            "post": posts[0].get_absolute_url(),
            "category": section.get_absolute_url(),
            "archives": "/archives/",
            "search": "/search/?q=strait",
            "not found": "/no-such-page/",
            "newsletter": "/newsletter/",
        }


def test_a_mail_asks_nobody_but_this_site_for_its_pictures(new_page, live_server, settings, mailoutbox):
    settings.SITE_URL = live_server.url
    post = make_post(
        title="A strait", body=EVERYTHING, lead_image=make_image(), video_url="https://youtu.be/abcdefghijk"
    )
    digest = make_mailing(kind="daily", subject="", body="")
    MailingPost.objects.create(mailing=digest, post=post)
    own = make_mailing(kind="post", key=f"post {post.pk}", subject=post.title, is_in_archive=False)
    MailingPost.objects.create(mailing=own, post=post)
    texts = [
        composing.texts(mailing, [()])[0][()].html for mailing in (digest, own, make_mailing(body=EVERYTHING))
    ]
    send_mail("link", "ada@example.org", {"preferences_url": "/x/", "unsubscribe_url": "/y/"}, message_id="1")
    texts += [mailoutbox[0].alternatives[0][0]]
    page, asked = new_page(viewport=DESK), []
    page.on("request", lambda request: asked.append(request.url))
    for html in texts:
        page.set_content(html)
        page.wait_for_load_state("networkidle")
    assert not [url for url in asked if not url.startswith((live_server.url, "data:"))]


@pytest.mark.parametrize("width", [768, 1024, 1600])
def test_nothing_runs_off_the_page_at_any_width(new_page, addresses, width):
    page = new_page(viewport={"width": width, "height": 900})
    for name, address in addresses.items():
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_the_policy_stops_nothing_of_ours_and_no_other_machine_is_asked(new_page, addresses):
    page = new_page(viewport=DESK)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    for name, address in addresses.items():
        if name != "not found":
            page.goto(address)
            page.wait_for_load_state("networkidle")
    assert not [text for text in said if "Content Security Policy" in text or "404" in text], said
    assert not [url for url in asked if "localhost" not in url and "127.0.0.1" not in url]
    assert page.evaluate("document.fonts.check('20px Newsreader')")


def test_the_video_plays_here_only_after_the_click(new_page, addresses):
    page = new_page(viewport=DESK)
    new_page.visits.add("www.youtube-nocookie.com")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(addresses["post"])
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "youtube" in url]
    page.click(".video a[data-frame]")
    frame = page.locator(".video iframe")
    assert frame.get_attribute("src").startswith("https://www.youtube-nocookie.com/embed/abcdefghijk")
    assert frame.get_attribute("title") == "A film about straits"


def test_copying_the_address_says_so(new_page, addresses):
    page = new_page(viewport=DESK, permissions=["clipboard-read", "clipboard-write"])
    page.goto(addresses["post"])
    page.click("[data-copy]")
    page.wait_for_function("() => document.querySelector('[data-copy-label]').textContent === 'Copied'")
    assert page.evaluate("navigator.clipboard.readText()").endswith(addresses["post"])


def test_a_device_with_a_share_sheet_offers_it_and_others_do_not(new_page, addresses):
    page = new_page(viewport=PHONE)
    page.goto(addresses["post"])
    assert not page.is_visible("[data-share]")
    page.add_init_script("navigator.share = what => { window.shared = what; return Promise.resolve(); }")
    page.reload()
    page.click("[data-share]")
    assert page.evaluate("window.shared.url").endswith(addresses["post"])
    assert page.evaluate("window.shared.title").startswith("A strait and a sea")


def test_a_slash_goes_to_the_search_box_and_is_not_typed_into_it(page, addresses):
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("strait/sea")
    assert page.evaluate("document.activeElement.name") == "q"
    assert page.input_value("#search-header") == "strait/sea"
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=strait%2Fsea")


def test_without_scripts_the_video_is_a_link_and_nothing_is_offered_that_does_not_work(new_page, addresses):
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto(addresses["post"])
    assert page.get_attribute(".video a", "href") == "https://youtu.be/abcdefghijk"
    assert not page.is_visible("[data-copy]")
    assert page.is_visible(".prose")


def test_the_first_tab_leads_to_the_text_and_the_second_to_the_sidebar(page, addresses):
    page.goto(addresses["post"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.hash") == "#sidebar"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "sidebar"


def test_nothing_moves_while_the_page_loads(new_page, addresses):
    page = new_page(viewport=PHONE)
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => { for (const shift of list.getEntries())"
        " window.moved += shift.value; }).observe({type: 'layout-shift', buffered: true});"
    )
    for name in ("home", "post"):
        page.goto(addresses[name])
        page.wait_for_load_state("networkidle")
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(200)
        assert page.evaluate("window.moved") < 0.02, name
