"""What becomes of a stored body on the page, and what counts as an embed."""

import re

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from informed_comment.html import clean_html
from posts import embeds
from posts.bodies import for_reading


def shown(html):
    return LexborHTMLParser(for_reading(clean_html(html)), is_fragment=True)


def test_a_plain_body_is_left_as_it_is():
    assert for_reading("<p>Text &amp; more.</p>") == "<p>Text &amp; more.</p>"


def test_a_link_out_is_cut_off_from_our_page_and_a_link_in_is_not():
    out, within, own = shown(
        '<p><a href="https://example.org/">out</a><a href="/about/">in</a>'
        '<a href="http://127.0.0.1:8000/about/">own</a></p>'
    ).css("a")
    assert out.attributes["rel"] == "noopener"
    assert "rel" not in within.attributes
    assert "rel" not in own.attributes


def test_a_table_scrolls_in_a_box_that_the_keyboard_reaches_and_stands_there_once():
    html = shown(
        "<p>Before</p><table><caption>Tons</caption><tbody><tr><td>1</td></tr></tbody></table><p>After</p>"
    )
    box = html.css_first("div.table-box")
    assert (box.attributes["tabindex"], box.attributes["aria-label"]) == ("0", "Tons")
    assert len(html.css("table")) == 1
    assert box.css_first("td").text() == "1"
    assert [node.text() for node in html.css("p")] == ["Before", "After"]


def test_a_picture_of_ours_waits_until_it_is_near():
    image = shown('<p><img src="/media/images/a.jpg" width="3" height="2"></p>').css_first("img")
    assert (image.attributes["loading"], image.attributes["decoding"], image.attributes["alt"]) == (
        "lazy",
        "async",
        "",
    )


def test_a_picture_on_another_site_is_a_link_and_not_a_request():
    html = shown('<figure class="image"><img src="https://tracker.example/a.jpg" alt="A “ship”"></figure>')
    assert not html.css("img")
    link = html.css_first("a.picture-elsewhere")
    assert link.attributes["href"] == "https://tracker.example/a.jpg"
    assert link.text() == "Picture: A “ship”"


def test_an_embed_becomes_a_still_that_loads_nothing():
    html = shown(
        '<figure class="embed" data-provider="youtube" data-embed="abcdefghijk">'
        '<a href="https://youtu.be/abcdefghijk">A film &lt;about&gt; grain</a><figcaption>Cap</figcaption></figure>'
    )
    assert not html.css("iframe, img")
    link = html.css_first("figure.embed--video a")
    assert link.attributes["href"] == "https://youtu.be/abcdefghijk"
    assert (
        link.attributes["data-frame"] == "https://www.youtube-nocookie.com/embed/abcdefghijk?autoplay=1&rel=0"
    )
    assert link.attributes["rel"] == "noopener"
    assert link.css_first(".embed__title").text() == "A film <about> grain"
    assert html.css_first("figcaption").text() == "Cap"


@pytest.mark.parametrize(
    "address",
    [
        "https://x.com/ada/status/1",
        "https://bsky.app/profile/ada/post/1",
        "https://a.example/@ada/109876543210987654",
    ],
)
def test_a_post_elsewhere_is_quoted_with_who_said_it(address):
    figure = shown(
        f'<figure class="embed" data-provider="other" data-embed="{address}"><a href="{address}">Ada</a>'
        '<figcaption>What <em>she</em> wrote, <a href="https://example.org/">here</a></figcaption></figure>'
    ).css_first("figure.embed--post")
    words, link = figure.css_first("blockquote"), figure.css_first("a.embed__link")
    assert words.text().strip() == "What she wrote, here"
    assert (words.css_first("em").text(), words.css_first("a").attributes["rel"]) == ("she", "noopener")
    assert link.css_first(".embed__title").text() == "Ada"
    assert link.attributes["href"] == address
    assert not figure.css("figcaption, iframe, img, script")


def test_players_come_from_the_hosts_the_policy_names_and_no_other():
    script = (settings.BASE_DIR / "static/js/post.js").read_text()
    listed = re.search(r"PLAYERS = \[(.*?)\]", script, re.S)[1]
    assert re.findall(r'"([^"]+)/"', listed) == list(embeds.PLAYERS) == settings.SECURE_CSP["frame-src"]


def test_an_embed_that_lies_about_its_provider_is_taken_at_its_address():
    link = shown(
        '<figure class="embed" data-provider="youtube" data-embed="x"><a href="https://evil.example/watch?v=abcdefghijk">T</a></figure>'
    ).css_first("a")
    assert "data-frame" not in link.attributes
    assert "evil.example" in link.text()


def test_an_embed_without_a_good_address_leaves_its_words():
    html = shown('<figure class="embed" data-provider="youtube" data-embed="abc"><p>Words</p></figure>')
    assert html.css_first("p").text() == "Words"
    assert not html.css(".embed")


@pytest.mark.parametrize(
    ("address", "provider", "frame"),
    [
        (
            "https://www.youtube.com/watch?v=abcdefghijk&t=3",
            "youtube",
            "youtube-nocookie.com/embed/abcdefghijk?",
        ),
        ("https://youtu.be/abcdefghijk", "youtube", "youtube-nocookie.com/embed/abcdefghijk?"),
        ("https://m.youtube.com/shorts/abcdefghijk", "youtube", "youtube-nocookie.com/embed/abcdefghijk?"),
        ("https://www.youtube.com/playlist?list=1", "youtube", ""),
        ('https://youtu.be/"><script>', "youtube", ""),
        ("https://vimeo.com/123456789", "vimeo", "player.vimeo.com/video/123456789?autoplay=1&dnt=1"),
        ("https://vimeo.com/123456789/abcdef0123", "vimeo", "&h=abcdef0123"),
        ("https://vimeo.com/about", "vimeo", ""),
        (
            "https://soundcloud.com/a/b",
            "soundcloud",
            "w.soundcloud.com/player/?url=https%3A%2F%2Fsoundcloud.com%2Fa%2Fb",
        ),
        ("https://youtu.be/abcdefghijk?t=1m30s", "youtube", "rel=0&start=90"),
        ("https://www.youtube.com/watch?v=abcdefghijk&start=61", "youtube", "&start=61"),
        ("https://youtu.be/abcdefghijk?t=soon", "youtube", "embed/abcdefghijk?autoplay=1&rel=0"),
        ("https://bsky.app/profile/a/post/b", "bluesky", ""),
        (
            "https://bsky.app/profile/did:plc:abcdefgh12345678/post/3kabcdefgh2x",
            "bluesky",
            "embed.bsky.app/embed/did:plc:abcdefgh12345678/app.bsky.feed.post/3kabcdefgh2x",
        ),
        (
            "https://www.tiktok.com/@ada.b/video/7212345678901234567",
            "tiktok",
            "player/v1/7212345678901234567?",
        ),
        ("https://vm.tiktok.com/ZM8abc/", "tiktok", ""),
        (
            "https://open.spotify.com/intl-de/episode/4rOoJ6Egrf8K2IrywzwOMk?si=x",
            "spotify",
            "/embed/episode/4rOo",
        ),
        ("https://open.spotify.com/user/ada", "spotify", ""),
        (
            "https://podcasts.apple.com/us/podcast/a-b/id123456789?i=1000654321",
            "apple",
            "embed.podcasts.apple.com/us/podcast/a-b/id123456789?i=1000654321",
        ),
        ("https://podcasts.apple.com/us/podcast/id123456789?i=x%22", "apple", "/us/podcast/id123456789"),
        ("https://podcasts.apple.com/us/artist/1", "apple", ""),
        ("https://archive.org/details/a-film_1936", "archive", "https://archive.org/embed/a-film_1936"),
        ("https://web.archive.org/web/2020/https://example.org/", "archive", ""),
        ("https://mastodon.social/@ada/109876543210987654", "mastodon", ""),
        ("https://example.social/@ada@other.example/109876543210987654", "mastodon", ""),
        ("https://twitter.com/ada/status/1", "x", ""),
        ("https://www.threads.net/@ada/post/C1", "threads", ""),
        ("https://www.facebook.com/ada/posts/1", "facebook", ""),
        ("https://soundcloud.com/", "soundcloud", ""),
        ("https://notyoutube.com/watch?v=abcdefghijk", "other", ""),
        ("https://youtube.com.evil.example/watch?v=abcdefghijk", "other", ""),
    ],
)
def test_an_address_is_recognised_by_its_host(address, provider, frame):
    embed = embeds.recognised(address, "T")
    assert embed.provider == provider
    assert bool(embed.frame) == bool(frame)
    assert frame in embed.frame


@pytest.mark.parametrize(
    "address",
    ["", "javascript:alert(1)", "//youtu.be/x", "https://", "https://[", "ftp://youtu.be/x", "words"],
)
def test_what_is_no_address_is_no_embed(address):
    assert embeds.recognised(address) is None


@given(st.text())
def test_no_address_breaks_it(address):
    embed = embeds.recognised(address)
    assert embed is None or embed.frame == "" or embed.frame.startswith("https://")


@given(
    st.sampled_from([host for _, hosts in embeds.PROVIDERS.values() for host in hosts]),
    st.text(alphabet="/@?=&%.:#\"'<>abcdip0123456789 -_", max_size=60),
)
def test_a_frame_is_always_on_a_players_host(host, rest):
    embed = embeds.recognised(f"https://{host}/{rest}")
    if embed and embed.frame:
        assert embed.frame.startswith(tuple(f"{player}/" for player in embeds.PLAYERS))
        assert not set(embed.frame) & set("\"'<> ")


@given(st.text(alphabet='<>/"= abpimgtrfguehxscl:.', max_size=200))
def test_no_body_breaks_it(text):
    assert "<script" not in for_reading(clean_html(text))


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        (["h4", "h4"], ["h2", "h2"]),
        (["h3", "h4", "h3"], ["h2", "h3", "h2"]),
        (["h4", "h3", "h2", "h4", "h3"], ["h2", "h2", "h2", "h3", "h3"]),
        (["h2", "h3", "h4", "h2"], ["h2", "h3", "h4", "h2"]),
    ],
)
def test_headings_begin_under_the_title_and_skip_no_level(stored, read):
    html = shown("".join(f"<{name}>Part</{name}>" for name in stored))
    assert [heading.tag for heading in html.css("h2, h3, h4")] == read


def test_a_passage_in_arabic_or_hebrew_runs_from_right_to_left_and_the_others_stay():
    html = shown(
        '<p>He said: سلام.</p><p>«سلام» he said.</p><blockquote><p>12. שלום</p></blockquote><p dir="ltr">مرحبا</p>'
    )
    assert [(one.tag, one.attributes.get("dir")) for one in html.css("p, blockquote")] == [
        ("p", None),
        ("p", "rtl"),
        ("blockquote", "rtl"),
        ("p", "rtl"),
        ("p", "ltr"),
    ]


def test_a_sound_of_ours_plays_here_and_one_elsewhere_is_a_link():
    own, other, unplayable = shown(
        '<figure class="audio"><a href="/media/a.mp3">A talk</a></figure>'
        '<figure class="video"><a href="https://films.example/b.mp4">b.mp4</a></figure>'
        '<figure class="video"><a href="/media/c.mov">c.mov</a></figure>'
    ).css("figure")
    player = own.css_first("audio[controls]")
    assert (player.attributes["src"], player.attributes["preload"]) == ("/media/a.mp3", "none")
    assert player.css_first("a").text() == "A talk"
    assert other.css_first("a").attributes["href"] == "https://films.example/b.mp4"
    assert not other.css("video")
    assert not unplayable.css("video")


def test_a_picture_elsewhere_that_stands_in_a_link_makes_no_link_in_a_link():
    html = shown(
        '<figure class="image"><a href="/shop/"><img src="https://x.example/a.jpg" alt="A"></a></figure>'
    )
    assert [link.attributes["href"] for link in html.css("a")] == ["/shop/"]
    assert html.css_first("a span").text() == "Picture: A"


def test_a_long_listing_is_reached_by_the_keyboard():
    assert shown("<pre>a long line</pre>").css_first("pre").attributes["tabindex"] == "0"
