"""Compositions of what people build for power: panels, turbines, pylons, batteries, a dam, wells."""

import math
from itertools import pairwise

from demo.motifs import below, land, pylon, ridge_line, turbine, wires
from demo.printing import Sheet, Stencil, curve


def solar_field(sheet: Sheet) -> None:
    """Rows of panels running to the horizon in a dry plain."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.42)
    sheet.sun(w * 0.68, h * 0.2, 58 * sheet.unit, ink.light, 110)
    land(sheet, ridge_line(sheet, h * 0.42, h * 0.12, 0.5, 5), ink.far, ink.low, 0.16, 130)
    land(sheet, ridge_line(sheet, h * 0.445, h * 0.04, 0.5, 4), ink.middle, ink.far, 0.1, 130)
    ground = below(sheet, h * 0.45, ink.low, ink.far)
    sheet.shade(ground, ink.middle, h * 0.5, h * 1.3, 120)
    shadow, panel, sheen, frame = (sheet.stencil() for _ in range(4))
    for row in range(9):
        t = (row + 0.5) / 8
        y, tall = h * (0.462 + 0.47 * t**1.7), h * (0.009 + 0.085 * t**1.5)
        slant, step = tall * 0.6, tall * 1.9
        shadow.polygon(
            [(0, y + tall * 1.05), (w, y + tall * 1.05), (w, y + tall * 1.34), (0, y + tall * 1.34)]
        )
        x = -sheet.chance.random() * step - slant
        while x < w:
            wide = step * 0.95
            panel.polygon([(x, y + tall), (x + slant, y), (x + slant + wide, y), (x + wide, y + tall)])
            sheen.polygon(
                [
                    (x + slant * 0.6, y + tall * 0.4),
                    (x + slant, y),
                    (x + slant + wide, y),
                    (x + slant * 0.6 + wide * 0.62, y + tall * 0.4),
                ]
            )
            for part in (0.235, 0.47, 0.705):
                frame.line(
                    [(x + step * part, y + tall), (x + slant + step * part, y)], max(0.5, tall * 0.014)
                )
            frame.line(
                [(x + slant / 2, y + tall / 2), (x + slant / 2 + wide, y + tall / 2)], max(0.5, tall * 0.014)
            )
            x += step
    sheet.stipple(shadow.mask(), ink.dark, sheet.fade(0, h, 150, 180))
    sheet.ink(panel, ink.accent)
    sheet.stipple(sheen.mask(), ink.low, sheet.fade(0, h, 70, 80))
    sheet.ink(frame, ink.high)


def panels(sheet: Sheet) -> None:
    """Three tilted rows of panels, close by."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.5)
    sheet.sun(w * 0.2, h * 0.24, h * 0.1, ink.accent, 60)
    land(sheet, ridge_line(sheet, h * 0.44, h * 0.14, 0.5, 4), ink.far, ink.low, 0.2, 140)
    ground = below(sheet, h * 0.43, ink.low, ink.far)
    sheet.shade(ground, ink.middle, h * 0.45, h * 1.2, 120)
    for y, tall, colour in ((0.4, 0.055, ink.middle), (0.49, 0.12, ink.near), (0.67, 0.23, ink.dark)):
        shape, lines, legs, shadow = (sheet.stencil() for _ in range(4))
        top, bottom, lean = h * y, h * (y + tall), h * tall * 0.3
        step = h * tall * 1.5
        x = -step * 1.4
        shadow.polygon(
            [
                (0, bottom + h * tall * 0.2),
                (w, bottom + h * tall * 0.2),
                (w, bottom + h * tall * 0.4),
                (0, bottom + h * tall * 0.4),
            ]
        )
        while x < w:
            wide = step * 0.94
            shape.polygon([(x, bottom), (x + lean, top), (x + lean + wide, top), (x + wide, bottom)])
            for part in (0.25, 0.5, 0.75):
                lines.line(
                    [
                        (x + lean * part, bottom - (bottom - top) * part),
                        (x + lean * part + wide, bottom - (bottom - top) * part),
                    ],
                    max(1, h * tall * 0.009),
                )
            for part in range(1, 6):
                lines.line(
                    [(x + wide * part / 6, bottom), (x + lean + wide * part / 6, top)],
                    max(1, h * tall * 0.009),
                )
            legs.line(
                [(x + wide * 0.25, bottom), (x + wide * 0.25, bottom + h * tall * 0.3)], h * tall * 0.035
            )
            legs.line(
                [(x + wide * 0.75, bottom), (x + wide * 0.75, bottom + h * tall * 0.3)], h * tall * 0.035
            )
            x += step
        sheet.stipple(shadow.mask(), ink.dark, sheet.fade(0, h, 110, 110))
        sheet.ink(legs, ink.dark)
        mask = sheet.ink(shape, colour)
        sheet.stipple(mask, ink.low, sheet.fade(top, bottom, 90, 0))
        sheet.ink(lines, ink.far)


def wind_ridge(sheet: Sheet) -> None:
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.7)
    for y in (0.16, 0.22, 0.34):
        cloud = sheet.stencil()
        for _ in range(9):
            cloud.disc(
                w * sheet.chance.uniform(0, 1),
                h * y + sheet.chance.uniform(-9, 9),
                w * sheet.chance.uniform(0.06, 0.22),
                6,
            )
        sheet.stipple(cloud.mask(), ink.light, sheet.fade(0, h, 150, 150))
    land(sheet, ridge_line(sheet, h * 0.66, h * 0.12, 0.5, 4), ink.far, ink.low, 0.25, 150)
    for base, rise, colour, tall, places in (
        (0.74, 0.12, ink.middle, 0.2, (0.1, 0.22, 0.36, 0.47, 0.61, 0.72, 0.83, 0.95)),
        (0.86, 0.16, ink.near, 0.34, (0.13, 0.44, 0.71, 0.92)),
    ):
        line = ridge_line(sheet, h * base, h * rise, 0.42, 3)
        shape = sheet.stencil()
        for x in places:
            y = line[int(w * x / 6)][1]
            turbine(
                shape, w * x, y + 6, h * tall * sheet.chance.uniform(0.92, 1.06), sheet.chance.uniform(0, 2.1)
            )
        sheet.ink(shape, ink.light if tall > 0.3 else colour)
        mask = land(sheet, line, colour, ink.far if tall < 0.3 else None, 0.2, 120)
        sheet.shade(mask, ink.near if tall < 0.3 else ink.dark, h * base, h * (base + 0.4), 150)
    land(sheet, ridge_line(sheet, h * 1.0, h * 0.1, 0.4, 3), ink.dark)


def pylons(sheet: Sheet) -> None:
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.72)
    sheet.sun(w * 0.24, h * 0.6, 66 * sheet.unit, ink.light, 130)
    land(sheet, ridge_line(sheet, h * 0.74, h * 0.1, 0.5, 4), ink.far, ink.low, 0.2, 140)
    land(sheet, ridge_line(sheet, h * 0.8, h * 0.06, 0.5, 3), ink.middle, ink.far, 0.2, 90)
    shape = sheet.stencil()
    hung = [
        pylon(shape, w * x, h * y, h * tall, thick * sheet.unit)
        for x, y, tall, thick in (
            (0.2, 0.8, 0.14, 1.4),
            (0.3, 0.815, 0.24, 2),
            (0.46, 0.85, 0.42, 3.2),
            (0.76, 0.93, 0.8, 5.5),
        )
    ]
    beyond = [(x + w * 0.62, y - h * 0.42) for x, y in hung[-1]]
    for index, (one, other) in enumerate(pairwise([*hung, beyond])):
        wires(shape, one, other, h * (0.01 + 0.018 * index), (0.9 + 0.6 * index) * sheet.unit)
    sheet.ink(shape, ink.dark)
    ground = land(sheet, ridge_line(sheet, h * 0.92, h * 0.08, 0.4, 2), ink.near)
    sheet.shade(ground, ink.dark, h * 0.88, h * 1.1, 190)


def dam(sheet: Sheet) -> None:
    """A curved wall between bare slopes, the reservoir far below its mark."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.4)
    for base, rise, colour in ((0.36, 0.16, ink.far), (0.44, 0.16, ink.middle)):
        land(sheet, ridge_line(sheet, h * base, h * rise, 0.5, 4), colour, ink.low, 0.24, 140)
    lake = below(sheet, h * 0.47, ink.accent, ink.near)
    sheet.shade(lake, ink.low, h * 0.62, h * 0.45, 120)
    bed = sheet.stencil()
    for index in range(9):
        bed.polygon(
            [
                *curve(
                    (0, h * (0.46 + index * 0.008)),
                    (w * 0.2, h * (0.47 + index * 0.012)),
                    (w * (0.33 - index * 0.012), h * 0.63),
                    12,
                ),
                (0, h * 0.66),
            ],
            255 if index % 2 == 0 else 140,
        )
        bed.polygon(
            [
                *curve(
                    (w, h * (0.46 + index * 0.008)),
                    (w * 0.84, h * (0.48 + index * 0.012)),
                    (w * (0.74 + index * 0.012), h * 0.63),
                    12,
                ),
                (w, h * 0.66),
            ],
            255 if index % 2 == 0 else 140,
        )
    sheet.ink(bed, ink.far)
    wall, ribs, road = sheet.stencil(), sheet.stencil(), sheet.stencil()
    top = curve((w * 0.1, h * 0.56), (w * 0.5, h * 0.68), (w * 0.9, h * 0.56), 30)
    foot = curve((w * 0.28, h * 1.02), (w * 0.5, h * 1.06), (w * 0.72, h * 1.02), 30)
    wall.polygon([*top, *foot[::-1]])
    mask = sheet.ink(wall, ink.low)
    sheet.shade(mask, ink.middle, h * 0.56, h * 1.1, 150)
    for one, other in list(zip(top, foot, strict=True))[2:-1:2]:
        ribs.line([one, other], 2 * sheet.unit)
    sheet.ink(ribs, ink.far)
    road.line(top, 15 * sheet.unit)
    sheet.ink(road, ink.near)
    gates = sheet.stencil()
    for index in range(5):
        x = w * (0.42 + index * 0.04)
        gates.box(x - 15 * sheet.unit, h * 0.665, x + 15 * sheet.unit, h * 0.72)
    sheet.ink(gates, ink.near)
    for side in (0, 1):
        slope = sheet.stencil()
        points = [(0, 0.42), (0.07, 0.5), (0.13, 0.58), (0.17, 0.7), (0.26, 0.84), (0.31, 1.0), (0, 1.0)]
        slope.polygon([(w * (1 - x if side else x), h * y) for x, y in points])
        cliff = sheet.ink(slope, ink.near)
        sheet.shade(cliff, ink.dark, h * 0.45, h * 1.05, 210)


def storage_yard(sheet: Sheet) -> None:
    """White containers in ranks at dusk, and the line they serve."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.6)
    sheet.sun(w * 0.82, h * 0.52, 60 * sheet.unit, ink.light, 110)
    land(sheet, ridge_line(sheet, h * 0.62, h * 0.09, 0.5, 4), ink.far, ink.low, 0.2, 130)
    masts = sheet.stencil()
    hung = [
        pylon(masts, w * x, h * 0.64, h * tall, 2 * sheet.unit)
        for x, tall in ((0.08, 0.36), (0.36, 0.34), (0.64, 0.32), (0.93, 0.3))
    ]
    for one, other in pairwise(hung):
        wires(masts, one, other, h * 0.02, 1.3 * sheet.unit)
    sheet.ink(masts, ink.middle)
    ground = below(sheet, h * 0.62, ink.middle, ink.near)
    sheet.shade(ground, ink.dark, h * 0.65, h * 1.2, 140)
    for y, tall, gap in ((0.655, 0.055, 0.5), (0.73, 0.095, 0.42), (0.86, 0.18, 0.34)):
        box, side, detail = sheet.stencil(), sheet.stencil(), sheet.stencil()
        size = h * tall
        x = -size * sheet.chance.uniform(0.3, 1.4)
        while x < w:
            long, deep = size * 2.1, size * 0.42
            box.box(x, h * y - size * 0.5, x + long, h * y + size * 0.5)
            side.polygon(
                [
                    (x + long, h * y - size * 0.5),
                    (x + long + deep, h * y - size * 0.62),
                    (x + long + deep, h * y + size * 0.3),
                    (x + long, h * y + size * 0.5),
                ]
            )
            for part in range(1, 8):
                detail.line(
                    [(x + long * part / 8, h * y - size * 0.42), (x + long * part / 8, h * y + size * 0.42)],
                    size * 0.012,
                )
            detail.box(x + size * 0.12, h * y - size * 0.3, x + size * 0.2, h * y - size * 0.22)
            x += long + deep + size * gap
        front = sheet.ink(box, ink.light)
        sheet.shade(front, ink.far, h * y - size * 0.5, h * y + size, 150)
        sheet.ink(side, ink.near)
        sheet.ink(detail, ink.far)


def oil_field(sheet: Sheet) -> None:
    """Pump jacks and a flare after sunset."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.78)
    land(sheet, ridge_line(sheet, h * 0.8, h * 0.06, 0.5, 4), ink.far, ink.low, 0.2, 130)
    stack = sheet.stencil()
    x, base, u = w * 0.76, h * 0.84, sheet.unit
    stack.stroke([(x, base), (x, h * 0.34)], 15 * u, 9 * u)
    for side in (-1, 1):
        stack.line([(x, h * 0.44), (x + side * 120 * u, base)], 2 * u)
    sheet.ink(stack, ink.dark)
    sheet.sun(x + 40 * u, h * 0.27, 60 * u, ink.accent, 120)
    for colour, size in ((ink.accent, 1.0), (ink.light, 0.58)):
        flame = sheet.stencil()
        for reach, rise, wide in ((250, 0.13, 62), (150, 0.2, 56), (60, 0.17, 46), (300, 0.06, 40)):
            root, tip = (x, h * 0.35), (x + reach * u * size, h * (0.345 - rise * size))
            flame.polygon(
                [
                    *curve(
                        root,
                        (x + (reach * 0.25 - wide) * u * size, h * (0.345 - rise * 0.75 * size)),
                        tip,
                        14,
                    ),
                    *curve(
                        tip, (x + (reach * 0.5 + wide) * u * size, h * (0.345 - rise * 0.28 * size)), root, 14
                    ),
                ]
            )
        flame.disc(x + 34 * u * size, h * (0.345 - 0.045 * size), 54 * u * size, 46 * u * size)
        sheet.ink(flame, colour)
    ground = land(sheet, ridge_line(sheet, h * 0.86, h * 0.03, 0.4, 2), ink.near)
    sheet.shade(ground, ink.dark, h * 0.84, h * 1.02, 210)
    jacks = sheet.stencil()
    for x, y, size, tilt in ((0.1, 0.85, 70, 0.14), (0.54, 0.855, 105, -0.2), (0.28, 0.94, 260, 0.2)):
        pump_jack(jacks, w * x, h * y, size * u, tilt)
    sheet.ink(jacks, ink.dark)


def pump_jack(shape: Stencil, x: float, y: float, size: float, tilt: float) -> None:
    pivot = (x, y - size)
    for side in (-0.34, 0.3):
        shape.stroke([(x + size * side, y), pivot], size * 0.07, size * 0.06)
    shape.line([(x - size * 0.2, y - size * 0.42), (x + size * 0.18, y - size * 0.42)], size * 0.04)
    head = (x - size * math.cos(tilt), pivot[1] - size * math.sin(tilt))
    tail = (x + size * 0.85 * math.cos(tilt), pivot[1] + size * 0.85 * math.sin(tilt))
    shape.stroke([tail, pivot, head], size * 0.1, size * 0.1)
    shape.polygon(
        [
            (head[0] + size * 0.1, head[1] - size * 0.22),
            (head[0] - size * 0.06, head[1] - size * 0.1),
            (head[0] - size * 0.1, head[1] + size * 0.14),
            (head[0] + size * 0.08, head[1] + size * 0.26),
        ]
    )
    shape.line([(head[0] - size * 0.08, head[1]), (head[0] - size * 0.08, y)], max(1, size * 0.02))
    shape.disc(tail[0], y - size * 0.34, size * 0.2)
    shape.line([tail, (tail[0] + size * 0.06, y - size * 0.3)], size * 0.06)
    shape.box(x - size * 1.2, y - size * 0.05, x + size * 1.2, y + size * 0.04)
