"""The HTML and the plain text of mailings: what mail programs can show, of any text an editor can write."""

import re
import sys
from email import message_from_bytes, policy

import pytest
from selectolax.lexbor import LexborHTMLParser

from informed_comment.publication import current_publication
from newsletter import composing, mail_bodies, mail_html
from newsletter.mail_text import written
from newsletter.messages import LINK_KEY, Letterhead
from newsletter.models import MailingPost, MailingVariant
from tests.every_page import EVERYTHING
from tests.factories import make_author, make_category, make_image, make_mailing, make_post

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"
FOOTNOTE = (
    '<p>So it was<span class="footnote">See <a href="https://example.org/note">the note</a>.</span> said.</p>'
)


def text_of(mailing, choice=()):
    made, problems = composing.texts(mailing, [choice])
    assert not problems
    assert not made[choice].problem
    return made[choice]


def letter(body, **fields):
    return text_of(make_mailing(body=body, **fields))


def mailed(**fields):
    """A post as it is mailed."""
    post = make_post(**fields)
    mailing = make_mailing(kind="post", key=f"post {post.pk}", subject=post.title, is_in_archive=False)
    MailingPost.objects.create(mailing=mailing, post=post)
    return text_of(mailing)


def digest(posts, **fields):
    mailing = make_mailing(kind="daily", subject=fields.pop("subject", ""), body="", **fields)
    for place, post in enumerate(posts):
        MailingPost.objects.create(mailing=mailing, post=post, position=place)
    return text_of(mailing)


def seen(html):
    """What stands in the body, parsed."""
    return LexborHTMLParser(html).body


def with_sizes(image, crop, width, height):
    """As if the worker had made its JPEG."""
    name = f"renditions/{crop}.jpg"
    made = {"crop": crop, "format": "jpeg", "width": width, "height": height, "name": name}
    image.renditions = [made]
    image.save()
    return image


@pytest.fixture
def everything():
    image = with_sizes(make_image(width=160, height=90, caption="A river."), "own", 1200, 675)
    body = f'{EVERYTHING}{FOOTNOTE}<figure class="image"><img src="{image.file.url}" data-image="{image.pk}" alt=""></figure>'
    return mailed(
        title="A strait and a sea", body=body, lead_image=image, video_url="https://youtu.be/abcdefghijk"
    )


def test_nothing_runs_plays_or_submits_in_a_mail(everything):
    html = everything.html
    for gone in (
        "<script",
        "<iframe",
        "<form",
        "<video",
        "<audio",
        "<button",
        "var(--",
        "<figure",
        "data-image",
        "<svg",
    ):
        assert gone not in html
    assert "https://bsky.app/profile/a/post/b" in html
    assert 'href="https://youtu.be/abcdefghijk"' in html


def test_every_address_is_whole_and_every_picture_a_jpeg_with_its_size(everything):
    body = seen(everything.html)
    for link in body.css("a"):
        assert re.match(r"(https?://|mailto:)", link.attributes["href"]), link.html
    pictures = body.css("img")
    assert len(pictures) == 2
    for picture in pictures:
        assert picture.attributes["src"].startswith(f"{SITE}/media/")
        assert picture.attributes["src"].endswith(".jpg")
        assert (picture.attributes["width"], picture.attributes["height"]) == ("528", "297")
        assert "alt" in picture.attributes


def test_rules_stand_in_the_elements_and_those_of_small_and_dark_screens_in_the_head(everything):
    body = seen(everything.html)
    assert all("style" in paragraph.attributes for paragraph in body.css("td.body p"))
    head = everything.html.partition("</head>")[0]
    for needed in ("prefers-color-scheme: dark", "max-width: 480px", "[data-ogsc]", 'content="light dark"'):
        assert needed in head
    assert 'role="presentation"' in everything.html
    assert "<!--[if mso]>" in everything.html


def test_notes_are_numbers_in_the_text_and_a_list_under_it(everything):
    notes = seen(everything.html).css_first(".notes")
    assert notes.css_first("li").text() == "See the note."
    assert "(note 1) said." in everything.text
    assert re.search(r"Notes\n-----\n\n1\. See the note \[\d+\]\.", everything.text)


def test_the_ways_out_are_each_readers_own_and_in_both_parts(everything):
    for part in (everything.html, everything.text):
        assert f"{SITE}/newsletter/unsubscribe/{LINK_KEY}/" in part
        assert f"{SITE}/newsletter/preferences/{LINK_KEY}/" in part


def test_the_postal_address_stands_at_the_foot_where_there_is_one(everything):
    assert "Main Street" not in everything.html
    publication = current_publication()
    publication.postal_address = "1 Main Street\nAnn Arbor, MI"
    publication.save()
    text = letter("<p>Hello.</p>")
    assert "1 Main Street<br>Ann Arbor, MI" in text.html
    assert "1 Main Street\nAnn Arbor, MI\n" in text.text


def test_the_line_after_the_subject_is_unseen_in_the_mail_itself():
    text = letter("<p>Hello.</p>", preheader="What it is about")
    line = seen(text.html).css_first(".preheader")
    assert line.text().startswith("What it is about")
    assert "display: none" in line.attributes["style"]
    assert "What it is about" not in text.text


def test_a_long_post_is_cut_between_paragraphs_and_leads_on_to_the_site():
    body = "".join(f"<p>Paragraph {n}. {'Words of it. ' * 60}</p>" for n in range(400))
    text = mailed(body=body + FOOTNOTE)
    assert 80_000 < mail_html.size(text.html) <= mail_html.MOST_BYTES
    shown = [
        paragraph.text().strip()
        for paragraph in seen(text.html).css("td.body p")
        if paragraph.text().startswith("Para")
    ]
    assert all(paragraph.endswith("Words of it.") for paragraph in shown)
    assert [int(paragraph.split()[1].rstrip(".")) for paragraph in shown] == list(range(len(shown)))
    assert "Continue on the site" in text.html
    assert "Continue on the site:\nhttp://127.0.0.1:8000/" in text.text
    assert "See the note" not in text.html
    assert f"Paragraph {len(shown)}." not in text.text


def test_a_post_that_just_fits_is_whole_and_no_heading_is_left_alone_at_the_cut():
    whole = mailed(body="".join(f"<p>{'Words. ' * 20}</p>" for _ in range(100)))
    assert "Continue on the site" not in whole.html
    cut = mailed(body="".join(f"<h2>Heading {n}</h2><p>{'Words of it. ' * 150}</p>" for n in range(80)))
    last = seen(cut.html).css("td.body h2")[-1]
    assert last.next is not None
    assert "Words of it." in cut.html.rpartition("Heading")[2]


def test_one_paragraph_too_long_for_any_mail_leaves_the_head_and_the_way_to_the_site():
    text = mailed(title="Endless", body=f"<p>{'word ' * 40_000}</p>", standfirst="In short.")
    assert mail_html.size(text.html) < mail_html.MOST_BYTES
    assert "In short." in text.html
    assert "Continue on the site" in text.html
    assert "word word" not in text.html


def test_a_long_digest_says_how_many_more_there_are():
    author = make_author()
    posts = [
        make_post(authors=[author], title=f"Number {n}", standfirst="What it says. " * 20) for n in range(120)
    ]
    text = digest(posts)
    assert mail_html.size(text.html) <= mail_html.MOST_BYTES
    shown = len(seen(text.html).css("h2.title"))
    assert 20 < shown < 120
    assert f"{120 - shown} more posts came out" in text.html
    assert f"{120 - shown} more posts came out" in text.text


def test_titles_are_words_and_never_markup():
    title = '<script>alert(1)</script> & "quotes" <b>bold</b>'
    text = mailed(title=title)
    assert "<script" not in text.html
    assert seen(text.html).css_first("h1").text() == title
    assert title in text.text
    assert text.subject == title


def test_right_to_left_emoji_and_the_longest_titles_hold():
    arabic = make_post(title="البحر والمضيق 🌊", language="ar", body="<p>نص</p>", standfirst="سطر")
    long = make_post(title="Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 9)
    text = digest([arabic, long])
    cards = seen(text.html).css("table.card")
    assert cards[0].attributes["dir"] == "rtl"
    assert "🌊" in text.subject
    assert "🌊" in text.text
    assert len(digest([long]).subject) <= 200
    assert 'dir="rtl"' in mailed(title="البحر", language="ar", body="<p>نص</p>").html


def test_a_subject_is_one_line_whatever_was_typed():
    text = letter("<p>Hello.</p>", subject="Hello\r\nBcc: everybody@example.org\x07 there")
    assert text.subject == "Hello Bcc: everybody@example.org there"


def test_the_message_reads_the_same_after_it_was_encoded(everything):
    mailing = make_mailing()
    variant = MailingVariant(
        mailing=mailing, subject=everything.subject, html=everything.html, text=everything.text
    )
    key = "11111111-1111-4111-8111-111111111111"
    sent = Letterhead(mailing, variant).finished(1, "reader@example.org", key).content
    message = message_from_bytes(sent, policy=policy.default)
    plain, html = (part.get_content().replace("\r\n", "\n") for part in message.iter_parts())
    assert plain.rstrip("\n") == everything.text.replace(LINK_KEY, key).rstrip("\n")
    assert html.rstrip("\n") == everything.html.replace(LINK_KEY, key).rstrip("\n")


def test_no_line_of_the_plain_text_is_longer_than_78_but_for_addresses(everything):
    long = [line for line in everything.text.split("\n") if len(line) > 78 and "http" not in line]
    assert not [line for line in long if "A line of code" not in line and "Donaudampf" not in line]
    assert "\n-- \n" in everything.text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<h1>Title</h1><p>One<br>two</p>", "Title\n=====\n\nOne\ntwo"),
        ("<ul><li>One<ul><li>Within</li></ul></li><li>Two</li></ul>", "* One\n  * Within\n* Two"),
        ('<ol start="9"><li>Nine</li><li>Ten</li></ol>', "9. Nine\n10. Ten"),
        ("<blockquote><p>A</p><p>B</p></blockquote>", "> A\n>\n> B"),
        (
            "<p>See <a href='https://x.org/a'>it</a> and <a href='https://x.org/a'>it</a>.</p>",
            "See it [1] and it [1].\n\n[1] https://x.org/a",
        ),
        ("<p><a href='https://x.org/'>https://x.org</a></p>", "https://x.org/"),
        ("<p><a href='mailto:a@x.org'>a@x.org</a></p>", "a@x.org"),
        ("<table><tr><th>A</th><td>1</td></tr></table>", "A | 1"),
        (
            "<table><caption>Dams</caption><thead><tr><th>A</th></tr></thead><tr><td>1</td></tr></table>",
            "Dams\n\nA\n1",
        ),
        (
            "<table><tr><td>Around<table><tr><td>A</td><td>1</td></tr></table></td><th>Beside</th></tr></table>",
            "Around\n\nA | 1\n\nBeside",
        ),
        ("<pre>a\n  b</pre>", "    a\n      b"),
        ("<p>1 &lt; 2 &amp; 3</p><hr><p>x</p>", "1 < 2 & 3\n\n* * *\n\nx"),
        ("<img src='x' alt='A dam'><p><em>so</em> <strong>it</strong></p>", "[Picture: A dam]\n\n_so_ *it*"),
        ("<ul></ul><blockquote></blockquote><p> </p>", ""),
    ],
)
def test_plain_text_keeps_the_shape_of_what_was_written(html, text):
    assert written(html) == text


def steps(deed, text):
    """How many functions it enters, one that yields at every row it yields."""
    taken = 0

    def count(frame, event, arg):
        nonlocal taken
        taken += event == "call"

    sys.setprofile(count)
    try:
        deed(text)
    finally:
        sys.setprofile(None)
    return taken


@pytest.mark.parametrize("deed", [written, lambda html: mail_bodies.blocks(html, "https://example.org/")])
def test_tables_within_tables_cost_a_mail_no_more_than_their_number(deed):
    """Were it the square, fifteen times four would cost sixteen times as much."""
    few, many = (steps(deed, "<table><tr><td>A" * depth + "</td></tr></table>" * depth) for depth in (15, 60))
    assert many < 6 * few


def test_a_table_is_wide_by_its_own_columns_and_not_by_those_of_a_table_in_it():
    within = "<table><tr>" + "<td>1</td>" * 6 + "</tr></table>"
    html = mail_bodies.blocks(f"<table><tr><td>{within}</td><td>2</td></tr></table>", "https://example.org/")
    assert [table.attributes["class"] for table in seen(html[0]).css("table")] == ["data", "data many"]


def test_a_picture_on_another_site_is_not_asked_for():
    text = letter('<p>See <img src="https://elsewhere.example/a.gif" alt="A chart"></p>')
    assert "<img" not in text.html
    assert 'href="https://elsewhere.example/a.gif"' in text.html


def test_a_card_has_its_section_its_title_its_words_and_its_picture():
    image = with_sizes(make_image(width=150, height=100), "3x2", 1200, 800)
    section = make_category("Energy")
    author = make_author(name="Ada Author")
    posts = [
        make_post(title=f"Post {n}", lead_image=image, categories=[section], authors=[author]) for n in (1, 2)
    ]
    text = digest(posts, intro="<p>Good morning.</p>")
    first, second = (card.css_first("img").attributes for card in seen(text.html).css("table.card"))
    assert (first["width"], first["height"]) == ("528", "352")
    assert (second["width"], second["height"]) == ("120", "80")
    assert text.subject == "Post 1, and 1 more"
    assert text.text.index("Good morning.") < text.text.index("Post 1")
    assert f"Post 2\n------\n{SITE}{posts[1].permalink}" in text.text
    assert "By Ada Author" in text.text
