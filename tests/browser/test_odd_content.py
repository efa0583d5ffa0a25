"""Texts as twenty years of hands have left them: every page stays within its window and loses no word."""

import pytest
from django.test import override_settings

from images import renditions
from informed_comment.caching import shelf
from tests.factories import make_author, make_category, make_image, make_page, make_post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 320, "height": 700}, {"width": 1440, "height": 900}
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
WORDS = "The barges wait below the lock until the wind has dropped and the keeper is awake. " * 6
TABLE = "".join(f"<td>harbour {number}</td>" for number in range(14))
ODD = f"""<h4>Small heading</h4><p>{LONG}</p><p><a href="https://example.org/{"a" * 180}">https://example.org/{"a" * 180}</a></p>
<ul><li>One<ul><li>Two<ol><li>Three<ul><li>Four<ul><li>Five {LONG}</li></ul></li></ul></li></ol></li></ul></li></ul>
<blockquote><p>He said:</p><blockquote><p>She said:</p><blockquote><p>They said {LONG}.</p></blockquote></blockquote></blockquote>
<dl><dt>Lock</dt><dd>A step for ships.</dd><dt>{LONG}</dt><dd><p>First.</p><p>Second.</p></dd></dl>
<pre>{"wide " * 60}
  narrow</pre>
<p><code>{"code" * 60}</code> and <kbd>Ctrl</kbd></p>
<table><caption>Ships by harbour</caption><thead><tr><th scope="col" colspan="14">All</th></tr></thead><tbody><tr>{TABLE}</tr></tbody></table>
<table><tbody><tr><td>{LONG}</td><td><table><tbody><tr><td>inner cell</td></tr></tbody></table></td></tr></tbody></table>
<p dir="rtl" lang="ar">كان البحر هادئا في ذلك الصباح.</p><p>הים היה שקט.</p>
<p>E = mc<sup>2</sup>, H<sub>2</sub>O, <abbr title="Before Noon">a.m.</abbr></p><p>One line,<br>and another.</p><hr>
<figure class="pullquote"><blockquote><p>{LONG}</p><cite>The keeper</cite></blockquote></figure>
<figure class="embed" data-provider="other" data-embed="x"><a href="https://maps.example/{"b" * 120}">A map of all locks</a></figure>
<figure class="embed" data-provider="youtube" data-embed="x"><a href="https://youtu.be/abcdefghijk">A film about barges {LONG}</a></figure>
<figure class="audio"><a href="/media/horn.mp3">The horn at dawn</a><figcaption>Recorded on the quay</figcaption></figure>
<figure class="image"><img src="https://elsewhere.example/gone.jpg" alt="A lost ship {LONG}"><figcaption>Lost at sea</figcaption></figure>"""
TITLES = [
    LONG,
    "Ships & <b>barges</b> “at” 'dawn' — &amp; after",
    "?",
    "הים והנהר",
    "A " + "very " * 80 + "long title",
]


def figure(image, classes="image", caption="Under the picture"):
    return (
        f'<figure class="{classes}"><img src="{image.file.url}" alt="A quay" data-image="{image.pk}">'
        f"<figcaption>{caption} <small>A credit</small></figcaption></figure>"
    )


@pytest.fixture
def odd(tmp_path):
    """The address of a post with everything, and the addresses of all lists and pages with odd names."""
    shelf.empty(None)
    with override_settings(MEDIA_ROOT=tmp_path):
        section, author = make_category(LONG), make_author(name=LONG, bio=f"<p>{LONG}</p>")
        across, tall, tiny = (
            make_image(width=1600, height=700),
            make_image(width=500, height=1600),
            make_image(width=40, height=30),
        )
        across.renditions = [entry for entry, _ in renditions.planned(across)]
        across.save()
        body = ODD + "".join(
            [
                *(figure(image) for image in (across, tall, tiny)),
                figure(across, "image left", f"On the left {LONG}"),
                f"<p class='beside'>{WORDS}</p><ul><li>{WORDS}</li></ul>",
                figure(tall, "image right"),
                f"<p>{WORDS}</p>",
                figure(across, "image wide", "Beyond the text"),
                '<figure class="gallery">'
                + figure(across) * 3
                + figure(tiny)
                + "<figcaption>All of them</figcaption></figure>",
                figure(across, "image left", "The last"),
            ]
        )
        common = {
            "categories": [section],
            "authors": [author],
            "tags": [LONG[:90], *(f"tag {n}" for n in range(40))],
        }
        post = make_post(
            title="A post with everything", body=body, lead_image=tall, lead_caption=LONG, **common
        )
        others = [make_post(title=title, standfirst=LONG, lead_image=tiny, **common) for title in TITLES]
        page = make_page(title=LONG, body=body)
        lists = [
            "/",
            section.get_absolute_url(),
            author.get_absolute_url(),
            "/archives/",
            "/search/?q=post",
            page.get_absolute_url(),
        ]
        yield post.get_absolute_url(), [*lists, *(other.get_absolute_url() for other in others)]


def beyond(page):
    """What reaches past the window and makes the page scroll sideways, innermost last; nothing when it does not."""
    return page.evaluate(
        """() => document.scrollingElement.scrollWidth <= innerWidth ? [] : [...document.body.querySelectorAll("*")]
            .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
            .filter((one) => !one.closest(".table-box, pre, .menu")).slice(-3)
            .map((one) => `${one.tagName} ${one.className} in ${one.parentElement.className}`)"""
    )


def box(page, selector):
    return page.locator(selector).first.bounding_box()


def test_no_page_is_wider_than_a_small_phone(new_page, odd):
    page = new_page(viewport=PHONE)
    too_wide = {}
    for address in (odd[0], *odd[1]):
        assert page.goto(address).status == 200
        if found := beyond(page):
            too_wide[address[:60]] = found
    assert not too_wide


def test_what_is_wide_by_nature_scrolls_in_a_box_that_the_keyboard_reaches(new_page, odd):
    page = new_page(viewport=PHONE)
    page.goto(odd[0])
    for selector, words in ((".table-box", "harbour 13"), (".prose pre", "wide")):
        wide = page.locator(selector, has_text=words).first
        assert wide.evaluate("box => box.scrollWidth > box.clientWidth")
        wide.focus()
        page.keyboard.press("End")
        wide.press("ArrowRight")
        page.wait_for_function("box => box.scrollLeft > 0", arg=wide.element_handle())


def test_pictures_stand_beside_the_text_on_a_desk_and_between_it_on_a_phone(new_page, odd):
    desk = new_page(viewport=DESK)
    desk.goto(odd[0])
    prose, left, right = (box(desk, selector) for selector in (".prose", ".prose > .left", ".prose > .right"))
    text = box(desk, ".prose > .left + p")
    assert left["width"] < prose["width"] / 2
    assert left["x"] == prose["x"]
    assert abs(text["y"] - left["y"]) < 40
    assert right["x"] + right["width"] == pytest.approx(prose["x"] + prose["width"], abs=1)
    wide, gallery, last = (
        box(desk, f".prose > {name}") for name in (".wide", ".gallery", ".left:last-child")
    )
    assert wide["y"] >= right["y"] + right["height"]
    assert wide["width"] > prose["width"]
    assert gallery["y"] >= wide["y"] + wide["height"]
    assert box(desk, ".article__footer")["y"] >= last["y"] + last["height"]
    phone = new_page(viewport=PHONE)
    phone.goto(odd[0])
    assert (
        box(phone, ".prose > .left + p")["y"]
        >= box(phone, ".prose > .left")["y"] + box(phone, ".prose > .left")["height"]
    )


def test_no_picture_is_blown_up_and_no_tall_one_fills_more_than_the_window(new_page, odd):
    for viewport in (PHONE, DESK):
        page = new_page(viewport=viewport)
        page.goto(odd[0])
        lead = box(page, ".figure--lead img")
        assert 0 < lead["height"] <= viewport["height"] * 0.91
        sizes = page.locator(".prose > .image img").evaluate_all(
            "all => all.map(img => [img.clientWidth, img.clientHeight])"
        )
        assert all(height <= viewport["height"] * 0.91 for _, height in sizes)
        assert [40, 30] in sizes


def test_every_word_every_caption_and_every_credit_is_shown(new_page, odd):
    page = new_page(viewport=DESK)
    page.goto(odd[0])
    shown = " ".join(page.locator(".prose").inner_text().split())
    for words in (
        *(
            "Small heading",
            "Five Donau",
            "They said",
            "A step for ships.",
            "Second.",
            "harbour 13",
            "inner cell",
            "narrow",
        ),
        *(
            "كان البحر هادئا",
            "הים היה שקט",
            "and another.",
            "The keeper",
            "A map of all locks",
            "A film about barges",
        ),
        *(
            "Recorded on the quay",
            "Picture: A lost ship",
            "Lost at sea",
            "On the left",
            "Beyond the text",
            "All of them",
        ),
    ):
        assert words in shown, words
    assert shown.count("Under the picture A credit") == 8
    assert page.locator(".prose :is(h2, h3, h4)").first.evaluate("one => one.tagName") == "H2"
    assert page.locator("p", has_text="הים היה").get_attribute("dir") == "rtl"
    assert page.locator(".figure__caption").first.inner_text().startswith("Donaudampf")


def test_an_odd_title_is_read_as_it_was_written(new_page, odd):
    page = new_page(viewport=DESK)
    page.goto("/")
    cards = page.locator(".card__title").all_inner_texts()
    assert set(TITLES) <= {" ".join(card.split()) for card in cards}
    page.get_by_role("link", name=TITLES[1]).first.click()
    assert page.locator("h1").inner_text() == TITLES[1]
    assert page.title().startswith(TITLES[1])
