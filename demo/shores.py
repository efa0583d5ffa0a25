"""Compositions of works by the sea: a harbour, a desalination plant, a telegraph line."""

import math
from itertools import pairwise

from demo.motifs import below, glints, land, ridge_line, tanker, wires
from demo.printing import Sheet, Stencil


def harbour(sheet: Sheet) -> None:
    """Gantry cranes over a loaded ship."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.7)
    sheet.sun(w * 0.15, h * 0.42, 64 * sheet.unit, ink.light, 90)
    land(sheet, ridge_line(sheet, h * 0.72, h * 0.1, 0.5, 4), ink.far, ink.low, 0.2, 140)
    for colour, size, places in ((ink.far, 0.4, (0.34, 0.46, 0.58)), (ink.middle, 0.62, (0.5, 0.7, 0.9))):
        shape = sheet.stencil()
        for x in places:
            gantry(shape, w * x, h * 0.76, h * size)
        sheet.ink(shape, colour)
    water = below(sheet, h * 0.76, ink.middle, ink.near)
    sheet.shade(water, ink.dark, h * 0.8, h * 1.15, 150)
    glints(sheet, h * 0.77, h, ink.low, w * 0.16, 90 * sheet.unit, 70)
    tones = (ink.accent, ink.near, ink.low, ink.far, ink.middle)
    boxes = [sheet.stencil() for _ in tones]
    across, tall = w * 0.033, h * 0.034
    for column in range(17):
        level = 3 + round(2.4 * abs(math.sin(column * 1.7))) - (2 if column in (4, 5) else 0)
        for row in range(level):
            x, y = w * 0.3 + column * across, h * 0.765 - row * tall
            sheet.chance.choice(boxes).box(x, y - tall, x + across * 0.95, y - tall * 0.06)
    for colour, shape in zip(tones, boxes, strict=True):
        sheet.ink(shape, colour)
    hull = sheet.stencil()
    hull.polygon(
        [
            (w * 0.2, h * 0.735),
            (w * 0.215, h * 0.765),
            (w * 0.94, h * 0.765),
            (w * 0.93, h * 0.86),
            (w * 0.27, h * 0.86),
        ]
    )
    hull.box(w * 0.875, h * 0.56, w * 0.93, h * 0.77)
    hull.box(w * 0.866, h * 0.575, w * 0.94, h * 0.592)
    sheet.shade(sheet.ink(hull, ink.dark), ink.near, h * 0.88, h * 0.6, 90)


def gantry(shape: Stencil, x: float, base: float, size: float) -> None:
    thick = size * 0.026
    for leg in (-0.16, 0.16):
        shape.line([(x + size * leg, base), (x + size * leg, base - size * 0.86)], thick * 1.3)
    shape.line([(x - size * 0.16, base - size * 0.3), (x + size * 0.16, base - size * 0.3)], thick)
    shape.line([(x - size * 0.16, base - size * 0.3), (x + size * 0.16, base - size * 0.62)], thick * 0.8)
    shape.line([(x - size * 0.56, base - size * 0.62), (x + size * 0.4, base - size * 0.62)], thick * 1.4)
    apex = (x - size * 0.1, base - size)
    for end in (
        (x - size * 0.56, base - size * 0.62),
        (x - size * 0.3, base - size * 0.62),
        (x + size * 0.4, base - size * 0.62),
    ):
        shape.line([apex, end], thick * 0.55)
    shape.line([apex, (x - size * 0.16, base - size * 0.62)], thick)
    shape.line([apex, (x + size * 0.16, base - size * 0.62)], thick)
    shape.line([(x - size * 0.36, base - size * 0.62), (x - size * 0.36, base - size * 0.4)], thick * 0.4)
    shape.box(x - size * 0.41, base - size * 0.4, x - size * 0.31, base - size * 0.36)


def desalination(sheet: Sheet) -> None:
    """Tanks and stacks on a shore, pipes running down into the sea."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.6)
    land(sheet, ridge_line(sheet, h * 0.56, h * 0.1, 0.5, 4), ink.far, ink.low, 0.2, 140)
    plant, bright, u = sheet.stencil(), sheet.stencil(), sheet.unit
    for x in (0.57, 0.615, 0.66):
        plant.stroke([(w * x, h * 0.6), (w * x, h * 0.22)], 30 * u, 21 * u)
        bright.box(w * x - 12 * u, h * 0.25, w * x + 12 * u, h * 0.28)
    for index in range(6):
        x = w * (0.1 + index * 0.075)
        plant.box(x, h * 0.47, x + w * 0.062, h * 0.6)
        plant.polygon([(x - 4, h * 0.47), (x + w * 0.031, h * 0.435), (x + w * 0.062 + 4, h * 0.47)])
    plant.box(w * 0.54, h * 0.42, w * 0.7, h * 0.6)
    sheet.shade(sheet.ink(plant, ink.middle), ink.near, h * 0.3, h * 0.75, 150)
    sheet.ink(bright, ink.accent)
    tanks, ribs = sheet.stencil(), sheet.stencil()
    for x in (0.74, 0.83, 0.92):
        tanks.box(w * (x - 0.038), h * 0.47, w * (x + 0.038), h * 0.6)
        tanks.disc(w * x, h * 0.47, w * 0.038, h * 0.018)
        for part in (-0.02, 0, 0.02):
            ribs.line([(w * (x + part), h * 0.48), (w * (x + part), h * 0.6)], 1.5 * u)
    sheet.shade(sheet.ink(tanks, ink.light), ink.far, h * 0.45, h * 0.7, 160)
    sheet.ink(ribs, ink.far)
    shore = land(sheet, ridge_line(sheet, h * 0.62, h * 0.012, 0.4, 2), ink.far, ink.low, 0.1, 100)
    sheet.shade(shore, ink.middle, h * 0.6, h * 0.9, 120)
    sea = below(sheet, h * 0.68, ink.middle, ink.near)
    sheet.shade(sea, ink.dark, h * 0.75, h * 1.2, 140)
    foam = sheet.stencil()
    for row in range(12):
        y = h * (0.684 + 0.028 * row * (1 + row * 0.03))
        line = [
            (x, y + math.sin(x / (60 + row * 12) + row * 2) * (2 + row * 0.7)) for x in range(0, w + 20, 20)
        ]
        for start in range(sheet.chance.randrange(4), len(line) - 12, sheet.chance.randrange(9, 16)):
            foam.stroke(line[start : start + sheet.chance.randrange(5, 11)], (2.4 + row * 0.35) * u, 0.5)
    sheet.ink(foam, ink.low)
    pipes = sheet.stencil()
    for index in range(3):
        x = w * (0.2 + index * 0.034)
        pipes.stroke([(x + 40 * u, h * 0.6), (x, h * 0.72), (x - 90 * u, h * 0.86)], 13 * u, 20 * u)
    sheet.ink(pipes, ink.dark)
    surf = sheet.stencil()
    surf.disc(w * 0.2, h * 0.875, 130 * u, 13 * u)
    sheet.ink(surf, ink.near)


def telegraph(sheet: Sheet) -> None:
    """Poles going off across a salt flat to the sea."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.62)
    sheet.sun(w * 0.3, h * 0.46, 50 * sheet.unit, ink.light, 110)
    below(sheet, h * 0.6, ink.middle)
    glints(sheet, h * 0.605, h * 0.66, ink.light, w * 0.3, 110 * sheet.unit, 70)
    ship = sheet.stencil()
    tanker(ship, w * 0.16, h * 0.612, 90 * sheet.unit)
    sheet.ink(ship, ink.near)
    flat = land(sheet, ridge_line(sheet, h * 0.66, h * 0.02, 0.4, 2), ink.far, ink.low, 0.3, 180)
    sheet.shade(flat, ink.middle, h * 0.7, h * 1.15, 140)
    shape, ends = sheet.stencil(), []
    for index in range(9):
        t = index / 8
        x, base, tall = w * (0.34 + 0.6 * t**2.1), h * (0.655 + 0.32 * t**2), h * (0.035 + 0.8 * t**2)
        shape.stroke(
            [(x, base), (x, base - tall)], (2 + 15 * t**2) * sheet.unit, (1.2 + 10 * t**2) * sheet.unit
        )
        row = []
        for up in (0.96, 0.86):
            arm = tall * 0.11
            shape.line(
                [(x - arm, base - tall * up), (x + arm, base - tall * up)], (1 + 6 * t**2) * sheet.unit
            )
            row += [(x - arm, base - tall * up - tall * 0.02), (x + arm, base - tall * up - tall * 0.02)]
        ends.append(row)
    for index, (one, other) in enumerate(pairwise(ends)):
        wires(shape, one, other, h * 0.004 * index, (0.7 + 0.25 * index) * sheet.unit)
    sheet.ink(shape, ink.dark)
