"""Compositions seen from above or cut open: maps, plans, fields, a delta, a hillside."""

import math

from PIL import ImageChops

from demo.printing import Sheet, Stencil, around, curve


def contours(sheet: Sheet) -> None:
    """A relief map: tints by height, a thin line at each step, a river in the lowest ground."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.low, ink.low)
    ground = sheet.field(7, 6, 22)
    tints = (ink.light, ink.low, ink.high, ink.high, ink.far, ink.far, ink.middle, ink.middle, ink.near)
    for index in range(18):
        level = 40 + index * 10
        step = ground.point(lambda value, level=level: value * 90 + (-90 * level)).convert("L")
        if index % 2 == 0:
            sheet.image.paste(
                tints[index // 2], mask=step.point([value * 150 // 255 for value in range(256)])
            )
        edge = ImageChops.lighter(
            ImageChops.difference(step, ImageChops.offset(step, 1, 0)),
            ImageChops.difference(step, ImageChops.offset(step, 0, 1)),
        )
        edge.paste(0, (0, 0, 1, h))
        edge.paste(0, (0, 0, w, 1))
        if index % 4 == 0:
            edge = ImageChops.lighter(edge, ImageChops.offset(edge, 1, 1))
        strength = 235 if index % 4 == 0 else 150
        sheet.image.paste(ink.near, mask=edge.point([value * strength // 255 for value in range(256)]))
    height = ground.convert("L")
    shade = ImageChops.subtract(height, ImageChops.offset(height, -7, -7), 0.25, 0)
    shade.paste(0, (w - 8, 0, w, h))
    shade.paste(0, (0, h - 8, w, h))
    sheet.stipple(shade, ink.dark, shade.point([value * 2 // 3 for value in range(256)]))
    grid = sheet.stencil()
    for part in range(1, 6):
        grid.line([(w * part / 6, 0), (w * part / 6, h)], 1)
    for part in range(1, 4):
        grid.line([(0, h * part / 4), (w, h * part / 4)], 1)
    sheet.stipple(grid.mask(), ink.accent, sheet.fade(0, h, 170, 170))


def parcels(sheet: Sheet) -> None:
    """A cadastral plan: plots on either side of a lane, some of them washed in colour."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.light, ink.low, 0, h)
    sheet.age(ink.far, 50)
    across, down = 17, 11
    knots = {}
    for row in range(down + 1):
        for column in range(across + 1):
            bend = math.sin(column / 3) * 0.05 + math.sin(row / 2.3 + column / 5) * 0.03
            x = (column + sheet.chance.uniform(-0.26, 0.26) + row * 0.18 - 1.2) / (across - 2)
            y = (row + sheet.chance.uniform(-0.2, 0.2) - 0.6) / (down - 1.4) + bend
            knots[column, row] = (w * x, h * y)
    tones = {colour: sheet.stencil() for colour in (ink.high, ink.far, ink.accent, ink.middle)}
    lines, hatch = sheet.stencil(), sheet.stencil()
    for row in range(down):
        for column in range(across):
            plot = [
                knots[column, row],
                knots[column + 1, row],
                knots[column + 1, row + 1],
                knots[column, row + 1],
            ]
            pick = sheet.chance.random()
            if pick < 0.2:
                tones[ink.high].polygon(plot)
            elif pick < 0.36:
                tones[ink.far].polygon(plot)
            elif pick < 0.41:
                tones[ink.accent].polygon(plot)
            elif pick < 0.5:
                for part in range(1, 9):
                    t = part / 9
                    a = tuple(p + (q - p) * t for p, q in zip(plot[0], plot[3], strict=True))
                    b = tuple(p + (q - p) * t for p, q in zip(plot[1], plot[2], strict=True))
                    hatch.line([a, b], 1.4 * sheet.unit)
            if pick > 0.12:
                lines.line([plot[0], plot[1]], 2.6 * sheet.unit)
            if pick > 0.08:
                lines.line([plot[0], plot[3]], 2.6 * sheet.unit)
            if pick > 0.8:
                middle = tuple((a + b) / 2 for a, b in zip(plot[0], plot[1], strict=True))
                other = tuple((a + b) / 2 for a, b in zip(plot[3], plot[2], strict=True))
                lines.line([middle, other], 1.8 * sheet.unit)
    for colour, shape in tones.items():
        sheet.stipple(shape.mask(), colour, sheet.fade(0, h, 200, 200))
        sheet.image.paste(colour, mask=shape.mask().point([value * 110 // 255 for value in range(256)]))
    sheet.ink(hatch, ink.middle)
    sheet.ink(lines, ink.dark)
    river = curve((w * -0.02, h * 0.3), (w * 0.34, h * 0.26), (w * 0.52, h * 0.55), 20)
    river += curve((w * 0.52, h * 0.55), (w * 0.7, h * 0.84), (w * 1.02, h * 0.74), 20)[1:]
    for colour, wide in ((ink.dark, 66), (ink.low, 60), (ink.high, 36)):
        shape = sheet.stencil()
        shape.line(river, wide * sheet.unit)
        sheet.ink(shape, colour)
    lane = sheet.stencil()
    path = curve((w * 0.62, h * -0.02), (w * 0.5, h * 0.5), (w * 0.28, h * 1.02), 24)
    lane.line(path, 26 * sheet.unit)
    sheet.ink(lane, ink.dark)
    lane = sheet.stencil()
    lane.line(path, 20 * sheet.unit)
    sheet.ink(lane, ink.light)


def delta(sheet: Sheet) -> None:
    """A river opening like a fan into the sea, as a satellite would see it."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.far, ink.low, 0, h)
    sheet.age(ink.middle, 70)
    fan, arms, fields = sheet.stencil(), sheet.stencil(), sheet.stencil()
    root, coast = (
        (w * 0.5, h * 0.88),
        [
            (w * 0.04, h * 0.34),
            (w * 0.2, h * 0.22),
            (w * 0.36, h * 0.25),
            (w * 0.5, h * 0.16),
            (w * 0.66, h * 0.23),
            (w * 0.82, h * 0.2),
            (w * 0.97, h * 0.33),
        ],
    )
    fan.polygon(
        [
            root,
            *curve(root, (w * 0.2, h * 0.6), coast[0], 12),
            *coast,
            *curve(coast[-1], (w * 0.8, h * 0.6), root, 12),
        ]
    )
    fan.line(curve((w * 0.46, h * 1.02), (w * 0.52, h * 0.95), root, 8), 90 * sheet.unit)
    mask = sheet.ink(fan, ink.middle)
    for _ in range(900):
        x, y = sheet.chance.uniform(0.05, 0.95) * w, sheet.chance.uniform(0.2, 0.9) * h
        size, turn = sheet.chance.uniform(8, 22) * sheet.unit, sheet.chance.choice((0.3, 0.34, 1.2))
        fields.polygon(around(x, y, size, 4, turn), sheet.chance.choice((90, 170, 255)))
    sheet.image.paste(ink.near, mask=ImageChops.multiply(mask, fields.mask()))
    sea = sheet.stencil()
    sea.polygon([(0, 0), (w, 0), (w, h * 0.36), *coast[::-1], (0, h * 0.36)])
    water = sheet.ink(sea, ink.accent)
    sheet.shade(water, ink.dark, h * 0.3, -h * 0.2, 170)
    for grow in (1, 2, 3):
        rim = sheet.stencil()
        rim.line(
            [(0, h * 0.36), *[(x, y - grow * 17 * sheet.unit) for x, y in coast], (w, h * 0.36)],
            (12 - grow * 3) * sheet.unit,
        )
        sheet.stipple(rim.mask(), ink.light, sheet.fade(0, h, 200 - grow * 40, 200 - grow * 40))
    for index in range(15):
        target = (w * (0.06 + 0.885 * index / 14), h * (0.3 - 0.11 * math.sin(math.pi * index / 14)))
        start = (root[0], root[1] - h * 0.012 * (7 - abs(index - 7)))
        bend = (
            (start[0] + target[0]) / 2 + sheet.chance.uniform(-70, 70) * sheet.unit,
            (start[1] + target[1]) / 2 + sheet.chance.uniform(-20, 60) * sheet.unit,
        )
        wide = (13 if index in (4, 10) else sheet.chance.uniform(2, 5)) * sheet.unit
        arms.stroke(curve(start, bend, target, 16), wide * 1.1, wide * 0.7)
    arms.line(curve((w * 0.46, h * 1.02), (w * 0.52, h * 0.95), root, 8), 22 * sheet.unit)
    sheet.ink(arms, ink.accent)


def pivots(sheet: Sheet) -> None:
    """Irrigation circles on a dry plain, seen from the air."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.low, ink.high, 0, h)
    sheet.age(ink.far, 110)
    size = w / 8
    tones = (ink.near, ink.middle, ink.middle, ink.far, ink.accent, ink.high)
    grid = sheet.stencil()
    for row in range(-1, 7):
        for column in range(-1, 9):
            x, y = (column + 0.5) * size, (row + 0.34) * size
            grid.box(x - size / 2, y - size / 2, x + size / 2, y - size / 2 + 3 * sheet.unit)
            grid.box(x - size / 2, y - size / 2, x - size / 2 + 3 * sheet.unit, y + size / 2)
            if sheet.chance.random() < 0.12:
                continue
            disc = Stencil(round(size), round(size))
            disc.disc(size / 2, size / 2, size * 0.46)
            cut = sheet.chance.uniform(0, 360)
            box = (size * 0.08, size * 0.08, size * 1.92, size * 1.92)
            if sheet.chance.random() < 0.35:
                disc.pen.pieslice(
                    box,
                    cut,
                    cut + sheet.chance.choice((60, 90, 130, 180)),
                    fill=sheet.chance.choice((0, 110)),
                )
            for ring in range(3, 12):
                disc.pen.ellipse(
                    (
                        size * (1 - 0.083 * ring),
                        size * (1 - 0.083 * ring),
                        size * (1 + 0.083 * ring),
                        size * (1 + 0.083 * ring),
                    ),
                    outline=205,
                )
            arm = math.radians(sheet.chance.uniform(0, 360))
            disc.line(
                [
                    (size / 2, size / 2),
                    (size / 2 + math.cos(arm) * size * 0.46, size / 2 + math.sin(arm) * size * 0.46),
                ],
                2 * sheet.unit,
                fill=60,
            )
            sheet.image.paste(
                sheet.chance.choice(tones), (round(x - size / 2), round(y - size / 2)), disc.mask()
            )
    sheet.ink(grid, ink.light)


def two_rivers(sheet: Sheet) -> None:
    """Two rivers drawn together on an old map, with hill strokes to the north and east."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.light, ink.low, 0, h)
    sheet.age(ink.far, 90)
    gulf = sheet.stencil()
    gulf.polygon(
        [
            *curve((w * 0.86, h * 0.82), (w * 0.9, h * 0.9), (w * 0.88, h * 1.02), 8),
            (w, h),
            (w, h * 0.78),
            *curve((w, h * 0.78), (w * 0.93, h * 0.8), (w * 0.86, h * 0.82), 8),
        ]
    )
    sheet.shade(sheet.ink(gulf, ink.accent), ink.dark, h * 0.8, h * 1.1, 110)
    hills = sheet.stencil()
    for _ in range(520):
        t = sheet.chance.random()
        x, y = w * (0.1 + 0.84 * t), h * (0.02 + 0.6 * t**2.2) + sheet.chance.gauss(0, 46) * sheet.unit
        if x < w * 0.12 and y > h * 0.2:
            continue
        size = sheet.chance.uniform(9, 22) * sheet.unit
        hills.stroke([(x, y - size), (x + size * 0.6, y)], 1, 3 * sheet.unit)
        hills.stroke([(x, y - size), (x - size * 0.6, y)], 1, 1.6 * sheet.unit)
    sheet.ink(hills, ink.near)
    courses = []
    for begin, bends in (
        ((0.06, 0.1), ((0.2, 0.32), (0.3, 0.36), (0.44, 0.6), (0.6, 0.66), (0.8, 0.77))),
        ((0.44, 0.06), ((0.5, 0.2), (0.55, 0.34), (0.6, 0.5), (0.74, 0.6), (0.8, 0.77))),
    ):
        points, last = [], begin
        for index, target in enumerate(bends):
            side = 0.03 if index % 2 else -0.03
            points += curve(
                (w * last[0], h * last[1]),
                (w * ((last[0] + target[0]) / 2 + side), h * ((last[1] + target[1]) / 2 - side)),
                (w * target[0], h * target[1]),
                12,
            )
            last = target
        courses.append(
            [
                (x + math.sin(i * 0.9) * 7 * sheet.unit, y + math.cos(i * 0.7) * 7 * sheet.unit)
                for i, (x, y) in enumerate(points)
            ]
        )
    courses.append(curve((w * 0.8, h * 0.77), (w * 0.83, h * 0.8), (w * 0.87, h * 0.85), 8))
    marsh = sheet.stencil()
    for _ in range(240):
        x, y = (
            w * 0.76 + sheet.chance.gauss(0, 60) * sheet.unit,
            h * 0.72 + sheet.chance.gauss(0, 34) * sheet.unit,
        )
        marsh.line([(x, y), (x + 16 * sheet.unit, y)], 1.6 * sheet.unit)
        marsh.line([(x + 8 * sheet.unit, y), (x + 8 * sheet.unit, y - 9 * sheet.unit)], 1.4 * sheet.unit)
    sheet.ink(marsh, ink.accent)
    for colour, wide in ((ink.dark, 13), (ink.accent, 9)):
        shape = sheet.stencil()
        for course in courses:
            shape.line(course, wide * sheet.unit)
        sheet.ink(shape, colour)
    towns, frame = sheet.stencil(), sheet.stencil()
    for course in courses[:2]:
        for index in (12, 26, 40, 54):
            x, y = course[min(index, len(course) - 1)]
            towns.disc(x + 16 * sheet.unit, y - 14 * sheet.unit, 8 * sheet.unit)
            towns.disc(x + 16 * sheet.unit, y - 14 * sheet.unit, 4 * sheet.unit, fill=0)
    sheet.ink(towns, ink.dark)
    for inset, wide in ((26, 5), (38, 2)):
        d = inset * sheet.unit
        frame.line([(d, d), (w - d, d), (w - d, h - d), (d, h - d), (d, d)], wide * sheet.unit)
    for part in range(1, 8):
        frame.line([(w * part / 8, 38 * sheet.unit), (w * part / 8, h - 38 * sheet.unit)], 1)
        frame.line(
            [(38 * sheet.unit, h * part / 8), (w - 38 * sheet.unit, h * part / 8)], 1
        ) if part < 8 else None
    sheet.ink(frame, ink.near)


def qanat(sheet: Sheet) -> None:
    """A hillside cut open: shafts go down to a gallery that leads water out to a village."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.45)
    sheet.sun(w * 0.8, h * 0.16, 46 * sheet.unit, ink.light, 80)
    surface = [
        (x, h * (0.2 + 0.4 * min(1, (x / w) ** 0.62)) + math.sin(x / 90) * 7 * sheet.unit)
        for x in range(0, w + 8, 8)
    ]
    peaks = [(x, y - max(0, 150 - x * 0.3) * sheet.unit * abs(math.sin(x / 130 + 1))) for x, y in surface]
    tones = (ink.near, ink.far, ink.middle, ink.far, ink.near, ink.dark)
    for index, colour in enumerate(tones):
        layer = sheet.stencil()
        drop = (0, 0.035, 0.13, 0.24, 0.33, 0.45)[index]
        line = (
            peaks
            if index == 0
            else [(x, y + h * drop + math.sin(x / (150 + index * 40) + index) * 12) for x, y in surface]
        )
        layer.polygon([*line, (w + 8, h), (0, h)])
        mask = sheet.ink(layer, colour)
        sheet.shade(mask, ink.dark, h * 0.2, h * (1.3 + index * 0.1), 130)
    wet = sheet.stencil()
    wet.polygon(
        [
            (0, h * 0.5),
            *curve((0, h * 0.5), (w * 0.14, h * 0.56), (w * 0.26, h * 0.66), 10),
            (w * 0.2, h * 0.74),
            (0, h * 0.72),
        ]
    )
    sheet.stipple(wet.mask(), ink.accent, sheet.fade(0, h, 170, 170))
    cut, water = sheet.stencil(), sheet.stencil()

    def gallery(x: float) -> float:
        return h * (0.665 - 0.055 * x / w)

    cut.line([(w * 0.13, gallery(w * 0.13)), (w * 0.88, gallery(w * 0.88))], 20 * sheet.unit)
    for index in range(9):
        x = w * (0.16 + index * 0.082)
        top = surface[min(int(x / 8), len(surface) - 1)][1]
        cut.box(x - 7 * sheet.unit, top - 8 * sheet.unit, x + 7 * sheet.unit, gallery(x))
        cut.disc(x, top, 26 * sheet.unit, 9 * sheet.unit)
    sheet.ink(cut, ink.light)
    water.line(
        [(w * 0.1, gallery(w * 0.1) + 5), (w * 0.88, gallery(w * 0.88) + 5 * sheet.unit)], 8 * sheet.unit
    )
    water.line([(w * 0.88, gallery(w * 0.88) + 5 * sheet.unit), (w, h * 0.615)], 9 * sheet.unit)
    sheet.ink(water, ink.accent)
    village = sheet.stencil()
    for x, size in ((0.895, 34), (0.925, 48), (0.955, 38), (0.985, 30)):
        y = surface[min(int(w * x / 8), len(surface) - 1)][1]
        village.box(
            w * x - size * 0.5 * sheet.unit, y - size * sheet.unit, w * x + size * 0.5 * sheet.unit, y + 6
        )
        village.disc(w * x, y - size * sheet.unit, size * 0.5 * sheet.unit, size * 0.42 * sheet.unit)
    sheet.ink(village, ink.light)
