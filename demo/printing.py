"""The press the demo pictures come from: a sheet of paper, inks, and stencils to print them through.

Everything is drawn the way a screen printer works: flat inks one over another, the paler and farther first,
shaded by stippling. The same stem always gives the same picture.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter

type Point = tuple[float, float]

PAPER = "#fffdf8"
INK = "#191714"


@dataclass(frozen=True)
class Palette:
    high: str
    """The sky overhead, and any other ground."""
    low: str
    light: str
    far: str
    middle: str
    near: str
    dark: str
    accent: str


DUSK = Palette("#3c5873", "#efc294", "#fbe9c6", "#a5959a", "#66748a", "#33475f", "#17222f", "#c8643c")
DAWN = Palette("#a9c3cb", "#f8e6ca", "#fff8e8", "#b5c3c0", "#7f9a94", "#48685f", "#20332f", "#c9812e")
OCHRE = Palette("#ecd7ad", "#fbf3e2", "#fffaf0", "#e3c595", "#c9955a", "#925d36", "#38251a", "#174a7c")
BLUE = Palette("#2a5f92", "#c9dbe0", "#f7f1e0", "#8fb0c5", "#4d7ca2", "#1f4c77", "#0f2740", "#e0a33f")
OLIVE = Palette("#d9dcc0", "#faf4e2", "#fffaf0", "#c4c69c", "#939a66", "#5c673c", "#2a3220", "#b5532f")
TERRACOTTA = Palette("#e8bf9a", "#faead5", "#fff7ea", "#dba880", "#bb6e48", "#7d3d29", "#351b15", "#2f5d70")
NIGHT = Palette("#0f1e31", "#4b6883", "#f2e1b5", "#3a5570", "#263f5a", "#17293d", "#0b1520", "#e3a94f")
FERTILE = Palette("#dccb9c", "#f3e8cb", "#fff8e8", "#e0cc9b", "#98a163", "#66763f", "#123a5c", "#2f6a99")
EMBER = Palette("#12202f", "#a8664a", "#f7dfa8", "#5d4a50", "#2c2f3c", "#1a2230", "#0c131c", "#e38f3c")
FURNACE = Palette("#e8bf9a", "#faead5", "#fff7ea", "#dba880", "#bb6e48", "#7d3d29", "#351b15", "#b8402a")
SLATE = Palette("#c3c9ca", "#f3eee3", "#fffaf2", "#b4bab9", "#7f8a8d", "#4b565b", "#22292d", "#a8432f")


class Stencil:
    """A shape cut at twice the size, so that its edges come out smooth; drawn in the sheet's own pixels."""

    def __init__(self, width: int, height: int):
        self.image = Image.new("L", (width * 2, height * 2), 0)
        self.pen = ImageDraw.Draw(self.image)

    def polygon(self, points: Sequence[Point], fill: int = 255) -> None:
        self.pen.polygon([(x * 2, y * 2) for x, y in points], fill=fill)

    def box(self, left: float, top: float, right: float, bottom: float, fill: int = 255) -> None:
        if right > left and bottom > top:
            self.pen.rectangle((left * 2, top * 2, right * 2 - 1, bottom * 2 - 1), fill=fill)

    def disc(self, x: float, y: float, across: float, down: float | None = None, fill: int = 255) -> None:
        """An ellipse about a centre, by its half axes."""
        down = across if down is None else down
        self.pen.ellipse(((x - across) * 2, (y - down) * 2, (x + across) * 2, (y + down) * 2), fill=fill)

    def ring(self, x: float, y: float, radius: float, width: float) -> None:
        box = ((x - radius) * 2, (y - radius) * 2, (x + radius) * 2, (y + radius) * 2)
        self.pen.ellipse(box, outline=255, width=max(1, round(width * 2)))

    def line(self, points: Sequence[Point], width: float, fill: int = 255) -> None:
        scaled = [(x * 2, y * 2) for x, y in points]
        self.pen.line(scaled, fill=fill, width=max(1, round(width * 2)), joint="curve")

    def stroke(self, points: Sequence[Point], start: float, end: float = 0) -> None:
        """A line that tapers, as a reed or a frond does."""
        left, right = [], []
        last = len(points) - 1
        for index, (x, y) in enumerate(points):
            before, after = points[max(index - 1, 0)], points[min(index + 1, last)]
            angle = math.atan2(after[1] - before[1], after[0] - before[0]) + math.pi / 2
            half = (start + (end - start) * index / last) / 2
            left.append((x + math.cos(angle) * half, y + math.sin(angle) * half))
            right.append((x - math.cos(angle) * half, y - math.sin(angle) * half))
        self.polygon(left + right[::-1])

    def mask(self) -> Image.Image:
        mask = Image.new("L", (self.image.width // 2, self.image.height // 2), 0)
        if box := self.image.getbbox():
            left, top, right, bottom = box[0] // 2, box[1] // 2, (box[2] + 1) // 2, (box[3] + 1) // 2
            mask.paste(self.image.reduce(2, (left * 2, top * 2, right * 2, bottom * 2)), (left, top))
        return mask


class Sheet:
    """The picture being printed."""

    def __init__(self, stem: str, width: int, height: int, palette: Palette):
        self.width, self.height, self.palette = width, height, palette
        self.chance = random.Random(stem)  # noqa: S311 - chance for drawing, and the same for every run
        self.image = Image.new("RGB", (width, height), palette.low)
        self.noise = Image.frombytes("L", (width, height), self.chance.randbytes(width * height))

    @property
    def unit(self) -> float:
        """One sixteen-hundredth of the width: sizes are given in these."""
        return self.width / 1600

    def stencil(self) -> Stencil:
        return Stencil(self.width, self.height)

    def fade(self, top: float, bottom: float, start: int, end: int) -> Image.Image:
        """A mask that runs from `start` at the height `top` to `end` at `bottom`, and stays so beyond."""
        span = max(bottom - top, 1)
        column = bytes(
            round(start + (end - start) * min(max((y - top) / span, 0), 1)) for y in range(self.height)
        )
        return Image.frombytes("L", (1, self.height), column).resize(
            self.image.size, Image.Resampling.NEAREST
        )

    def ramp(self, left: float, right: float, start: int, end: int) -> Image.Image:
        """The same as `fade`, from left to right."""
        span = max(right - left, 1)
        row = bytes(
            round(start + (end - start) * min(max((x - left) / span, 0), 1)) for x in range(self.width)
        )
        return Image.frombytes("L", (self.width, 1), row).resize(self.image.size, Image.Resampling.NEAREST)

    def wash(self, high: str, low: str, top: float = 0, bottom: float | None = None) -> None:
        """A ground that passes smoothly from one colour to another."""
        self.image.paste(low, (0, 0, self.width, self.height))
        self.image.paste(high, mask=self.fade(top, self.height if bottom is None else bottom, 255, 0))

    def ink(self, shape: Stencil | Image.Image, colour: str) -> Image.Image:
        mask = shape.mask() if isinstance(shape, Stencil) else shape
        if box := mask.getbbox():
            self.image.paste(colour, box, mask.crop(box))
        return mask

    def stipple(self, mask: Image.Image, colour: str, tone: Image.Image) -> None:
        """Shades a printed shape with dots, denser where the tone is lighter."""
        if box := mask.getbbox():
            dots = ImageChops.subtract(tone.crop(box), self.noise.crop(box))
            dots = dots.point([min(255, value * 7) for value in range(256)])
            self.image.paste(colour, box, ImageChops.multiply(mask.crop(box), dots))
        step = self.chance.randrange(64, self.height)
        self.noise = ImageChops.offset(self.noise, step, step // 2)

    def shade(self, mask: Image.Image, colour: str, top: float, bottom: float, amount: int = 150) -> None:
        """Stipples downwards: nothing at `top`, most at `bottom`; the other way when `top` is the lower."""
        tone = self.fade(top, bottom, 0, amount) if top < bottom else self.fade(bottom, top, amount, 0)
        self.stipple(mask, colour, tone)

    def mist(self, mask: Image.Image, colour: str, top: float, bottom: float, amount: int = 150) -> None:
        self.image.paste(colour, mask=ImageChops.multiply(mask, self.fade(top, bottom, 0, amount)))

    def sun(self, x: float, y: float, radius: float, colour: str, halo: int = 70) -> None:
        glow = Image.radial_gradient("L").point([max(0, halo - value * halo // 180) for value in range(256)])
        reach = round(radius * 5)
        ground = Image.new("L", self.image.size, 0)
        ground.paste(glow.resize((reach * 2, reach * 2)), (round(x) - reach, round(y) - reach))
        self.image.paste(colour, mask=ground)
        disc = self.stencil()
        disc.disc(x, y, radius)
        self.ink(disc, colour)

    def field(self, across: int, down: int, detail: float = 0) -> Image.Image:
        """Smooth hills of chance over the whole sheet, each value about 0 to 255, in floating point."""
        seeds = Image.new("F", (across, down))
        seeds.putdata([self.chance.uniform(0, 255) for _ in range(across * down)])
        if detail:
            finer = seeds.resize((across * 3, down * 3), Image.Resampling.BICUBIC)
            finer.putdata(
                [value + self.chance.uniform(-detail, detail) for value in finer.get_flattened_data()]
            )
            seeds = finer
        return seeds.resize(self.image.size, Image.Resampling.BICUBIC)

    def age(self, colour: str, amount: int = 40) -> None:
        """Uneven toning, as paper takes on in a drawer."""
        tone = self.field(9, 7).convert("L").point([value * amount // 255 for value in range(256)])
        self.image.paste(colour, mask=tone)

    def finish(self) -> Image.Image:
        """The picture, with the tooth of the paper showing a little through the inks."""
        tooth = self.noise.filter(ImageFilter.BoxBlur(1)).point([122 + value // 21 for value in range(256)])
        return ImageChops.overlay(self.image, Image.merge("RGB", (tooth, tooth, tooth)))


def curve(start: Point, bend: Point, end: Point, steps: int = 12) -> list[Point]:
    """Points along a curve that leaves `start` towards `bend` and arrives at `end`."""
    points = []
    for index in range(steps + 1):
        t = index / steps
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        points.append((a * start[0] + b * bend[0] + c * end[0], a * start[1] + b * bend[1] + c * end[1]))
    return points


def around(x: float, y: float, radius: float, count: int, turn: float = 0) -> list[Point]:
    """The corners of a regular polygon."""
    angles = [turn + 2 * math.pi * index / count for index in range(count)]
    return [(x + math.cos(angle) * radius, y + math.sin(angle) * radius) for angle in angles]
