"""Compositions of old cities by day and by night."""

from demo.motifs import land, ridge_line
from demo.printing import Sheet, Stencil, curve


def dome(shape: Stencil, x: float, base: float, half: float, swell: float = 1.08) -> None:
    """A pointed dome with its finial."""
    left = [
        *curve((x - half, base), (x - half * swell * 1.12, base - half * 0.9), (x, base - half * 1.62), 16)
    ]
    right = [(2 * x - px, py) for px, py in left[::-1]]
    shape.polygon(left + right)
    shape.line([(x, base - half * 1.55), (x, base - half * 2.02)], max(1, half * 0.045))
    shape.disc(x, base - half * 1.76, half * 0.055)


def minaret(shape: Stencil, x: float, base: float, height: float) -> None:
    half = height * 0.032
    shape.stroke([(x, base), (x, base - height * 0.86)], half * 2.2, half * 1.6)
    for up in (0.52, 0.72):
        shape.polygon(
            [
                (x - half * 1.1, base - height * (up - 0.03)),
                (x - half * 1.9, base - height * up),
                (x + half * 1.9, base - height * up),
                (x + half * 1.1, base - height * (up - 0.03)),
            ]
        )
    shape.polygon(
        [(x - half * 1.1, base - height * 0.85), (x, base - height), (x + half * 1.1, base - height * 0.85)]
    )
    shape.line([(x, base - height), (x, base - height * 1.06)], max(1, half * 0.25))


def roofs(sheet: Sheet, base: float, low: float, high: float, wide: float) -> tuple[Stencil, Stencil]:
    """A row of flat-roofed houses from edge to edge, and the windows in them."""
    walls, windows = sheet.stencil(), sheet.stencil()
    x = -wide * sheet.chance.random()
    while x < sheet.width:
        size, tall = wide * sheet.chance.uniform(0.6, 1.5), sheet.chance.uniform(low, high)
        walls.box(x, base - tall, x + size, sheet.height)
        if sheet.chance.random() < 0.4:
            walls.box(x + size * 0.2, base - tall * 1.18, x + size * 0.55, base - tall)
        if sheet.chance.random() < 0.3:
            walls.box(x + size * 0.66, base - tall - wide * 0.16, x + size * 0.86, base - tall - wide * 0.04)
            walls.line([(x + size * 0.7, base - tall), (x + size * 0.7, base - tall - wide * 0.08)], 1.5)
            walls.line([(x + size * 0.82, base - tall), (x + size * 0.82, base - tall - wide * 0.08)], 1.5)
        step = wide * 0.26
        row = base - tall + step * 0.6
        while row < base + high * 0.5:
            column = x + step * 0.5
            while column < x + size - step * 0.6:
                if sheet.chance.random() < 0.42:
                    windows.box(column, row, column + step * 0.3, row + step * 0.5)
                column += step * 0.85
            row += step * 1.25
        x += size * 1.01
    return walls, windows


def old_city(sheet: Sheet) -> None:
    """Domes and minarets over flat roofs."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.6)
    sheet.sun(w * 0.44, h * 0.4, 96 * sheet.unit, ink.light, 80)
    land(sheet, ridge_line(sheet, h * 0.6, h * 0.12, 0.5, 4), ink.far, ink.low, 0.2, 150)
    far = sheet.stencil()
    for x, size in ((0.1, 0.03), (0.86, 0.04), (0.6, 0.022)):
        dome(far, w * x, h * 0.62, w * size)
        far.box(w * (x - size * 1.2), h * 0.62, w * (x + size * 1.2), h * 0.7)
    for x, tall in ((0.05, 0.24), (0.15, 0.22), (0.8, 0.28), (0.93, 0.26), (0.64, 0.17)):
        minaret(far, w * x, h * 0.68, h * tall)
    mask = sheet.ink(far, ink.far)
    sheet.mist(mask, ink.low, h * 0.5, h * 0.72, 120)
    walls, _ = roofs(sheet, h * 0.7, h * 0.03, h * 0.1, w * 0.045)
    sheet.mist(sheet.ink(walls, ink.far), ink.middle, h * 0.62, h * 0.85, 200)
    mosque = sheet.stencil()
    x, base = w * 0.46, h * 0.64
    dome(mosque, x, base, w * 0.085)
    mosque.box(x - w * 0.092, base - 4, x + w * 0.092, base + h * 0.035)
    mosque.box(x - w * 0.15, base + h * 0.03, x + w * 0.15, h * 0.9)
    for side in (-1, 1):
        dome(mosque, x + side * w * 0.12, base + h * 0.035, w * 0.028)
        minaret(mosque, x + side * w * 0.178, h * 0.86, h * 0.56)
    mask = sheet.ink(mosque, ink.middle)
    sheet.stipple(mask, ink.near, sheet.fade(h * 0.3, h * 0.8, 40, 170))
    lights = sheet.stencil()
    for index in range(9):
        px = x - w * 0.08 + index * w * 0.02
        lights.box(px - 4 * sheet.unit, base + 6 * sheet.unit, px + 4 * sheet.unit, base + 24 * sheet.unit)
    sheet.ink(lights, ink.light)
    for base, low, high, wide, colour, window in (
        (0.82, 0.03, 0.13, 0.07, ink.near, ink.accent),
        (0.97, 0.04, 0.14, 0.11, ink.dark, ink.accent),
    ):
        walls, windows = roofs(sheet, h * base, h * low, h * high, w * wide)
        sheet.ink(walls, colour)
        sheet.stipple(windows.mask(), window, sheet.fade(0, h, 190, 190))


def night_roofs(sheet: Sheet) -> None:
    """Roofs at night with water tanks, panels and a few lit windows."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.75)
    stars = sheet.stencil()
    for _ in range(90):
        stars.disc(
            w * sheet.chance.random(),
            h * 0.5 * sheet.chance.random(),
            sheet.chance.uniform(0.6, 2.2) * sheet.unit,
        )
    sheet.ink(stars, ink.light)
    moon = sheet.stencil()
    moon.disc(w * 0.8, h * 0.2, 44 * sheet.unit)
    moon.disc(w * 0.8 - 20 * sheet.unit, h * 0.2 - 8 * sheet.unit, 40 * sheet.unit, fill=0)
    sheet.ink(moon, ink.light)
    for base, low, high, wide, colour, size in (
        (0.6, 0.04, 0.13, 0.05, ink.far, 0.5),
        (0.74, 0.04, 0.17, 0.085, ink.middle, 0.8),
        (0.93, 0.05, 0.2, 0.15, ink.near, 1.4),
    ):
        walls, windows = roofs(sheet, h * base, h * low, h * high, w * wide)
        mask = sheet.ink(walls, colour)
        sheet.shade(mask, ink.dark, h * (base - high), h * (base + 0.2), 150)
        sheet.stipple(
            windows.mask(), ink.accent, sheet.fade(0, h, int(110 + 50 * size), int(110 + 50 * size))
        )
    front, glass, lines = sheet.stencil(), sheet.stencil(), sheet.stencil()
    front.box(0, h * 0.86, w, h)
    u = sheet.unit
    for index in range(5):
        x, y = w * (0.06 + index * 0.115), h * 0.85
        glass.polygon([(x, y), (x + 60 * u, y - 120 * u), (x + 230 * u, y - 120 * u), (x + 170 * u, y)])
        for part in (0.25, 0.5, 0.75):
            lines.line([(x + 170 * u * part, y), (x + 60 * u + 170 * u * part, y - 120 * u)], 2 * u)
            lines.line(
                [(x + 60 * u * part, y - 120 * u * part), (x + 170 * u + 60 * u * part, y - 120 * u * part)],
                2 * u,
            )
        front.line([(x + 60 * u, y - 116 * u), (x + 60 * u, h * 0.87)], 6 * u)
        front.line([(x + 226 * u, y - 116 * u), (x + 226 * u, h * 0.87)], 6 * u)
    for x in (0.76, 0.88):
        front.box(w * x, h * 0.75, w * (x + 0.085), h * 0.845)
        front.disc(w * (x + 0.0425), h * 0.75, w * 0.0425, h * 0.014)
        for leg in (0.01, 0.075):
            front.box(w * (x + leg), h * 0.84, w * (x + leg) + 8 * u, h * 0.88)
    front.line([(w * 0.71, h * 0.87), (w * 0.71, h * 0.56)], 5 * u)
    for up in (0.57, 0.6, 0.63):
        front.line([(w * 0.685, h * up), (w * 0.735, h * up)], 3 * u)
    sheet.ink(front, ink.dark)
    sheet.ink(glass, ink.middle)
    sheet.stipple(glass.mask(), ink.low, sheet.fade(h * 0.73, h * 0.85, 150, 0))
    sheet.ink(lines, ink.dark)
