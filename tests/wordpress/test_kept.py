"""Whether the import notices that a text does not say what it said."""

import pytest

from tests.wordpress.parts import item
from wordpress.bodies import kept
from wordpress.bodies.notes import Told


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("one\n\n<b>two</b> &amp; three", "<p>one</p><p><strong>two</strong> &amp; three</p>"),
        ("<script>x = '<p>'</script>a<!-- no -->b<select><option>c</select>", "<p>ab</p>"),
        ('[caption id="1" caption="It&#039;s"]<img src="/a.jpg" />[/caption]', "<figure><figcaption>It's</figcaption></figure>"),
        ("a[footnote]b[/footnote]", '<p>a<span class="footnote">b</span></p>'),
        ('<a title="a > b" href="/x">t</a>', '<p><a href="/x" title="a > b">t</a></p>'),
        ("<form>Name <button>Go</button></form><button>Read</button>", "<p>Name</p><p>Read</p>"),
    ],
)  # fmt: skip
def test_what_readers_saw_there_and_see_here_is_the_same(source, written):
    assert kept.compare(source, written, []).is_same


@pytest.mark.parametrize(
    ("written", "there", "here"),
    [
        ("<p>one three</p>", "onetwothree", "onethree"),
        ("<p>one two two three</p>", "onetwothree", "onetwotwothree"),
        ("", "onetwothree", ""),
    ],
)
def test_a_word_lost_or_added_is_shown_where_it_was(written, there, here):
    verdict = kept.compare("one two three", written, [])
    assert not verdict.is_explained
    assert (verdict.there, verdict.here) == (there, here)


def test_what_the_conversion_told_of_is_explained_and_nothing_beyond_it():
    told = [Told("player", gone="https://vimeo.com/1", come="Video on Vimeo")]
    assert kept.compare("a https://vimeo.com/1", "<p>a</p><a>Video on Vimeo</a>", told).whys == ("player",)
    assert not kept.compare("a b https://vimeo.com/1", "<p>a</p><a>Video on Vimeo</a>", told).is_explained


def test_words_in_another_order_are_said_to_be_moved():
    assert kept.compare("one two", "<p>two one</p>", []).whys == (kept.MOVED,)


def test_broken_markup_is_read_as_a_browser_does_before_it_is_complained_of():
    assert kept.compare('<p>a <b title="x>c</b> d', "<p>a</p>", []).is_same


@pytest.mark.django_db
def test_the_report_says_of_how_many_texts_it_is_true(take):
    report = take(item(1), item(2, slug="two", body="See\n\nhttps://vimeo.com/12345\n\nthis"))
    assert report.texts == {kept.SAME: 1, "player in place of its address": 1}
    assert "letter by letter" in "\n".join(report.lines())
