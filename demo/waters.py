"""Compositions of water: straits, anchorages, marshes, a river run low."""

import math
from itertools import pairwise

from demo.motifs import below, glints, land, reeds, ridge_line, tanker
from demo.printing import Sheet, curve


def strait(sheet: Sheet) -> None:
    """Tankers pass between headlands under a low sun."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.5)
    sheet.sun(w * 0.62, h * 0.43, 62 * sheet.unit, ink.light, 120)
    for base, rise, colour in ((0.55, 0.12, ink.far), (0.57, 0.08, ink.middle)):
        land(sheet, ridge_line(sheet, h * base, h * rise, 0.55, 5), colour, ink.low, 0.2)
    sea = below(sheet, h * 0.56, ink.low, ink.near)
    sheet.shade(sea, ink.dark, h * 0.7, h * 1.3, 120)
    glints(sheet, h * 0.565, h * 0.98, ink.light, w * 0.62, 70 * sheet.unit, 170)
    for x, y, length, colour, facing in (
        (0.3, 0.575, 120, ink.middle, 1),
        (0.8, 0.585, 170, ink.near, -1),
        (0.42, 0.66, 430, ink.dark, 1),
    ):
        shape = sheet.stencil()
        tanker(shape, w * x, h * y, length * sheet.unit, facing)
        sheet.ink(shape, colour)
    cape = sheet.stencil()
    cape.polygon(
        [
            (w, h * 0.5),
            *curve((w, h * 0.5), (w * 0.9, h * 0.62), (w * 0.86, h * 0.78), 9),
            *curve((w * 0.86, h * 0.78), (w * 0.7, h * 0.86), (w * 0.62, h), 9),
            (w, h),
        ]
    )
    sheet.shade(sheet.ink(cape, ink.dark), ink.near, h, h * 0.5, 110)


def anchorage(sheet: Sheet) -> None:
    """Ships at rest in haze, the horizon lost."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.62)
    sheet.sun(w * 0.27, h * 0.3, 50 * sheet.unit, ink.light, 90)
    sea = below(sheet, h * 0.6, ink.low, ink.middle)
    sheet.shade(sea, ink.near, h * 0.7, h * 1.3, 120)
    glints(sheet, h * 0.61, h * 0.99, ink.light, w * 0.3, 170 * sheet.unit, 120)
    ships = (
        (0.12, 0.607, 70, ink.far, 1),
        (0.55, 0.61, 95, ink.far, -1),
        (0.76, 0.613, 80, ink.far, 1),
        (0.9, 0.632, 170, ink.middle, -1),
        (0.36, 0.65, 260, ink.middle, 1),
        (0.68, 0.76, 620, ink.near, -1),
    )
    for x, y, length, colour, facing in ships:
        shape = sheet.stencil()
        tanker(shape, w * x, h * y, length * sheet.unit, facing)
        sheet.ink(shape, colour)
    birds = sheet.stencil()
    for _ in range(9):
        x, y, s = (
            sheet.chance.uniform(0.4, 0.7) * w,
            sheet.chance.uniform(0.24, 0.44) * h,
            sheet.chance.uniform(6, 13),
        )
        birds.line([(x - s, y - s * 0.4), (x, y), (x + s, y - s * 0.5)], 1.6 * sheet.unit)
    sheet.ink(birds, ink.near)


def marsh(sheet: Sheet) -> None:
    """Still water between reed beds, and one long boat."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.45)
    sheet.sun(w * 0.36, h * 0.34, 48 * sheet.unit, ink.light, 130)
    land(sheet, ridge_line(sheet, h * 0.47, h * 0.03, 0.7, 9), ink.far)
    water = below(sheet, h * 0.465, ink.low, ink.far)
    sheet.shade(water, ink.middle, h * 0.5, h * 1.3, 130)
    glints(sheet, h * 0.47, h * 0.95, ink.light, w * 0.36, 50 * sheet.unit, 90)
    reeds(sheet, ink.far, w * 0.5, w, h * 0.475, h * 0.05, 260)
    reeds(sheet, ink.middle, 0, w * 0.26, h * 0.53, h * 0.13, 200)
    reeds(sheet, ink.middle, w * 0.72, w, h * 0.55, h * 0.16, 200)
    boat = sheet.stencil()
    x, y, u = w * 0.52, h * 0.66, sheet.unit
    boat.polygon(
        [
            *curve((x - 205 * u, y - 46 * u), (x - 120 * u, y + 6 * u), (x, y), 9),
            *curve((x, y), (x + 120 * u, y + 6 * u), (x + 225 * u, y - 66 * u), 9),
            *curve((x + 225 * u, y - 66 * u), (x + 110 * u, y + 40 * u), (x, y + 24 * u), 9),
            *curve((x, y + 24 * u), (x - 120 * u, y + 34 * u), (x - 205 * u, y - 46 * u), 9),
        ]
    )
    boat.stroke(
        [(x - 96 * u, y + 4 * u), (x - 92 * u, y - 70 * u), (x - 84 * u, y - 108 * u)], 34 * u, 22 * u
    )
    boat.disc(x - 82 * u, y - 126 * u, 14 * u, 17 * u)
    boat.line([(x - 128 * u, y + 70 * u), (x - 40 * u, y - 230 * u)], 4 * u)
    boat.stroke([(x - 84 * u, y - 96 * u), (x - 62 * u, y - 72 * u), (x - 76 * u, y - 92 * u)], 10 * u, 8 * u)
    sheet.ink(boat, ink.dark)
    shadow = sheet.stencil()
    for _ in range(26):
        shadow.disc(x + sheet.chance.gauss(0, 95) * u, y + sheet.chance.uniform(34, 80) * u, 46 * u, 1.8 * u)
    sheet.ink(shadow, ink.middle)
    reeds(sheet, ink.near, 0, w * 0.2, h * 0.86, h * 0.34, 120)
    reeds(sheet, ink.near, w * 0.8, w, h * 0.86, h * 0.3, 110)
    reeds(sheet, ink.dark, 0, w * 0.34, h * 1.04, h * 0.36, 130)
    reeds(sheet, ink.dark, w * 0.62, w, h * 1.05, h * 0.36, 140)


def reed_bed(sheet: Sheet) -> None:
    """Reeds close by, tall, with the light behind them."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.6)
    sheet.sun(w * 0.64, h * 0.3, w * 0.09, ink.light, 120)
    water = below(sheet, h * 0.66, ink.low, ink.far)
    sheet.shade(water, ink.middle, h * 0.7, h * 1.2, 120)
    glints(sheet, h * 0.665, h, ink.light, w * 0.64, w * 0.06, 60)
    for colour, base, height, count in (
        (ink.far, 0.67, 0.14, 240),
        (ink.middle, 0.78, 0.36, 130),
        (ink.near, 0.93, 0.6, 80),
        (ink.dark, 1.06, 0.74, 46),
    ):
        reeds(sheet, colour, 0, w, h * base, h * height, count)


def low_river(sheet: Sheet) -> None:
    """A river shrunk to a ribbon in its bed, the old banks standing like steps."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.4)
    land(sheet, ridge_line(sheet, h * 0.38, h * 0.14, 0.5, 4), ink.far, ink.low, 0.22, 150)
    land(sheet, ridge_line(sheet, h * 0.42, h * 0.05, 0.5, 3), ink.middle, ink.far, 0.2, 120)
    below(sheet, h * 0.42, ink.far, ink.middle)
    course = [
        (0.56, 0.42, 0.004),
        (0.6, 0.46, 0.012),
        (0.5, 0.52, 0.03),
        (0.56, 0.62, 0.06),
        (0.42, 0.78, 0.11),
        (0.5, 1.04, 0.2),
    ]

    def bank(widen: float) -> list[tuple[float, float]]:
        left, right = [], []
        for (x0, y0, s0), (x1, y1, s1) in pairwise(course):
            for step in range(12):
                t = step / 12
                ease = t * t * (3 - 2 * t)
                x, y, half = x0 + (x1 - x0) * ease, y0 + (y1 - y0) * t, (s0 + (s1 - s0) * t) * widen
                wander = math.sin(y * 40 + widen) * half * 0.12
                left.append((w * (x - half + wander), h * y))
                right.append((w * (x + half + wander), h * y))
        return left + right[::-1]

    tones = ((4.4, ink.low), (3.3, ink.far), (2.4, ink.low), (1.65, ink.light), (1, ink.accent))
    for widen, colour in tones:
        shape = sheet.stencil()
        shape.polygon(bank(widen))
        mask = sheet.ink(shape, colour)
        sheet.shade(mask, ink.middle if widen > 1 else ink.dark, h * 0.5, h * 1.4, 120)
    glints(sheet, h * 0.6, h, ink.light, w * 0.46, 60 * sheet.unit, 34)
    cracks = sheet.stencil()
    for _ in range(70):
        side = sheet.chance.choice((-1, 1))
        y = sheet.chance.uniform(0.66, 1.0)
        x = 0.46 + side * sheet.chance.uniform(0.28, 0.52)
        path = [(w * x, h * y)]
        for _ in range(4):
            path.append(
                (path[-1][0] + sheet.chance.uniform(-46, 46), path[-1][1] + sheet.chance.uniform(-9, 16))
            )
        cracks.line(path, 2.2 * sheet.unit * y)
    sheet.ink(cracks, ink.near)


def bridge(sheet: Sheet) -> None:
    """A stone bridge of pointed arches and its reflection."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.5)
    land(sheet, ridge_line(sheet, h * 0.42, h * 0.22, 0.5, 4), ink.far, ink.low, 0.3, 160)
    land(sheet, ridge_line(sheet, h * 0.5, h * 0.12, 0.5, 4), ink.middle, ink.far, 0.25, 130)
    water = below(sheet, h * 0.62, ink.far, ink.near)
    sheet.shade(water, ink.dark, h * 0.7, h * 1.2, 120)
    spans = ((0.2, 0.075, 0.1), (0.5, 0.17, 0.24), (0.8, 0.075, 0.1))
    for flip, colour in ((True, ink.low), (False, ink.light)):
        stone = sheet.stencil()

        def at(x: float, up: float, flip: bool = flip) -> tuple[float, float]:
            return w * x, h * (0.63 + up * 0.8 if flip else 0.63 - up)

        stone.polygon(
            [at(0, 0.13), at(0.3, 0.22), at(0.5, 0.33), at(0.7, 0.22), at(1, 0.13), at(1, -0.0), at(0, -0.0)]
        )
        for x, half, rise in spans:
            left = curve(at(x - half, 0), at(x - half * 0.94, rise * 0.8), at(x, rise), 14)
            right = curve(at(x + half, 0), at(x + half * 0.94, rise * 0.8), at(x, rise), 14)
            stone.polygon([*left, *right[::-1]], fill=0)
        mask = sheet.ink(stone, colour)
        if flip:
            sheet.shade(mask, ink.near, h * 0.6, h * 0.9, 170)
        else:
            sheet.stipple(mask, ink.middle, sheet.fade(h * 0.3, h * 0.64, 20, 120))
            rail = sheet.stencil()
            rail.line(
                [at(0, 0.135), at(0.3, 0.225), at(0.5, 0.335), at(0.7, 0.225), at(1, 0.135)], 12 * sheet.unit
            )
            sheet.ink(rail, ink.middle)
    glints(sheet, h * 0.64, h, ink.low, w * 0.5, 220 * sheet.unit, 60)
