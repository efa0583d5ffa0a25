"""Compositions of public places: a capitol, a portico, an arcade, a mill, a school, shelves."""

import math

from demo.motifs import land, ridge_line
from demo.printing import Sheet, curve


def capitol(sheet: Sheet) -> None:
    """A columned dome of the kind statehouses and congresses build, early in the day."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.85)
    for y, count in ((0.2, 7), (0.33, 6), (0.47, 8)):
        cloud = sheet.stencil()
        for _ in range(count):
            cloud.disc(
                w * sheet.chance.random(),
                h * y + sheet.chance.uniform(-14, 14),
                w * sheet.chance.uniform(0.08, 0.25),
                9,
            )
        sheet.stipple(cloud.mask(), ink.light, sheet.fade(0, h, 130, 160))
    x, u = w * 0.5, h / 1067
    stone, gaps = sheet.stencil(), sheet.stencil()

    def tier(half: float, top: float, bottom: float, columns: int, colour_gap: float = 0.5) -> None:
        stone.box(x - half * u, top * u, x + half * u, bottom * u)
        stone.box(x - (half + 9) * u, top * u - 11 * u, x + (half + 9) * u, top * u + 5 * u)
        stone.box(x - (half + 6) * u, bottom * u - 10 * u, x + (half + 6) * u, bottom * u)
        for index in range(columns):
            angle = math.pi * (index + 0.5) / columns
            px, wide = (
                x - math.cos(angle) * half * u * 0.97,
                math.sin(angle) * half * u * math.pi / columns * colour_gap,
            )
            gaps.box(px - wide / 2, (top + 16) * u, px + wide / 2, (bottom - 18) * u)

    stone.line([(x, 92 * u), (x, 150 * u)], 7 * u)
    stone.disc(x, 100 * u, 9 * u, 14 * u)
    tier(30, 150, 214, 7)
    left = curve((x - 150 * u, 410 * u), (x - 146 * u, 220 * u), (x - 34 * u, 212 * u), 18)
    stone.polygon([*left, *[(2 * x - px, py) for px, py in left[::-1]]])
    tier(152, 400, 470, 17, 0.42)
    tier(176, 480, 620, 19, 0.5)
    stone.box(x - 215 * u, 614 * u, x + 215 * u, 700 * u)
    stone.box(x - 640 * u, 700 * u, x + 640 * u, 900 * u)
    stone.box(x - 656 * u, 690 * u, x + 656 * u, 712 * u)
    stone.polygon([(x - 236 * u, 700 * u), (x, 628 * u), (x + 236 * u, 700 * u)])
    for index in range(40):
        px = x - 615 * u + index * 31.5 * u
        near = abs(px - x) < 230 * u
        gaps.box(
            px - (7 if near else 5) * u,
            (730 if near else 745) * u,
            px + (7 if near else 5) * u,
            (880 if near else 855) * u,
        )
    for step in range(6):
        stone.box(
            x - (260 + step * 22) * u, (900 + step * 11) * u, x + (260 + step * 22) * u, (912 + step * 11) * u
        )
    ribs = sheet.stencil()
    for index in range(1, 10):
        side = math.cos(math.pi * index / 10)
        ribs.line(
            curve(
                (x - side * 148 * u, 398 * u), (x - side * 144 * u, 226 * u), (x - side * 34 * u, 214 * u), 14
            ),
            2 * u,
        )
    mask = sheet.ink(stone, ink.light)
    sheet.stipple(mask, ink.middle, sheet.ramp(x - 160 * u, x + 330 * u, 0, 130))
    sheet.ink(gaps, ink.near)
    sheet.ink(ribs, ink.far)
    for base, colour, seed in ((0.87, ink.middle, 5), (0.93, ink.near, 7)):
        trees = sheet.stencil()
        trees.box(0, h * (base + 0.03), w, h)
        for _ in range(150):
            px = sheet.chance.random()
            if abs(px - 0.5) > (0.14 if seed == 5 else 0.2):
                trees.disc(
                    w * px, h * base + sheet.chance.uniform(0, 40) * u, sheet.chance.uniform(18, 44) * u
                )
        sheet.shade(sheet.ink(trees, colour), ink.dark, h * (base - 0.02), h * (base + 0.2), 150)
    path = sheet.stencil()
    path.polygon([(x - 120 * u, h * 0.905), (x + 120 * u, h * 0.905), (x + 420 * u, h), (x - 420 * u, h)])
    sheet.shade(sheet.ink(path, ink.low), ink.far, h * 0.9, h * 1.05, 150)


def columns(sheet: Sheet) -> None:
    """A portico seen from its steps, in raking light."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.near, ink.middle, 0, h)
    light, dark = sheet.stencil(), sheet.stencil()
    for index in range(6):
        x, half = w * (0.06 + index * 0.19), w * 0.052
        shaft = sheet.stencil()
        shaft.polygon(
            [
                (x - half, h * 0.86),
                (x - half * 0.84, h * 0.12),
                (x + half * 0.84, h * 0.12),
                (x + half, h * 0.86),
            ]
        )
        mask = sheet.ink(shaft, ink.low)
        sheet.stipple(mask, ink.near, sheet.ramp(x - half * 0.4, x + half, 0, 250))
        flutes = sheet.stencil()
        for part in (-0.68, -0.4, -0.1, 0.2, 0.48, 0.72):
            flutes.stroke(
                [(x + half * part, h * 0.85), (x + half * part * 0.84, h * 0.14)],
                3.4 * sheet.unit,
                2.4 * sheet.unit,
            )
        sheet.ink(flutes, ink.middle)
        for box in (light,):
            box.box(x - half * 1.25, h * 0.085, x + half * 1.25, h * 0.12)
            box.box(x - half * 1.05, h * 0.12, x + half * 1.05, h * 0.14)
            box.box(x - half * 1.2, h * 0.845, x + half * 1.2, h * 0.87)
            box.box(x - half * 1.4, h * 0.87, x + half * 1.4, h * 0.895)
    light.box(0, 0, w, h * 0.07)
    sheet.shade(sheet.ink(light, ink.low), ink.middle, h * 0.02, h * 0.12, 90)
    dark.box(0, h * 0.07, w, h * 0.085)
    sheet.ink(dark, ink.dark)
    for step in range(4):
        stair = sheet.stencil()
        stair.box(0, h * (0.895 + step * 0.027), w, h)
        mask = sheet.ink(stair, ink.far if step % 2 else ink.low)
        sheet.shade(mask, ink.near, h * (0.9 + step * 0.027), h * (0.94 + step * 0.027), 110)


def arcade(sheet: Sheet) -> None:
    """Pointed arches, one within another, and a lit court beyond."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.dark, ink.near, 0, h)
    x, floor = w * 0.5, h * 0.9
    tones = (ink.near, ink.middle, ink.far, ink.low, ink.light)
    for index, colour in enumerate(tones):
        half, base, top = w * (0.4 - index * 0.078), floor - h * index * 0.035, h * (0.07 + index * 0.085)
        arch = sheet.stencil()
        spring = base - (base - top) * 0.52
        left = curve((x - half, spring), (x - half * 0.98, top + (spring - top) * 0.28), (x, top), 18)
        arch.polygon(
            [(x - half, base), *left, *[(2 * x - px, py) for px, py in left[::-1]], (x + half, base)]
        )
        mask = sheet.ink(arch, colour)
        if index < 4:
            sheet.stipple(
                mask,
                tones[max(index - 1, 0)] if index else ink.dark,
                sheet.ramp(x - half, x + half * 1.1, 0, 190),
            )
            edge = sheet.stencil()
            edge.line(
                [
                    (x - half, base),
                    *left,
                    *[(2 * px_x - px, py) for px_x, (px, py) in ((x, p) for p in left[::-1])],
                    (x + half, base),
                ],
                5 * sheet.unit,
            )
            sheet.ink(edge, tones[min(index + 1, 4)])
    pool, tree = sheet.stencil(), sheet.stencil()
    base = floor - h * 4 * 0.035
    tree.stroke(
        [(x + 22 * sheet.unit, base), (x + 26 * sheet.unit, base - h * 0.14)], 9 * sheet.unit, 6 * sheet.unit
    )
    for _ in range(26):
        tree.disc(
            x + (26 + sheet.chance.gauss(0, 26)) * sheet.unit,
            base - h * 0.18 + sheet.chance.gauss(0, 30) * sheet.unit,
            17 * sheet.unit,
        )
    sheet.ink(tree, ink.accent)
    ground = sheet.stencil()
    ground.polygon(
        [(0, h), (w * 0.1, floor), (x - w * 0.09, base), (x + w * 0.09, base), (w * 0.9, floor), (w, h)]
    )
    mask = sheet.ink(ground, ink.far)
    sheet.shade(mask, ink.near, h * 0.76, h * 1.02, 210)
    pool.polygon(
        [
            (x - w * 0.03, base + h * 0.02),
            (x + w * 0.03, base + h * 0.02),
            (x + w * 0.08, h * 0.97),
            (x - w * 0.08, h * 0.97),
        ]
    )
    sheet.shade(sheet.ink(pool, ink.light), ink.accent, h * 0.8, h * 1.05, 150)


def factory_town(sheet: Sheet) -> None:
    """Saw-tooth roofs, a chimney, and a street of small houses below."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.65)
    land(sheet, ridge_line(sheet, h * 0.56, h * 0.12, 0.5, 4), ink.far, ink.low, 0.2, 120)
    u = sheet.unit
    for x, top in ((0.63, 0.12), (0.71, 0.2)):
        smoke = sheet.stencil()
        for index in range(16):
            smoke.disc(
                w * x + index * 26 * u,
                h * top - index * 5 * u + sheet.chance.uniform(-8, 8),
                (13 + index * 3.2) * u,
                (11 + index * 2) * u,
            )
        sheet.stipple(smoke.mask(), ink.light, sheet.ramp(w * x, w * x + 460 * u, 230, 30))
    works, glass = sheet.stencil(), sheet.stencil()
    for x, top in ((0.63, 0.13), (0.71, 0.21)):
        works.stroke([(w * x, h * 0.66), (w * x, h * top)], 46 * u, 30 * u)
        works.box(w * x - 19 * u, h * top, w * x + 19 * u, h * top + 14 * u)
    for index in range(9):
        x, wide = w * (0.08 + index * 0.072), w * 0.072
        works.polygon([(x, h * 0.68), (x, h * 0.43), (x + wide, h * 0.51), (x + wide, h * 0.68)])
        glass.polygon(
            [(x + 5 * u, h * 0.445), (x + 5 * u, h * 0.505), (x + 15 * u, h * 0.512), (x + 15 * u, h * 0.452)]
        )
    works.box(w * 0.72, h * 0.5, w * 0.9, h * 0.68)
    for row in range(3):
        for column in range(9):
            glass.box(
                w * 0.735 + column * w * 0.018,
                h * (0.525 + row * 0.045),
                w * 0.745 + column * w * 0.018,
                h * (0.55 + row * 0.045),
            )
    sheet.shade(sheet.ink(works, ink.accent), ink.near, h * 0.35, h * 0.75, 190)
    sheet.ink(glass, ink.light)
    for base, size, wall, roof in ((0.75, 0.07, ink.low, ink.middle), (0.9, 0.12, ink.light, ink.near)):
        ground = sheet.stencil()
        ground.box(0, h * base, w, h)
        sheet.shade(sheet.ink(ground, ink.middle), ink.near, h * base, h * (base + 0.2), 150)
        walls, tops, doors = sheet.stencil(), sheet.stencil(), sheet.stencil()
        x = -w * size * sheet.chance.random()
        while x < w:
            wide, y = w * size * 0.72, h * base
            walls.box(x, y - wide * 0.55, x + wide, y + wide * 0.04)
            tops.polygon(
                [
                    (x - wide * 0.08, y - wide * 0.5),
                    (x + wide * 0.5, y - wide * 0.98),
                    (x + wide * 1.08, y - wide * 0.5),
                ]
            )
            tops.box(x + wide * 0.72, y - wide * 1.02, x + wide * 0.82, y - wide * 0.66)
            doors.box(x + wide * 0.16, y - wide * 0.32, x + wide * 0.3, y + wide * 0.04)
            doors.box(x + wide * 0.5, y - wide * 0.36, x + wide * 0.64, y - wide * 0.18)
            doors.box(x + wide * 0.74, y - wide * 0.36, x + wide * 0.88, y - wide * 0.18)
            x += w * size
        sheet.ink(walls, wall)
        sheet.ink(doors, ink.near)
        sheet.shade(sheet.ink(tops, roof), ink.dark, h * (base - size), h * base, 110)


def main_street(sheet: Sheet) -> None:
    """A small town on a plain: a water tower, a school, elms."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.7)
    sheet.sun(w * 0.8, h * 0.3, 60 * sheet.unit, ink.light, 90)
    land(sheet, ridge_line(sheet, h * 0.74, h * 0.03, 0.5, 3), ink.far, ink.low, 0.2, 60)
    u = sheet.unit
    tower = sheet.stencil()
    x, top = w * 0.28, h * 0.24
    for leg in (-74, -28, 28, 74):
        tower.line([(x + leg * 1.2 * u, h * 0.78), (x + leg * 0.9 * u, h * 0.42)], 6 * u)
    for level in (0.5, 0.6, 0.7):
        tower.line([(x - 86 * u, h * level), (x + 86 * u, h * level)], 3 * u)
        tower.line([(x - 86 * u, h * level), (x + 76 * u, h * (level - 0.1))], 2 * u)
        tower.line([(x + 86 * u, h * level), (x - 76 * u, h * (level - 0.1))], 2 * u)
    tower.box(x - 110 * u, top + 70 * u, x + 110 * u, h * 0.41)
    tower.disc(x, h * 0.41, 110 * u, 40 * u)
    tower.polygon([(x - 118 * u, top + 72 * u), (x, top - 6 * u), (x + 118 * u, top + 72 * u)])
    mask = sheet.ink(tower, ink.middle)
    sheet.stipple(mask, ink.near, sheet.ramp(x - 60 * u, x + 120 * u, 0, 230))
    school, holes = sheet.stencil(), sheet.stencil()
    school.box(w * 0.46, h * 0.58, w * 0.9, h * 0.82)
    school.box(w * 0.63, h * 0.5, w * 0.73, h * 0.82)
    school.box(w * 0.665, h * 0.4, w * 0.695, h * 0.52)
    school.polygon([(w * 0.66, h * 0.4), (w * 0.68, h * 0.33), (w * 0.7, h * 0.4)])
    school.line([(w * 0.68, h * 0.34), (w * 0.68, h * 0.28)], 3 * u)
    school.box(w * 0.455, h * 0.572, w * 0.905, h * 0.588)
    for row in range(2):
        for column in range(14):
            px = w * (0.475 + column * 0.03)
            if not 0.62 < px / w < 0.725:
                holes.box(px, h * (0.62 + row * 0.09), px + w * 0.016, h * (0.675 + row * 0.09))
    holes.box(w * 0.668, h * 0.72, w * 0.692, h * 0.82)
    holes.disc(w * 0.68, h * 0.56, 15 * u)
    sheet.shade(sheet.ink(school, ink.accent), ink.near, h * 0.45, h * 0.95, 130)
    sheet.ink(holes, ink.light)
    ground = land(sheet, ridge_line(sheet, h * 0.82, h * 0.012, 0.4, 2), ink.middle)
    sheet.shade(ground, ink.dark, h * 0.8, h * 1.05, 200)
    trees, trunks = sheet.stencil(), sheet.stencil()
    for px, size in ((0.05, 1.2), (0.13, 0.9), (0.42, 0.9), (0.94, 1.3), (0.995, 1)):
        trunks.stroke([(w * px, h * 0.86), (w * px, h * 0.6)], 20 * u * size, 9 * u * size)
        for _ in range(24):
            trees.disc(
                w * px + sheet.chance.gauss(0, 46) * u * size,
                h * 0.6 - size * (30 + sheet.chance.gauss(0, 48)) * u,
                sheet.chance.uniform(22, 46) * u * size,
            )
    sheet.ink(trunks, ink.dark)
    sheet.shade(sheet.ink(trees, ink.near), ink.dark, h * 0.45, h * 0.75, 200)
    road = sheet.stencil()
    road.polygon([(w * 0.3, h), (w * 0.4, h * 0.85), (w * 0.42, h * 0.85), (w * 0.62, h)])
    sheet.ink(road, ink.low)


def shelves(sheet: Sheet) -> None:
    """Ledgers and boxes on the shelves of a record office."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.dark, ink.dark)
    tones = (ink.far, ink.middle, ink.near, ink.accent, ink.low, ink.high)
    spines = [sheet.stencil() for _ in tones]
    bands, labels, gaps, boards = (sheet.stencil() for _ in range(4))
    for shelf in range(4):
        bottom, tall = h * (0.235 + shelf * 0.255), h * 0.215
        x = w * 0.005
        while x < w:
            run = sheet.chance.choice((1, 1, 3, 5, 7))
            shape = sheet.chance.choice(spines)
            wide, height = sheet.chance.uniform(17, 62) * sheet.unit, tall * sheet.chance.uniform(0.68, 1)
            lean = sheet.chance.uniform(0.1, 0.2) * height if sheet.chance.random() < 0.07 else 0
            for _ in range(run):
                shape.polygon(
                    [
                        (x, bottom),
                        (x + lean, bottom - height),
                        (x + lean + wide, bottom - height),
                        (x + wide, bottom),
                    ]
                )
                if not lean:
                    for up in (0.12, 0.16, 0.84, 0.88):
                        bands.box(x, bottom - height * up, x + wide, bottom - height * up + 2.4 * sheet.unit)
                    if wide > 26 * sheet.unit:
                        labels.box(
                            x + wide * 0.2, bottom - height * 0.72, x + wide * 0.8, bottom - height * 0.5
                        )
                gaps.box(x + wide - 1.5 * sheet.unit, bottom - height, x + wide, bottom)
                x += wide
            x += lean + (sheet.chance.uniform(10, 70) * sheet.unit if sheet.chance.random() < 0.2 else 1)
        boards.box(0, bottom, w, bottom + h * 0.026)
    for colour, shape in zip(tones, spines, strict=True):
        sheet.ink(shape, colour)
    sheet.stipple(bands.mask(), ink.low, sheet.fade(0, h, 120, 120))
    sheet.ink(labels, ink.light)
    sheet.ink(gaps, ink.dark)
    sheet.ink(boards, ink.near)
    for shelf in range(4):
        bottom = h * (0.235 + shelf * 0.255)
        shadow = sheet.stencil()
        shadow.box(0, bottom - h * 0.08, w, bottom)
        sheet.shade(shadow.mask(), ink.dark, bottom - h * 0.08, bottom + h * 0.05, 130)
    sheet.stipple(sheet.ramp(0, w, 255, 255), ink.dark, sheet.ramp(w * 0.45, w * 1.1, 0, 150))
