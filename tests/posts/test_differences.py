"""What is different between two texts: word by word, block by block, field by field, and quickly."""

import time
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from informed_comment.html import clean_html, plain_text
from posts import differences
from posts.states import state_of
from tests.factories import make_author, make_category, make_image, make_post


def told(old, new):
    """Each shown block as `what: text`, with words that came in +…+ and words that went in -…-."""
    signs = {"added": "+", "removed": "-", "set": "~"}
    return [
        f"{one.what}: "
        + "".join(
            f"{signs.get(piece.what, '')}{piece.text.rstrip()}{signs.get(piece.what, '')} "
            for piece in one.pieces
        ).strip()
        for one in differences.of_texts(old, new)
        if not one.is_gap
    ]


def notes(old, new):
    found = differences.of_texts(old, new)
    return [note for one in found for note in [*one.notes, *(piece.note for piece in one.pieces)] if note]


def test_equal_texts_have_no_difference():
    assert differences.of_texts("<p>One.</p>", "<p>One.</p>") == []


def test_words_are_compared_within_the_paragraph_that_changed():
    old = "<p>First.</p><p>The river rose by two metres overnight.</p><p>Last.</p>"
    new = "<p>First.</p><p>The river rose by three metres overnight.</p><p>Last.</p>"
    assert told(old, new) == [
        "same: First.",
        "changed: The river rose by -two- +three+ metres overnight.",
        "same: Last.",
    ]


def test_a_long_stretch_that_stayed_is_a_gap_that_says_how_long():
    same = "".join(f"<p>Paragraph number {n}.</p>" for n in range(10))
    found = differences.of_texts(same + "<p>End.</p>", same + "<p>The end.</p>")
    assert [(one.what, one.count) for one in found] == [("gap", 9), ("same", 0), ("changed", 0)]
    whole = differences.of_texts(same + "<p>End.</p>", same + "<p>The end.</p>", around=None)
    assert len(whole) == 11


def test_a_paragraph_that_stands_elsewhere_is_moved_not_rewritten():
    one, two, three = "<p>The first of them all.</p>", "<p>Second of three.</p>", "<p>Third.</p>"
    assert told(one + two + three, two + three + one) == [
        "moved away: The first of them all.",
        "same: Second of three.",
        "same: Third.",
        "moved: The first of them all.",
    ]


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        (
            "<p>See <a href='/a/'>here</a>.</p>",
            "<p>See <a href='/b/'>here</a>.</p>",
            "leads to /b/, before: /a/",
        ),
        ("<p>See here.</p>", "<p>See <a href='/b/'>here</a>.</p>", "now a link to /b/"),
        ("<p>See <a href='/a/'>here</a>.</p>", "<p>See here.</p>", "no longer a link to /a/"),
        ("<p>A bold word.</p>", "<p>A <strong>bold</strong> word.</p>", "now bold"),
        ("<p>A <em>fine</em> word.</p>", "<p>A fine word.</p>", "no longer italic"),
        ("<h2>Under a heading</h2>", "<h3>Under a heading</h3>", "Heading level: 3, before: 2."),
        ("<p>Under a heading</p>", "<h2>Under a heading</h2>", "Heading, before: paragraph."),
        ("<ul><li>An item</li></ul>", "<ol><li>An item</li></ol>", "List: numbered, before: with dots."),
        ("<p>Words here.</p>", '<p dir="rtl">Words here.</p>', "Direction: rtl, before: as the text."),
        (
            '<figure class="image"><img src="/media/a.jpg" alt="A boat"></figure>',
            '<figure class="image"><img src="/media/b.jpg" alt="A boat"></figure>',
            "Another picture.",
        ),
        (
            '<figure class="embed" data-provider="youtube"><a href="https://youtu.be/aaaaaaaa">Film</a></figure>',
            '<figure class="embed" data-provider="youtube"><a href="https://youtu.be/bbbbbbbb">Film</a></figure>',
            "Address: https://youtu.be/bbbbbbbb, before: https://youtu.be/aaaaaaaa.",
        ),
        (
            "<ul><li>A</li></ul><ul><li>B</li></ul>",
            "<ul><li>A</li><li>B</li></ul>",
            "The words are the same; how they are set out has changed.",
        ),
    ],
)
def test_what_changes_without_a_changed_word_is_told(old, new, note):
    assert note in notes(clean_html(old), clean_html(new))


def test_a_footnote_is_a_block_of_its_own():
    old = '<p>A claim<span class="footnote">Source one.</span> stands.</p>'
    new = '<p>A claim<span class="footnote">Source two.</span> stands.</p>'
    assert told(old, new) == ["same: A claim[note] stands.", "changed: Source -one- +two+ ."]


def test_items_captions_and_cells_are_blocks():
    old = "<ul><li>Rice</li><li>Oil</li></ul><table><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    new = "<ul><li>Rice</li><li>Oil</li><li>Gas</li></ul><table><tbody><tr><td>1</td><td>3</td></tr></tbody></table>"
    assert told(old, new) == [
        "same: Rice",
        "same: Oil",
        "added: +Gas+",
        "same: 1",
        "removed: -2-",
        "added: +3+",
    ]


def test_vocalised_arabic_words_are_never_torn_apart():
    old, new = "<p>قَالَ الْمُعَلِّمُ كَلَامًا</p>", "<p>قَالَ الطَّالِبُ كَلَامًا</p>"
    [block] = differences.of_texts(old, new)
    assert [(piece.what, piece.text.strip()) for piece in block.pieces] == [
        ("same", "قَالَ"),
        ("removed", "الْمُعَلِّمُ"),
        ("added", "الطَّالِبُ"),
        ("same", "كَلَامًا"),
    ]
    page = render_to_string("admin/posts/post/_text_differences.html", {"blocks": [block], "language": "ar"})
    assert 'dir="auto"' in page
    assert 'lang="ar"' in page


def test_words_added_and_removed_are_counted_without_what_moved():
    old = "<p>One two three four.</p><p>Five six seven.</p>"
    new = "<p>Five six seven.</p><p>One two three four.</p><p>Eight.</p>"
    assert differences.measure(differences.of_texts(old, new)) == (1, 0)


TEXTS = st.lists(
    st.sampled_from(
        [
            "<p>One two, three.</p>",
            "<p>One <strong>two</strong> four.</p>",
            "<h2>One</h2>",
            "<ul><li>a</li><li>b c</li></ul>",
            '<p>x<span class="footnote">note one</span> y</p>',
            "<blockquote><p>q r</p><p>s</p></blockquote>",
            "<hr>",
            "bare words <em>here</em> and there",
            "<p>a<br>b</p>",
        ]
    ),
    max_size=8,
).map("".join)


@given(TEXTS, TEXTS)
def test_nothing_of_either_text_is_left_out(old, new):
    found = differences.of_texts(old, new, around=None)

    def words(*without):
        text = " ".join(
            piece.text
            for one in found
            if one.what not in without
            for piece in one.pieces
            if piece.what not in without and piece.text != "———"
        )
        return sorted(
            text.replace("[note]", " ").replace("↵", " ").replace(",", " ").replace(".", " ").split()
        )

    def said(body):
        return sorted(
            plain_text(clean_html(body).replace("<", " <")).replace(",", " ").replace(".", " ").split()
        )

    if not any("set out" in note for one in found for note in one.notes):
        assert words("removed", "moved away") == said(new)
        assert words("added", "moved") == said(old)


@pytest.mark.parametrize("size", [85_000, 5_000_000])
def test_long_texts_are_compared_in_time(size):
    words = Path(differences.__file__).read_text().split()
    many = [f"<p>{n} {' '.join(words[n % 40 :])}</p>" for n in range(size // 600)]
    old, new = "".join(many), "".join(many[::-1]).replace("and", "or")
    begun = time.process_time()
    assert differences.of_texts(old, new)
    assert differences.of_texts(old, old + "<p>More.</p>")
    assert differences.of_texts(old.replace("</p><p>", " "), new.replace("</p><p>", " "))
    assert time.process_time() - begun < 4


@pytest.mark.django_db
def test_states_differ_by_fields_with_the_names_of_what_they_hold(django_assert_num_queries):
    ada, zoe = make_author(name="Ada"), make_author(name="Zoe")
    post = make_post(authors=[ada, zoe], categories=[make_category("War")], tags=["Oil"])
    old = state_of(post)
    image = make_image(title="Harbour")
    new = old | {
        "title": f"{post.title} again",
        "authors": [[zoe.pk, "by"], [ada.pk, "translated"]],
        "categories": [make_category("Peace").pk],
        "tags": ["Gas", "Oil"],
        "lead_image_id": image.pk,
        "body": "<p>The words of the post.</p>",
    }
    with django_assert_num_queries(3):
        found = {one.label: one for one in differences.of_states(old, new)}
    assert list(found) == ["Title", "Text", "Byline", "Categories", "Tags", "Lead image"]

    def told(label):
        return [(piece.what, piece.text) for piece in found[label].pieces]

    assert told("Byline") == [("removed", "Ada"), ("same", "Zoe"), ("added", "Ada (translated by)")]
    assert told("Categories") == [("removed", "War"), ("added", "Peace")]
    assert told("Tags") == [("added", "Gas"), ("same", "Oil")]
    assert told("Lead image") == [("added", "Harbour")]
    page = render_to_string(
        "admin/posts/post/_differences.html", {"changes": list(found.values()), "level": 3}
    )
    assert "[removed: </span>" in page
    assert image.file.url in page


@pytest.mark.django_db
def test_what_is_gone_since_is_said():
    state = state_of(make_post())
    other = state | {"authors": [[987654, "by"]], "categories": [987654], "lead_image_id": 987654}
    found = differences.of_states(state, other)
    said = [piece.text for one in found for piece in one.pieces if piece.what == "added"]
    assert said == [
        "An author no longer listed",
        "A category no longer there",
        "A picture no longer in the library",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<p>a</p>" * 300_000, "<p>b</p>" * 300_000),
        ("<blockquote>" * 150_000 + "x" + "</blockquote>" * 150_000, "<p>y</p>"),
        ("<p>" + "a b " * 1_000_000 + "</p>", "<p>" + "b a " * 1_000_000 + "</p>"),
        (
            "<p>" + "<strong>x " * 9_000 + "</strong>" * 9_000 + "</p>",
            "<p>" + "<em>y " * 9_000 + "</em>" * 9_000 + "</p>",
        ),
    ],
    ids=["tiny blocks", "deep blocks", "two words", "deep marks"],
)
def test_what_nobody_writes_is_compared_in_time_too(old, new):
    begun = time.process_time()
    assert differences.of_texts(old, new)
    assert time.process_time() - begun < 2
