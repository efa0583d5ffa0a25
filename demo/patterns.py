"""Compositions of ornament: star patterns, cloth, the page of a manuscript, the circles of the sky."""

import math

from PIL import ImageChops

from demo.printing import Point, Sheet, Stencil, around, curve


def hankin(corners: list[Point], angle: float) -> list[Point]:
    """The star inside one tile: lines leave the middle of each side at `angle` and meet their neighbours'.

    The construction is E. H. Hankin's, "The Drawing of Geometric Patterns in Saracenic Art" (1925).
    """
    count = len(corners)
    cx, cy = sum(x for x, _ in corners) / count, sum(y for _, y in corners) / count
    star = []
    for index in range(count):
        (ax, ay), (bx, by) = corners[index], corners[(index + 1) % count]
        mx, my = (ax + bx) / 2, (ay + by) / 2
        apothem, half = math.hypot(mx - cx, my - cy), math.hypot(bx - ax, by - ay) / 2
        across = math.atan2(half, apothem)
        # Centre, middle of the side and meeting point make a triangle: the law of sines gives the third side.
        reach = apothem * math.cos(angle) / math.sin(math.pi / 2 + angle - across)
        toward = math.atan2(by - cy, bx - cx)
        star += [(mx, my), (cx + math.cos(toward) * reach, cy + math.sin(toward) * reach)]
    return star


def star_pattern(sheet: Sheet) -> None:
    """Eight-pointed stars and crosses on a grid of octagons and squares."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.near, ink.near)
    side = w / 5
    radius = side / 2 / math.cos(math.pi / 8)
    octagons, stars, hearts, straps, squares = (sheet.stencil() for _ in range(5))
    for row in range(-1, int(h / side) + 2):
        for column in range(-1, 11):
            x, y = column * side, (row + 0.5) * side
            corners = around(x, y, radius, 8, math.pi / 8)
            octagons.polygon(corners)
            star = hankin(corners, math.radians(62))
            stars.polygon(star)
            straps.line([*star, star[0], star[1]], 6 * sheet.unit)
            heart = around(x, y, side * 0.17, 8, 0)
            hearts.polygon(heart)
            small = around(x + side / 2, y + side / 2, radius * 0.541, 4, 0)
            star = hankin(small, math.radians(62))
            squares.polygon(star)
            straps.line([*star, star[0], star[1]], 6 * sheet.unit)
    sheet.shade(sheet.ink(octagons, ink.middle), ink.near, 0, h * 1.2, 110)
    sheet.ink(stars, ink.low)
    sheet.ink(squares, ink.accent)
    sheet.ink(hearts, ink.near)
    sheet.ink(straps, ink.dark)
    sheet.age(ink.dark, 46)


def rosettes(sheet: Sheet) -> None:
    """Twelve-pointed rosettes on a grid of dodecagons and triangles."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.low, ink.low)
    inner = w / 9
    step, rise = inner * 2, inner * math.sqrt(3)
    radius = inner / math.cos(math.pi / 12)
    ground, stars, petals, hearts, straps, fine = (sheet.stencil() for _ in range(6))
    for row in range(-1, int(h / rise) + 2):
        for column in range(-1, 7):
            x, y = column * step + (row % 2) * inner, row * rise + rise * 0.4
            corners = around(x, y, radius, 12, math.pi / 12)
            ground.polygon(corners)
            star = hankin(corners, math.radians(68))
            stars.polygon(star)
            straps.line([*star, star[0], star[1]], 7 * sheet.unit)
            second = hankin(around(x, y, radius * 0.62, 12, 0), math.radians(60))
            petals.polygon(second)
            fine.line([*second, second[0]], 4 * sheet.unit)
            hearts.polygon(hankin(around(x, y, radius * 0.3, 12, 0), math.radians(55)))
    sheet.ink(ground, ink.far)
    sheet.ink(stars, ink.light)
    sheet.shade(sheet.ink(petals, ink.accent), ink.dark, 0, h * 1.4, 120)
    sheet.ink(hearts, ink.low)
    sheet.ink(fine, ink.dark)
    sheet.ink(straps, ink.near)
    sheet.age(ink.middle, 60)


def kilim(sheet: Sheet) -> None:
    """Woven bands of stepped diamonds."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.near, ink.near)
    cell = w / 128
    tones = (ink.low, ink.accent, ink.middle, ink.dark, ink.far)
    shapes = [sheet.stencil() for _ in tones]
    for row in range(int(h / cell) + 1):
        for column in range(128):
            band = row // 17
            y, x = row % 17 - 8, (column + band * 16) % 32 - 16
            ring = abs(x) // 2 + abs(y)
            if abs(y) == 8:
                pick = 3 if (column // 2) % 2 else 0
            elif ring > 9:
                pick = 2 if (ring // 2) % 2 else None
            else:
                pick = (1, 0, 3, 4, 0, 1, 1, 3, 0, 3)[ring]
            if pick is not None:
                shapes[pick].box(column * cell, row * cell, (column + 1) * cell, (row + 1) * cell)
    for colour, shape in zip(tones, shapes, strict=True):
        sheet.ink(shape, colour)
    thread = sheet.stencil()
    for row in range(int(h / cell * 2)):
        thread.line([(0, row * cell / 2), (w, row * cell / 2)], 0.6)
    sheet.stipple(thread.mask(), ink.dark, sheet.fade(0, h, 120, 120))
    sheet.age(ink.dark, 60)


def star_chart(sheet: Sheet) -> None:
    """The circles of an astrolabe over a night sky."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.near, 0, h)
    sheet.stipple(
        sheet.fade(0, 1, 255, 255),
        ink.low,
        sheet.field(8, 6).convert("L").point([max(0, value - 168) for value in range(256)]),
    )
    x, y, r = w * 0.5, h * 0.52, h * 0.45
    rings, fine, stars, links = (sheet.stencil() for _ in range(4))
    for part, wide in ((1, 5), (0.955, 1.6), (0.9, 3), (0.66, 2), (0.36, 2)):
        rings.ring(x, y, r * part, wide * sheet.unit)
    rings.ring(x, y - r * 0.27, r * 0.63, 4 * sheet.unit)
    rings.ring(x, y - r * 0.27, r * 0.58, 1.6 * sheet.unit)
    for index in range(360):
        angle = math.radians(index)
        inner = 0.915 if index % 5 else 0.9
        fine.line(
            [
                (x + math.cos(angle) * r * inner, y + math.sin(angle) * r * inner),
                (x + math.cos(angle) * r * 0.955, y + math.sin(angle) * r * 0.955),
            ],
            1.2 * sheet.unit,
        )
    for index in range(12):
        angle = math.radians(index * 30 + 15)
        fine.line(
            [
                (x + math.cos(angle) * r * 0.36, y + math.sin(angle) * r * 0.36),
                (x + math.cos(angle) * r * 0.9, y + math.sin(angle) * r * 0.9),
            ],
            1.4 * sheet.unit,
        )
    for index in range(7):
        radius = r * (0.16 + index * 0.14)
        fine.ring(x, y - r * 0.52 + index * r * 0.045, radius * 0.7, 1.1 * sheet.unit)
    sheet.stipple(fine.mask(), ink.light, sheet.fade(0, h, 190, 190))
    sheet.ink(rings, ink.accent)
    places = [(w * sheet.chance.random(), h * sheet.chance.random()) for _ in range(260)]
    for px, py in places:
        stars.disc(px, py, sheet.chance.choice((1, 1, 1.4, 1.8, 2.6)) * sheet.unit)
    for start in range(7):
        path = [(x + sheet.chance.gauss(0, 0.5) * r, y + sheet.chance.gauss(0, 0.42) * r)]
        for _ in range(sheet.chance.randrange(4, 7)):
            path.append(
                (
                    path[-1][0] + sheet.chance.uniform(-110, 110) * sheet.unit,
                    path[-1][1] + sheet.chance.uniform(-80, 80) * sheet.unit,
                )
            )
        links.line(path, 1.6 * sheet.unit)
        for px, py in path:
            size = sheet.chance.uniform(5, 10) * sheet.unit
            stars.polygon(
                [
                    p
                    for a, b in zip(
                        around(px, py, size, 4, start),
                        around(px, py, size * 0.36, 4, start + math.pi / 4),
                        strict=True,
                    )
                    for p in (a, b)
                ]
            )
            stars.disc(px, py, size * 0.45)
    sheet.stipple(links.mask(), ink.light, sheet.fade(0, h, 170, 170))
    sheet.ink(stars, ink.light)


def manuscript(sheet: Sheet) -> None:
    """A leaf with a panel of ornament and lines of flowing strokes that spell nothing."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.middle, ink.near, 0, h)
    leaf = sheet.stencil()
    left, right, top, bottom = w * 0.13, w * 0.87, h * 0.05, h * 0.97
    leaf.polygon([(left, top), (right, top + 8), (right + 6, bottom), (left - 4, bottom - 10)])
    mask = sheet.ink(leaf, ink.low)
    tone = sheet.field(9, 7).convert("L").point([value // 4 for value in range(256)])
    sheet.image.paste(ink.far, mask=ImageChops.multiply(mask, tone))
    frame = sheet.stencil()
    inner = (left + w * 0.07, top + h * 0.06, right - w * 0.07, bottom - h * 0.07)
    u = sheet.unit
    for grow, wide in ((0, 6), (11, 2), (17, 2)):
        box = [
            (inner[0] - grow * u, inner[1] - grow * u),
            (inner[2] + grow * u, inner[1] - grow * u),
            (inner[2] + grow * u, inner[3] + grow * u),
            (inner[0] - grow * u, inner[3] + grow * u),
        ]
        frame.line([*box, box[0]], wide * u)
    sheet.ink(frame, ink.accent)
    head, gold, strap = (sheet.stencil() for _ in range(3))
    band = (inner[1] + 10 * u, inner[1] + h * 0.135)
    head.box(inner[0] + 10 * u, band[0], inner[2] - 10 * u, band[1])
    sheet.ink(head, ink.accent)
    size = (band[1] - band[0]) * 0.46
    count = max(3, int((inner[2] - inner[0] - 20 * u) // (size * 2)))
    start = (inner[0] + inner[2]) / 2 - (count - 1) * size
    for index in range(count):
        x, y = start + index * size * 2, (band[0] + band[1]) / 2
        star = hankin(around(x, y, size * 0.98, 8, math.pi / 8), math.radians(60))
        gold.polygon(star)
        strap.line([*star, star[0]], 2.5 * u)
        strap.polygon(around(x, y, size * 0.3, 8, 0))
    sheet.ink(gold, ink.far)
    sheet.ink(strap, ink.dark)
    script, marks = sheet.stencil(), sheet.stencil()
    for line in range(8):
        y = band[1] + h * (0.075 + line * 0.073)
        x = inner[2] - 26 * u
        while x > inner[0] + 90 * u:
            x = write_word(sheet, script, marks, x, y, u) - sheet.chance.uniform(16, 30) * u
    sheet.ink(script, ink.dark)
    sheet.ink(marks, ink.accent)
    shadow = sheet.stencil()
    shadow.polygon([(0, 0), (w * 0.06, 0), (w * 0.03, h), (0, h)])
    sheet.stipple(shadow.mask(), ink.dark, sheet.fade(0, h, 120, 200))


def write_word(sheet: Sheet, script: Stencil, marks: Stencil, x: float, y: float, u: float) -> float:
    """One run of strokes from right to left; returns where it ended."""
    chance = sheet.chance
    for _ in range(chance.randrange(2, 5)):
        kind, wide = chance.random(), chance.uniform(20, 44) * u
        if kind < 0.26:
            script.stroke(
                [(x, y - chance.uniform(34, 46) * u), (x - 2 * u, y - 14 * u), (x - 5 * u, y)], 6.5 * u, 3 * u
            )
            script.stroke(curve((x, y), (x - wide / 3, y + 3 * u), (x - wide * 0.6, y), 5), 4 * u, 4 * u)
            x -= wide * 0.6
        elif kind < 0.52:
            script.stroke(
                curve((x, y - 8 * u), (x - wide * 0.3, y + 30 * u), (x - wide * 1.3, y + 6 * u), 10),
                3 * u,
                7 * u,
            )
            x -= wide * 1.3
        elif kind < 0.74:
            script.disc(x - 7 * u, y - 7 * u, 8 * u, 7 * u)
            script.disc(x - 7 * u, y - 7 * u, 3 * u, 2.4 * u, fill=0)
            script.stroke(curve((x, y), (x - wide / 2, y + 5 * u), (x - wide, y), 6), 6 * u, 4 * u)
            x -= wide
        else:
            script.stroke(
                curve((x, y), (x - wide * 0.5, y + 4 * u), (x - wide * 1.7, y - 2 * u), 8), 4.5 * u, 7 * u
            )
            script.stroke([(x - wide * 0.5, y), (x - wide * 0.55, y - 12 * u)], 5 * u, 2 * u)
            x -= wide * 1.7
        if chance.random() < 0.6:
            side = chance.choice((-1, 1))
            for dot in range(chance.choice((1, 2))):
                px = x + (18 + dot * 11) * u
                script.polygon(around(px, y + side * 19 * u, 4.6 * u, 4, 0.2))
        if chance.random() < 0.16:
            marks.stroke([(x + 22 * u, y - 30 * u), (x + 10 * u, y - 24 * u)], 3 * u, 2 * u)
    return x
