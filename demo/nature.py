"""Compositions of open country. Each takes a blank sheet and prints one picture on it."""

import math
from itertools import pairwise

from PIL import ImageChops

from demo.motifs import land, palm, peak_line, ridge_line
from demo.printing import Sheet, curve


def ridges(sheet: Sheet) -> None:
    """Ridge behind ridge, paler with distance."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.5)
    sheet.sun(w * 0.3, h * 0.27, 56 * sheet.unit, ink.light, 100)
    layers = (
        (0.46, 0.14, ink.far),
        (0.56, 0.17, ink.far),
        (0.67, 0.18, ink.middle),
        (0.79, 0.17, ink.middle),
        (0.91, 0.2, ink.near),
        (1.04, 0.2, ink.dark),
    )
    for index, (base, rise, colour) in enumerate(layers):
        line = ridge_line(sheet, h * base, h * rise, 0.48, 4)
        mask = land(sheet, line, colour, ink.low, 0.26, 190 - index * 26)
        if index % 2:
            sheet.stipple(
                mask, layers[min(index + 1, 5)][2], sheet.fade(h * base - h * rise, h * base + h * 0.1, 90, 0)
            )


def mountains(sheet: Sheet) -> None:
    """Snow on a high range above a dry valley."""
    h, ink = sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.55)
    land(sheet, peak_line(sheet, h * 0.56, h * 0.26), ink.far, ink.low, 0.34, 190)
    line = peak_line(sheet, h * 0.86, h * 0.66)
    mask = land(sheet, line, ink.middle, ink.far, 0.7, 110)
    snow, flank = sheet.stencil(), sheet.stencil()
    snow.polygon(
        [*line, *((x, h * 0.44 + math.sin(x / 23) * 16 + sheet.chance.gauss(0, 17)) for x, _ in line[::-1])]
    )
    sheet.ink(ImageChops.multiply(mask, snow.mask()), ink.light)
    reach = 9
    summits = [
        index
        for index in range(reach, len(line) - reach)
        if line[index][1] == min(y for _, y in line[index - reach : index + reach + 1])
    ]
    for summit in summits:
        x, y = line[summit]
        valley = summit
        while valley + 1 < len(line) and line[valley + 1][1] > line[valley][1] - 9:
            valley += 1
        fall = (h * 0.78 - y) * sheet.chance.uniform(0.7, 1)
        crest = [(x, y)]
        for step in range(1, 12):
            crest.append(
                (x + (step % 2) * 18 - 6 - step * 3 + sheet.chance.uniform(-8, 8), y + fall * step / 11)
            )
        flank.polygon(
            [
                *line[summit : valley + 1],
                (line[valley][0] + 10, max(crest[-1][1], line[valley][1])),
                *crest[::-1],
            ]
        )
    shadow = ImageChops.multiply(mask, flank.mask())
    sheet.image.paste(ink.near, mask=ImageChops.multiply(shadow, sheet.fade(h * 0.24, h * 0.54, 210, 0)))
    sheet.stipple(shadow, ink.dark, sheet.fade(h * 0.24, h * 0.54, 80, 0))
    for base, rise, colour in ((0.8, 0.1, ink.middle), (0.9, 0.12, ink.near), (1.02, 0.12, ink.dark)):
        land(sheet, ridge_line(sheet, h * base, h * rise, 0.5, 4), colour, ink.far, 0.3, 70)


def palms(sheet: Sheet) -> None:
    """A date grove at the edge of a field."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.62)
    sheet.sun(w * 0.73, h * 0.36, 84 * sheet.unit, ink.light, 90)
    land(sheet, ridge_line(sheet, h * 0.7, h * 0.05, 0.6, 6), ink.far, ink.low, 0.2, 120)
    for colour, base, heights, places in (
        (ink.far, 0.72, (0.2, 0.26), 15),
        (ink.middle, 0.78, (0.36, 0.46), 7),
    ):
        shape = sheet.stencil()
        for index in range(places):
            x = w * (index + sheet.chance.uniform(0.15, 0.85)) / places
            palm(sheet, shape, x, h * (base + 0.02), h * sheet.chance.uniform(*heights))
        sheet.ink(shape, colour)
    ground = land(sheet, ridge_line(sheet, h * 0.79, h * 0.02, 0.5, 2), ink.middle, ink.near, 0.3, 200)
    sheet.shade(ground, ink.dark, h * 0.8, h * 1.1, 120)
    shape = sheet.stencil()
    for x, height in ((0.15, 0.72), (0.33, 0.6), (0.9, 0.78)):
        palm(sheet, shape, w * x, h * 0.93, h * height)
    sheet.ink(shape, ink.dark)
    furrows = sheet.stencil()
    for index in range(-16, 17):
        furrows.stroke(
            [(w * 0.5 + index * w * 0.035, h * 0.83), (w * 0.5 + index * w * 0.13, h * 1.02)],
            1,
            9 * sheet.unit,
        )
    sheet.stipple(furrows.mask(), ink.dark, sheet.fade(h * 0.8, h, 60, 170))


def heat(sheet: Sheet) -> None:
    """A sun too large, over a road of shimmering ground."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.8)
    disc = sheet.stencil()
    disc.disc(w * 0.5, h * 0.42, h * 0.27)
    sun = sheet.ink(disc, ink.accent)
    sheet.stipple(sun, ink.low, sheet.fade(h * 0.3, h * 0.7, 0, 235))
    for index in range(9):
        base = 0.66 + index * 0.042
        line = ridge_line(sheet, h * base, h * 0.022, 0.4, 3 + index)
        land(sheet, line, (ink.far, ink.middle, ink.near)[index // 3], ink.low, 0.05, 160 - index * 12)
    poles = sheet.stencil()
    tops = []
    for index in range(7):
        t = index / 6
        x, base, tall = w * (0.54 + 0.42 * t**1.7), h * (0.68 + 0.25 * t**1.6), h * (0.05 + 0.5 * t**1.6)
        poles.stroke([(x, base), (x, base - tall)], (2 + 9 * t) * sheet.unit, (1.5 + 6 * t) * sheet.unit)
        poles.line(
            [(x - tall * 0.13, base - tall * 0.9), (x + tall * 0.13, base - tall * 0.9)],
            (1 + 4 * t) * sheet.unit,
        )
        tops.append((x, base - tall * 0.93))
    for one, other in pairwise(tops):
        sag = (other[0] - one[0]) * 0.09
        poles.line(
            curve(one, ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2 + sag), other), 1.6 * sheet.unit
        )
    sheet.ink(poles, ink.dark)


def terraces(sheet: Sheet) -> None:
    """Olive trees on stone terraces."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.4)
    land(sheet, ridge_line(sheet, h * 0.36, h * 0.12, 0.5, 4), ink.far, ink.low, 0.2, 120)
    for level in range(7):
        t = level / 6
        base = 0.36 + 0.62 * t**1.25
        line = ridge_line(sheet, h * base, h * (0.05 + 0.02 * t), 0.35, 3)
        mask = land(sheet, line, ink.low if level % 2 else ink.far)
        sheet.shade(mask, ink.middle, h * base, h * (base + 0.3), 150)
        wall = sheet.stencil()
        thick = (6 + 22 * t) * sheet.unit
        wall.polygon([*line, *[(x, y + thick) for x, y in line[::-1]]])
        sheet.stipple(wall.mask(), ink.near, sheet.fade(0, h, 180, 200))
        trees, trunks = sheet.stencil(), sheet.stencil()
        size = (16 + 66 * t) * sheet.unit
        x = sheet.chance.uniform(0.2, 1.4) * size
        while x < w:
            y = line[min(int(x / 6), len(line) - 1)][1]
            trunks.stroke(
                [(x, y + 2), (x + size * 0.1, y - size * 0.8), (x, y - size * 1.2)], size * 0.26, size * 0.12
            )
            for _ in range(9):
                trees.disc(
                    x + sheet.chance.gauss(0, 0.42) * size,
                    y - size * sheet.chance.uniform(1.1, 1.95),
                    size * sheet.chance.uniform(0.26, 0.42),
                    size * sheet.chance.uniform(0.2, 0.34),
                )
            x += size * sheet.chance.uniform(2.2, 4.6)
        sheet.ink(trunks, ink.dark)
        crowns = sheet.ink(trees, ink.near if level > 2 else ink.middle)
        sheet.shade(crowns, ink.dark, h * (base - 0.14), h * (base + 0.1), 150)
