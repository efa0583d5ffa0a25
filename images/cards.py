"""Social cards: what is shown of a page elsewhere when it has no picture. Drawn by the worker, ahead of readers.

A card's name is a hash of what it says, so that a new title gets a new address and no network shows the old one. The
name stands in the `social_card` column of what it is for; a page shows it only while the name still fits.
"""

import hashlib
import io
from dataclasses import astuple, dataclass, replace
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image, ImageDraw

from images import lettering
from images.lettering import DISPLAY, SANS, SANS_BOLD, CannotSet, Face

RECIPE = 1  # change it with the drawing: every card is then due again
SIZE = (1200, 630)
FOLDER = "cards"
KEPT_FOR = timedelta(days=7)  # what nothing names any more may still be asked for
MARGIN = 80
WIDTH = SIZE[0] - 2 * MARGIN
HEADLINE_SIZES = (116, 106, 96, 88, 80, 72, 64, 58, 52)
HEADLINE_BOX = (176, 506)  # top and bottom, in pixels
LINE = 1.12
COLOURS = {"paper": "#fffdf8", "ink": "#191714", "muted": "#5d574e", "rule": "#e0d9cc", "accent": "#174a7c"}


@dataclass(frozen=True)
class Card:
    """What a card says; `nameplate` is the publication's name, which the publication's own card has as headline."""

    headline: str
    kicker: str = ""
    byline: str = ""
    nameplate: str = ""

    def of(self, publication):
        return replace(self, nameplate=publication.title)

    @property
    def name(self):
        digest = hashlib.sha256(repr((RECIPE, *astuple(self))).encode()).hexdigest()[:20]
        return f"{FOLDER}/{digest[:2]}/{digest}.png"


def draw(card):
    """The card as PNG; CannotSet where the site's faces lack a letter of the headline, or where nothing is left."""
    sheet = Image.new("RGB", SIZE, COLOURS["paper"])
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((0, 0, SIZE[0], 13), COLOURS["accent"])
    is_rtl = lettering.is_right_to_left(card.headline)
    edge = SIZE[0] - MARGIN if is_rtl else MARGIN
    draw_headline(pen, edge, card.headline, is_rtl)
    small(pen, (edge, 108), card.kicker, Face(SANS_BOLD, 30), "accent", is_rtl=is_rtl)
    pen.rectangle((MARGIN, 540, SIZE[0] - MARGIN, 541), COLOURS["rule"])
    room = WIDTH
    if card.nameplate:
        face = Face(DISPLAY, 38)
        name = fitting(face, face.settable(card.nameplate), WIDTH * 0.6)
        room -= face.width(name) + 40
        face.draw(pen, (MARGIN if is_rtl else SIZE[0] - MARGIN - face.width(name), 591), name, COLOURS["ink"])
    small(pen, (edge, 589), card.byline, Face(SANS, 28), "muted", is_rtl=is_rtl, room=room)
    out = io.BytesIO()
    sheet.quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def draw_headline(pen, edge, headline, is_rtl):
    """As large as it fits, in the middle of its box; the longest end in an ellipsis."""
    top, bottom = HEADLINE_BOX
    headline = Face(DISPLAY, HEADLINE_SIZES[0]).settable(headline)
    if not headline:
        raise CannotSet("There is nothing to set.")
    for size in HEADLINE_SIZES:
        face = Face(DISPLAY, size)
        lines = face.balanced(headline, WIDTH)
        most = int((bottom - top) / (size * LINE))
        if len(lines) <= most:
            break
    else:
        lines = face.cut(face.lines(headline, WIDTH), most, WIDTH)
    baseline = (top + bottom - len(lines) * size * LINE) / 2 + size * 0.86
    for number, line in enumerate(lines):
        face.draw(pen, (edge, baseline + number * size * LINE), line, COLOURS["ink"], is_rtl=is_rtl)


def small(pen, place, text, face, colour, *, is_rtl, room=WIDTH):
    """A line around the headline; left out where the faces lack a letter of it."""
    try:
        words = fitting(face, face.settable(text), room)
        face.draw(pen, place, words, COLOURS[colour], is_rtl=is_rtl)
    except CannotSet:
        return


def fitting(face, text, width):
    return face.cut(face.lines(text, width), 1, width)[0]


def keep(row, card):
    """Draws the card unless it is there, and names it in the row; what cannot be drawn leaves the name empty.

    Made anew while the row is read, the name is written only if nobody has written another meanwhile.
    """
    name = card.name
    try:
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(draw(card)))
    except ValueError:  # CannotSet, or what HarfBuzz makes nothing of
        name = ""
    if row.social_card != name:
        type(row).objects.filter(pk=row.pk, social_card=row.social_card).update(social_card=name)
    return bool(name)


def remove_unused(used):
    """Removes cards that nothing names, a week after they were drawn; returns how many."""
    removed, limit = 0, timezone.now() - KEPT_FOR
    try:
        folders = default_storage.listdir(FOLDER)[0]
    except FileNotFoundError:
        folders = []
    for folder in folders:
        for file in default_storage.listdir(f"{FOLDER}/{folder}")[1]:
            name = f"{FOLDER}/{folder}/{file}"
            if name not in used and default_storage.get_modified_time(name) < limit:
                default_storage.delete(name)
                removed += 1
    return removed
