"""Compositions in the manner of a chart; they show no data."""

import math

from demo.printing import Sheet


def falling_curve(sheet: Sheet) -> None:
    """A fine grid, a falling line and its dots."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.light, ink.low, 0, h)
    grid, area, dots, rings = (sheet.stencil() for _ in range(4))
    for part in range(1, 24):
        grid.line([(w * part / 24, 0), (w * part / 24, h)], 1)
    for part in range(1, 16):
        grid.line([(0, h * part / 16), (w, h * part / 16)], 1)
    sheet.stipple(grid.mask(), ink.middle, sheet.fade(0, h, 130, 130))
    points = []
    for index in range(25):
        t = index / 24
        points.append((w * t, h * (0.86 - 0.7 * math.exp(-3.1 * t) + sheet.chance.uniform(-0.012, 0.012))))
    for drop, colour in ((-0.16, ink.high), (0, ink.far), (0.09, ink.middle), (0.17, ink.near)):
        shape = sheet.stencil()
        shape.polygon([*[(x, y + h * drop * (1 - x / w * 0.72)) for x, y in points], (w, h), (0, h)])
        mask = sheet.ink(shape, colour)
        sheet.stipple(mask, ink.low, sheet.fade(h * 0.4, h * 1.1, 0, 90))
    area.line(points, 7 * sheet.unit)
    for x, y in points[1:-1:2]:
        dots.disc(x, y, 15 * sheet.unit)
        rings.disc(x, y, 8 * sheet.unit)
    sheet.ink(area, ink.dark)
    sheet.ink(dots, ink.dark)
    sheet.ink(rings, ink.accent)


def bars(sheet: Sheet) -> None:
    """Columns of stacked discs, like coins or loaves."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.low, ink.high, 0, h)
    floor = sheet.stencil()
    floor.box(0, h * 0.8, w, h)
    sheet.shade(sheet.ink(floor, ink.far), ink.middle, h * 0.8, h * 1.1, 150)
    heights = (4, 6, 5, 9, 12, 8, 15)
    tones = (ink.middle, ink.near, ink.middle, ink.near, ink.accent, ink.middle, ink.near)
    shadows, rims, lids = (sheet.stencil() for _ in range(3))
    sides = {colour: sheet.stencil() for colour in tones}
    half, tall, base = w * 0.05, h * 0.042, h * 0.87
    for index, (count, colour) in enumerate(zip(heights, tones, strict=True)):
        x, top = w * (0.1 + index * 0.133), base - count * tall + tall * 0.2
        shadows.polygon(
            [
                (x - half, base),
                (x + half, base),
                (x + half + count * tall * 0.5, h * 0.93),
                (x + count * tall * 0.4, h * 0.95),
            ]
        )
        sides[colour].box(x - half, top, x + half, base)
        sides[colour].disc(x, base, half, half * 0.2)
        for level in range(count):
            y = top + level * tall
            rims.pen.arc(
                ((x - half) * 2, (y - half * 0.2) * 2, (x + half) * 2, (y + half * 0.2) * 2),
                0,
                180,
                fill=255,
                width=5,
            )
        lids.disc(x, top, half, half * 0.2)
    sheet.stipple(shadows.mask(), ink.dark, sheet.fade(0, h, 130, 130))
    for colour, shape in sides.items():
        sheet.ink(shape, colour)
    for index in range(7):
        x, dark = w * (0.1 + index * 0.133), sheet.stencil()
        dark.box(x - half * 0.2, base - heights[index] * tall + tall * 0.2, x + half, base + half * 0.1)
        sheet.stipple(dark.mask(), ink.dark, sheet.ramp(x - half * 0.2, x + half, 0, 170))
    sheet.ink(rims, ink.low)
    sheet.ink(lids, ink.light)


def dot_plot(sheet: Sheet) -> None:
    """A sample: one field of dots, a few of them inked."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.light, ink.low, 0, h)
    groups = {colour: sheet.stencil() for colour in (ink.far, ink.middle, ink.accent, ink.near)}
    step = w / 34
    for row in range(int(h / step) + 1):
        for column in range(34):
            x, y = (column + 0.5) * step, (row + 0.25) * step
            near = math.hypot(x - w * 0.64, y - h * 0.46) / h
            pick = sheet.chance.random() + near * 0.8
            colour = (
                ink.accent
                if pick < 0.34
                else ink.near
                if pick < 0.62
                else ink.middle
                if pick < 0.9
                else ink.far
            )
            groups[colour].disc(
                x,
                y,
                step * (0.4 if colour in (ink.accent, ink.near) else 0.3 if colour == ink.middle else 0.17),
            )
    for colour, shape in groups.items():
        sheet.ink(shape, colour)
