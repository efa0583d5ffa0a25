"""Text set in the site's own faces, for pictures that the worker draws.

A face is a stack of font files, asked letter by letter: Latin, its accents, Arabic, Hebrew. A line is cut into runs of
one font each; HarfBuzz (through Pillow's raqm) shapes a run, and runs are put one after another in the direction of
the line. Signs that no font has are left out; a letter that none has raises CannotSet, for half a title says nothing.
"""

import functools
import unicodedata
from dataclasses import dataclass
from itertools import accumulate, groupby

from django.conf import settings
from PIL import ImageFont

FONTS = settings.BASE_DIR / "static" / "fonts"
OTHER_SCRIPTS = ("noto-naskh-arabic", "noto-naskh-arabic-ext", "noto-serif-hebrew")
DISPLAY = ("newsreader", "newsreader-ext", *OTHER_SCRIPTS)
SANS = ("public-sans", "public-sans-ext", *OTHER_SCRIPTS)
SANS_BOLD = ("public-sans-bold", *SANS)
WEIGHTS = {"newsreader": 550, "newsreader-ext": 550, "noto-serif-hebrew": 500}  # of those that have an axis
UNASSIGNED = "\U0010fffd"
ELLIPSIS = "…"
STRONG = {"L": False, "EN": False, "R": True, "AL": True, "AN": True}


class CannotSet(ValueError):
    """No face has a letter of the text."""


@functools.cache
def font(name, size):
    made = ImageFont.truetype(FONTS / f"{name}.woff2", size, layout_engine=ImageFont.Layout.RAQM)
    if name in WEIGHTS:
        made.set_variation_by_axes([WEIGHTS[name]])
    return made


@functools.cache
def has(name, sign):
    """Whether a font has a sign of its own for it and not the one that stands for every missing one."""
    mask, missing = font(name, 40).getmask(sign), font(name, 40).getmask(UNASSIGNED)
    return mask.getbbox() is not None and bytes(mask) != bytes(missing)


def is_right_to_left(text):
    """By the first letter that has a direction, as HTML's `dir="auto"`."""
    return next(
        (kind != "L" for sign in text if (kind := unicodedata.bidirectional(sign)) in ("L", "R", "AL")), False
    )


@dataclass(frozen=True)
class Face:
    """A stack of fonts at one size in pixels."""

    names: tuple
    size: int

    def font_for(self, sign, last):
        """The first font that has the sign; what belongs to no script stays in the font of what stands before."""
        kind = unicodedata.category(sign)[0]
        if last and (sign == " " or (kind not in "LN" and has(last, sign))):
            return last
        if sign == " ":
            return self.names[0]
        found = next((name for name in self.names if has(name, sign)), None)
        if found is None and kind == "L":
            raise CannotSet(f"No face has the letter {sign!r}.")
        return found

    def settable(self, text):
        """The text with single blanks and without signs that no font has: emoji, control characters."""
        signs, last = [], None
        for sign in " ".join(text.split()):
            if unicodedata.category(sign)[0] == "C" and not is_joined(sign):
                continue
            last = last if is_joined(sign) else self.font_for(sign, last)
            signs.append(sign if last else "")
        return " ".join("".join(signs).split())

    def runs(self, text, *, is_rtl=False):
        """[(font, text, is right to left)] from left to right, in a line of the given direction."""
        names, last = [], None
        for sign in text:
            last = last if is_joined(sign) else self.font_for(sign, last)
            names.append(last)
        signs = zip(names, directions(text, is_rtl), text, strict=True)
        found = []
        for (name, rtl), group in groupby(signs, key=lambda sign: sign[:2]):
            made = font(name, self.size)
            found.append((made, "".join(sign for *_, sign in group), rtl))
        return visual(found, is_rtl)

    def width(self, text):
        """In pixels; words are measured once, and nothing is kerned across a blank."""
        return sum(word_width(self, word) for word in text.split(" ")) + word_width(self, " ") * text.count(
            " "
        )

    def draw(self, pen, place, text, colour, *, is_rtl=False):
        """Sets one line with its baseline at `place`: from there to the right, or if `is_rtl` to the left."""
        x, y = place
        runs = [(*run, measure(*run)) for run in self.runs(text, is_rtl=is_rtl)]
        x -= sum(wide for *_, wide in runs) if is_rtl else 0
        for made, part, rtl, wide in runs:
            pen.text((x, y), part, colour, font=made, anchor="ls", direction="rtl" if rtl else "ltr")
            x += wide

    def lines(self, text, width):
        """The text in lines of at most `width` pixels; a word that is longer is broken."""
        lines = [""]
        for word in text.split(" "):
            longer = f"{lines[-1]} {word}".strip()
            if self.width(longer) <= width:
                lines[-1] = longer
                continue
            if lines[-1]:
                lines.append("")
            for sign in word:
                if lines[-1] and self.width(lines[-1] + sign) > width:
                    lines.append("")
                lines[-1] += sign
        return lines

    def balanced(self, text, width):
        """As few lines as `width` allows, and as even as they can be."""
        lines = self.lines(text, width)
        narrow = width * 0.45
        while len(lines) > 1 and width - narrow > 12:
            middle = (narrow + width) / 2
            tried = self.lines(text, middle)
            if len(tried) > len(lines) or " ".join(tried).split() != text.split():
                narrow = middle
            else:
                lines, width = tried, middle
        return lines

    def cut(self, lines, count, width):
        """The first `count` lines, the last with an ellipsis for the rest."""
        if len(lines) <= count:
            return lines
        last = lines[count - 1]
        while last and self.width(last + ELLIPSIS) > width:
            last = last[:-1]
        return [*lines[: count - 1], last.rstrip(" ,;:–—-") + ELLIPSIS]


def measure(made, part, rtl):
    return made.getlength(part, direction="rtl" if rtl else "ltr")


@functools.lru_cache(maxsize=5000)
def word_width(face, word):
    return sum(measure(*run) for run in face.runs(word))


def is_joined(sign):
    """Whether it is part of the letter before it: an accent, a joiner."""
    return unicodedata.category(sign)[0] == "M" or sign in "\u200c\u200d"


def directions(text, is_rtl):
    """Whether each sign runs right to left; what has no direction goes with its neighbours if they agree, else the line.

    As much of the Unicode bidirectional algorithm as a headline needs; HarfBuzz does the rest inside a run.
    """
    strong = [None if is_joined(sign) else STRONG.get(unicodedata.bidirectional(sign)) for sign in text]
    before, after = list(accumulate(strong, carried)), list(accumulate(strong[::-1], carried))[::-1]
    return [
        left if left is not None and left == right else (is_rtl if own is None else own)
        for own, left, right in zip(strong, before, after, strict=True)
    ]


def carried(last, own):
    return last if own is None else own


def visual(runs, is_rtl):
    """The runs as they stand from left to right: those against the line's direction keep an order of their own."""
    ordered = []
    for is_against, group in groupby(runs, key=lambda run: run[2] != is_rtl):
        run = list(group)
        ordered += run[::-1] if is_against else run
    return ordered[::-1] if is_rtl else ordered
