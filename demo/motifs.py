"""Open country: ridges, water, reeds, palms, ships, and the machines that stand in fields."""

import math
from itertools import pairwise

from demo.printing import Point, Sheet, Stencil, curve


def ridge_line(sheet: Sheet, base: float, rise: float, rough: float = 0.5, waves: int = 3) -> list[Point]:
    """A skyline from edge to edge, as points from left to right; `rough` says how much the small bumps count."""
    parts = []
    size = 1.0
    for octave in range(6):
        parts.append((size, waves * 2**octave * sheet.chance.uniform(0.8, 1.2), sheet.chance.uniform(0, 7)))
        size *= rough
    total = sum(part[0] for part in parts)
    points = []
    for x in range(0, sheet.width + 6, 6):
        t = x / sheet.width
        height = sum(size * math.sin(t * speed + phase) for size, speed, phase in parts) / total
        points.append((x, base - rise * (0.5 + 0.9 * height)))
    return points


def peak_line(sheet: Sheet, base: float, rise: float, depth: int = 5, rough: float = 0.55) -> list[Point]:
    """A skyline of broken summits, by displacing midpoints."""
    heights = [0.42, 0.72, 0.5, 0.86, 0.66, 1.0, 0.62, 0.8, 0.52, 0.66]
    heights = [height + sheet.chance.uniform(-0.09, 0.09) for height in heights]
    size = 0.08
    for _ in range(depth):
        middles = [(a + b) / 2 + sheet.chance.uniform(-size, size) for a, b in pairwise(heights)]
        heights = [value for pair in zip(heights[:-1], middles, strict=True) for value in pair] + heights[-1:]
        size *= rough
    step = sheet.width / (len(heights) - 1)
    return [(index * step, base - rise * height) for index, height in enumerate(heights)]


def land(
    sheet: Sheet,
    line: list[Point],
    colour: str,
    mist: str | None = None,
    deep: float = 0.3,
    amount: int = 170,
):
    """Fills everything beneath a skyline; mist gathers towards its foot. Returns the mask."""
    shape = sheet.stencil()
    shape.polygon([*line, (sheet.width + 6, sheet.height), (0, sheet.height)])
    mask = sheet.ink(shape, colour)
    if mist:
        top = min(y for _, y in line)
        sheet.mist(mask, mist, top, top + sheet.height * deep, amount)
    return mask


def below(sheet: Sheet, top: float, colour: str, deep: str | None = None):
    """Flat ground or water from a horizon down to the lower edge."""
    shape = sheet.stencil()
    shape.box(0, top, sheet.width, sheet.height)
    mask = sheet.ink(shape, colour)
    if deep:
        sheet.mist(mask, deep, top, sheet.height, 255)
    return mask


def glints(sheet: Sheet, top: float, bottom: float, colour: str, x: float, spread: float, count: int = 150):
    """The broken light of a low sun on water: short strokes, longer and farther apart towards us."""
    shape = sheet.stencil()
    for _ in range(count):
        depth = sheet.chance.random() ** 1.6
        y = top + (bottom - top) * depth
        middle = x + sheet.chance.gauss(0, spread * (0.35 + depth))
        length = (8 + 70 * depth) * sheet.unit * sheet.chance.uniform(0.5, 1.4)
        thick = (0.9 + 3.4 * depth) * sheet.unit
        shape.disc(middle, y, length, thick)
    sheet.ink(shape, colour)


def tanker(shape: Stencil, x: float, y: float, length: float, facing: int = 1) -> None:
    """A laden tanker on its waterline, the house at the stern."""

    def at(along: float, up: float) -> Point:
        return x + facing * length * along, y - length * up

    hull = [at(-0.5, 0.052), at(-0.49, 0), at(0.47, 0), at(0.5, 0.062), at(0.43, 0.048), at(-0.3, 0.045)]
    shape.polygon(hull)
    shape.polygon([at(-0.46, 0.04), at(-0.46, 0.13), at(-0.36, 0.13), at(-0.35, 0.04)])
    shape.polygon([at(-0.47, 0.115), at(-0.47, 0.13), at(-0.33, 0.13), at(-0.33, 0.115)])
    shape.polygon([at(-0.455, 0.13), at(-0.45, 0.175), at(-0.425, 0.175), at(-0.42, 0.13)])
    for along, up in ((-0.39, 0.18), (-0.08, 0.085), (0.06, 0.1), (0.2, 0.085), (0.42, 0.11)):
        shape.line([at(along, 0.04), at(along, up)], max(1, length * 0.006))
    shape.line([at(-0.3, 0.058), at(0.4, 0.058)], max(0.8, length * 0.005))


def reeds(
    sheet: Sheet, colour: str, left: float, right: float, base: float, height: float, count: int
) -> None:
    shape = sheet.stencil()
    for _ in range(count):
        x = sheet.chance.uniform(left, right)
        tall = height * sheet.chance.uniform(0.45, 1.1)
        lean = sheet.chance.gauss(0.06, 0.16) * tall
        stem = curve((x, base), (x + lean * 0.2, base - tall * 0.6), (x + lean, base - tall), 8)
        shape.stroke(stem, 6.5 * sheet.unit, 1.2 * sheet.unit)
        if sheet.chance.random() < 0.35:
            tip = stem[-1]
            plume = curve(
                tip,
                (tip[0] + 8 * sheet.unit, tip[1] - 26 * sheet.unit),
                (tip[0] + (26 + lean * 0.1) * sheet.unit, tip[1] - 44 * sheet.unit),
                6,
            )
            shape.stroke(plume, 11 * sheet.unit, 1)
        if sheet.chance.random() < 0.6:
            side = sheet.chance.choice((-1, 1))
            middle = stem[4]
            leaf = curve(
                middle,
                (middle[0] + side * tall * 0.1, middle[1] - tall * 0.2),
                (middle[0] + side * tall * 0.26, middle[1] - tall * 0.1),
                6,
            )
            shape.stroke(leaf, 5 * sheet.unit, 0.5)
    sheet.ink(shape, colour)


def palm(sheet: Sheet, shape: Stencil, x: float, base: float, height: float) -> None:
    """A date palm: a slim leaning trunk and a full crown, each frond feathered below."""
    lean = sheet.chance.uniform(-0.08, 0.08) * height
    top = (x + lean, base - height)
    shape.stroke(
        curve((x, base), (x + lean * 0.2, base - height * 0.55), top), height * 0.055, height * 0.034
    )
    reach = height * 0.43
    for index in range(17):
        angle = math.radians(-200 + index * 13.75 + sheet.chance.uniform(-5, 5))
        far = reach * sheet.chance.uniform(0.86, 1.08)
        bend = (top[0] + math.cos(angle) * far * 0.62, top[1] + math.sin(angle) * far * 0.75 - far * 0.12)
        tip = (top[0] + math.cos(angle) * far, top[1] + math.sin(angle) * far * 0.62 + far * 0.3)
        rib = curve(top, bend, tip, 14)
        shape.stroke(rib, height * 0.014, 0.8)
        for step, (px, py) in enumerate(rib[2:], start=2):
            size = reach * 0.24 * math.sin(math.pi * (step + 1) / 17)
            for side in (-1, 1):
                end = (
                    px + math.cos(angle + side * 0.9) * size * 0.8,
                    py + size * (0.75 if side > 0 else 0.55),
                )
                shape.stroke([(px, py), end], height * 0.011, 0.5)
    for side in (-1, 1):
        shape.disc(top[0] + side * height * 0.03, top[1] + height * 0.06, height * 0.02, height * 0.045)


def turbine(shape: Stencil, x: float, base: float, height: float, turn: float) -> None:
    hub = (x, base - height)
    shape.stroke([(x, base), hub], height * 0.034, height * 0.017)
    shape.disc(*hub, height * 0.019)
    for index in range(3):
        angle = turn + index * math.tau / 3
        root = (hub[0] + math.cos(angle) * height * 0.1, hub[1] + math.sin(angle) * height * 0.1)
        tip = (hub[0] + math.cos(angle) * height * 0.62, hub[1] + math.sin(angle) * height * 0.62)
        shape.stroke([hub, root, tip], height * 0.012, height * 0.03)
        shape.stroke([root, tip], height * 0.032, height * 0.004)


def pylon(shape: Stencil, x: float, base: float, height: float, thick: float) -> list[Point]:
    """A lattice tower; returns the points from which wires hang."""

    def half(up: float) -> float:
        return height * (0.13 * (1 - up) ** 1.5 + 0.018)

    levels = [0, 0.16, 0.3, 0.42, 0.52, 0.61, 0.69, 0.77, 0.85, 0.93, 1]
    for low, high in pairwise(levels):
        a, b = half(low), half(high)
        y0, y1 = base - height * low, base - height * high
        for side in (-1, 1):
            shape.line([(x + side * a, y0), (x + side * b, y1)], thick)
            shape.line([(x + side * a, y0), (x - side * b, y1)], thick * 0.6)
        shape.line([(x - b, y1), (x + b, y1)], thick * 0.6)
    hung = []
    for up, arm in ((0.66, 0.2), (0.79, 0.25), (0.91, 0.17)):
        y = base - height * up
        for side in (-1, 1):
            end = (x + side * height * arm, y)
            shape.line([(x, y - height * 0.045), end], thick * 0.8)
            shape.line([(x, y), end], thick * 0.8)
            hung.append((end[0], y + height * 0.035))
            shape.line([end, hung[-1]], thick * 0.9)
    return hung


def wires(shape: Stencil, start: list[Point], end: list[Point], sag: float, thick: float) -> None:
    for one, other in zip(start, end, strict=True):
        middle = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2 + sag * 2)
        shape.line(curve(one, middle, other, 24), thick)
