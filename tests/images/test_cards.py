"""Social cards: what is drawn, how text is set, and which files stay."""

import io
import os
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Picture

from images import cards
from images.cards import Card
from images.lettering import DISPLAY, SANS, CannotSet, Face, is_right_to_left

CARD = Card("Who owns the snow on the Taurus?", "Environment", "By Ada", "Informed Comment")
LONG = "The river that was promised twice and delivered once, " * 12


def drawn(card):
    return Picture.open(io.BytesIO(cards.draw(card))).convert("L")


def ink(picture, box):
    """How much of a part of the card is darkened, from 0 to 1."""
    part = picture.crop(box)
    return sum(count for shade, count in enumerate(part.histogram()) if shade < 128) / (
        part.width * part.height
    )


@pytest.mark.parametrize("card", [CARD, replace(CARD, headline="Bread"), replace(CARD, headline=LONG)])
def test_a_card_has_the_size_networks_ask_for_and_is_light(card):
    content = cards.draw(card)
    picture = Picture.open(io.BytesIO(content))
    assert (picture.size, picture.format) == ((1200, 630), "PNG")
    assert len(content) < 60_000


def test_a_card_says_its_headline_section_byline_and_nameplate():
    picture = drawn(CARD)
    headline, section = (80, 170, 1120, 520), (80, 70, 600, 130)
    byline, nameplate = (80, 555, 500, 610), (700, 555, 1120, 610)
    for part in (headline, section, byline, nameplate):
        assert ink(picture, part) > 0.005
    bare = drawn(Card("Bread"))
    assert ink(bare, section) == ink(bare, byline) == ink(bare, nameplate) == 0


@pytest.mark.parametrize("headline", [LONG, "W" * 300, "سلام " * 80, "a " * 400])
def test_however_long_nothing_runs_over_the_edge(headline):
    picture = drawn(replace(CARD, headline=headline, byline=headline, kicker=headline, nameplate=headline))
    assert ink(picture, (0, 20, 74, 630)) == ink(picture, (1126, 20, 1200, 630)) == 0
    assert ink(picture, (80, 514, 1120, 538)) == 0


def test_arabic_stands_on_the_right_and_english_on_the_left():
    for headline, is_rtl in (("سلام", True), ("שלום", True), ("Peace", False)):
        picture = drawn(Card(headline))
        left, right = ink(picture, (80, 150, 400, 530)), ink(picture, (800, 150, 1120, 530))
        assert (right > left) == is_rtl


@pytest.mark.parametrize("headline", ["日本語", "Слово", "🚢🚢", "", " \u200d\x01"])
def test_what_the_faces_cannot_set_is_not_drawn(headline):
    with pytest.raises(CannotSet):
        cards.draw(replace(CARD, headline=headline))


def test_a_byline_the_faces_cannot_set_is_left_out():
    assert ink(drawn(replace(CARD, byline="日本語")), (80, 555, 500, 610)) == 0


def test_signs_that_no_face_has_are_left_out_with_their_blanks():
    face = Face(DISPLAY, 40)
    assert face.settable("🚢  Ships \x01 and ❤️ “boats” — Dvořák") == "Ships and “boats” — Dvořák"


@pytest.mark.parametrize(
    ("text", "is_rtl", "seen"),
    [
        ("Dvořák spoke", False, ["Dvo", "ř", "ák spoke"]),
        ("از Dvořák گفت", True, ["گفت", "Dvo", "ř", "ák", "از"]),
        ("word سلام عليكم means", False, ["word", "سلام عليكم", "means"]),
        ("تقرير UN 2026 عن", True, ["عن", "UN 2026", "تقرير"]),
    ],
)
def test_runs_stand_in_the_order_the_eye_meets_them(text, is_rtl, seen):
    parts = [part.strip() for _, part, _ in Face(DISPLAY, 40).runs(text, is_rtl=is_rtl)]
    assert [part for part in parts if part] == seen


def test_lines_are_even_and_a_long_one_is_cut():
    face = Face(DISPLAY, 60)
    lines = face.balanced("One word more than fits here", 700)
    widths = [face.width(line) for line in lines]
    assert len(lines) == 2
    assert min(widths) > 0.6 * max(widths)
    assert face.cut(face.lines("Several words, and more of them", 300), 1, 300) == ["Several…"]


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=40))
def test_any_text_is_set_or_refused(text):
    face = Face(SANS, 30)
    try:
        kept = face.settable(text)
    except CannotSet:
        return
    assert (
        "".join(part for _, part, _ in sorted(face.runs(kept), key=lambda run: kept.find(run[1]))) or not kept
    )
    assert all(face.width(line) <= 300 for line in face.lines(kept, 300) if len(line) > 3)
    assert is_right_to_left(kept) in (True, False)


def test_another_word_is_another_address():
    said = [CARD, *(replace(CARD, **{name: "x"}) for name in ("headline", "kicker", "byline", "nameplate"))]
    assert len({card.name for card in said}) == 5


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_what_nothing_names_goes_after_a_week(media):
    old, fresh, used = (replace(CARD, headline=word).name for word in ("old", "fresh", "used"))
    for name in (old, fresh, used):
        default_storage.save(name, ContentFile(b"card"))
    long_ago = time.time() - timedelta(days=8).total_seconds()
    for name in (old, used):
        os.utime(default_storage.path(name), (long_ago, long_ago))
    assert cards.remove_unused({used}) == 1
    assert [default_storage.exists(name) for name in (old, fresh, used)] == [False, True, True]


def test_where_no_card_was_ever_drawn_there_is_nothing_to_remove(media):
    assert cards.remove_unused(set()) == 0
