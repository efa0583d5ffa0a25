"""Compositions without a horizon: maps, charts, star patterns, manuscripts, cloth."""

import math

from PIL import Image, ImageChops

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
            sheet.image.paste(tints[index // 2], mask=step.point([value * 150 // 255 for value in range(256)]))
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
            plot = [knots[column, row], knots[column + 1, row], knots[column + 1, row + 1], knots[column, row + 1]]
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
    root, coast = (w * 0.5, h * 0.88), [(w * 0.04, h * 0.34), (w * 0.2, h * 0.22), (w * 0.36, h * 0.25), (w * 0.5, h * 0.16),
                                       (w * 0.66, h * 0.23), (w * 0.82, h * 0.2), (w * 0.97, h * 0.33)]
    fan.polygon([root, *curve(root, (w * 0.2, h * 0.6), coast[0], 12), *coast, *curve(coast[-1], (w * 0.8, h * 0.6), root, 12)])
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
        rim.line([(0, h * 0.36), *[(x, y - grow * 17 * sheet.unit) for x, y in coast], (w, h * 0.36)], (12 - grow * 3) * sheet.unit)
        sheet.stipple(rim.mask(), ink.light, sheet.fade(0, h, 200 - grow * 40, 200 - grow * 40))
    for index in range(15):
        target = (w * (0.06 + 0.885 * index / 14), h * (0.3 - 0.11 * math.sin(math.pi * index / 14)))
        start = (root[0], root[1] - h * 0.012 * (7 - abs(index - 7)))
        bend = ((start[0] + target[0]) / 2 + sheet.chance.uniform(-70, 70) * sheet.unit, (start[1] + target[1]) / 2 + sheet.chance.uniform(-20, 60) * sheet.unit)
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
                disc.pen.pieslice(box, cut, cut + sheet.chance.choice((60, 90, 130, 180)), fill=sheet.chance.choice((0, 110)))
            for ring in range(3, 12):
                disc.pen.ellipse((size * (1 - 0.083 * ring), size * (1 - 0.083 * ring), size * (1 + 0.083 * ring), size * (1 + 0.083 * ring)), outline=205)
            arm = math.radians(sheet.chance.uniform(0, 360))
            disc.line([(size / 2, size / 2), (size / 2 + math.cos(arm) * size * 0.46, size / 2 + math.sin(arm) * size * 0.46)], 2 * sheet.unit, fill=60)
            sheet.image.paste(sheet.chance.choice(tones), (round(x - size / 2), round(y - size / 2)), disc.mask())
    sheet.ink(grid, ink.light)


def two_rivers(sheet: Sheet) -> None:
    """Two rivers drawn together on an old map, with hill strokes to the north and east."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.light, ink.low, 0, h)
    sheet.age(ink.far, 90)
    gulf = sheet.stencil()
    gulf.polygon([*curve((w * 0.86, h * 0.82), (w * 0.9, h * 0.9), (w * 0.88, h * 1.02), 8), (w, h), (w, h * 0.78),
                  *curve((w, h * 0.78), (w * 0.93, h * 0.8), (w * 0.86, h * 0.82), 8)])
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
    for begin, bends in (((0.06, 0.1), ((0.2, 0.32), (0.3, 0.36), (0.44, 0.6), (0.6, 0.66), (0.8, 0.77))),
                         ((0.44, 0.06), ((0.5, 0.2), (0.55, 0.34), (0.6, 0.5), (0.74, 0.6), (0.8, 0.77)))):
        points, last = [], begin
        for index, target in enumerate(bends):
            side = 0.03 if index % 2 else -0.03
            points += curve((w * last[0], h * last[1]), (w * ((last[0] + target[0]) / 2 + side), h * ((last[1] + target[1]) / 2 - side)),
                            (w * target[0], h * target[1]), 12)
            last = target
        courses.append([(x + math.sin(i * 0.9) * 7 * sheet.unit, y + math.cos(i * 0.7) * 7 * sheet.unit) for i, (x, y) in enumerate(points)])
    courses.append(curve((w * 0.8, h * 0.77), (w * 0.83, h * 0.8), (w * 0.87, h * 0.85), 8))
    marsh = sheet.stencil()
    for _ in range(240):
        x, y = w * 0.76 + sheet.chance.gauss(0, 60) * sheet.unit, h * 0.72 + sheet.chance.gauss(0, 34) * sheet.unit
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
        frame.line([(38 * sheet.unit, h * part / 8), (w - 38 * sheet.unit, h * part / 8)], 1) if part < 8 else None
    sheet.ink(frame, ink.near)


def qanat(sheet: Sheet) -> None:
    """A hillside cut open: shafts go down to a gallery that leads water out to a village."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.low, 0, h * 0.45)
    sheet.sun(w * 0.8, h * 0.16, 46 * sheet.unit, ink.light, 80)
    surface = [(x, h * (0.2 + 0.4 * min(1, (x / w) ** 0.62)) + math.sin(x / 90) * 7 * sheet.unit) for x in range(0, w + 8, 8)]
    peaks = [(x, y - max(0, 150 - x * 0.3) * sheet.unit * abs(math.sin(x / 130 + 1))) for x, y in surface]
    tones = (ink.near, ink.far, ink.middle, ink.far, ink.near, ink.dark)
    for index, colour in enumerate(tones):
        layer = sheet.stencil()
        drop = (0, 0.035, 0.13, 0.24, 0.33, 0.45)[index]
        line = peaks if index == 0 else [(x, y + h * drop + math.sin(x / (150 + index * 40) + index) * 12) for x, y in surface]
        layer.polygon([*line, (w + 8, h), (0, h)])
        mask = sheet.ink(layer, colour)
        sheet.shade(mask, ink.dark, h * 0.2, h * (1.3 + index * 0.1), 130)
    wet = sheet.stencil()
    wet.polygon([(0, h * 0.5), *curve((0, h * 0.5), (w * 0.14, h * 0.56), (w * 0.26, h * 0.66), 10), (w * 0.2, h * 0.74), (0, h * 0.72)])
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
    water.line([(w * 0.1, gallery(w * 0.1) + 5), (w * 0.88, gallery(w * 0.88) + 5 * sheet.unit)], 8 * sheet.unit)
    water.line([(w * 0.88, gallery(w * 0.88) + 5 * sheet.unit), (w, h * 0.615)], 9 * sheet.unit)
    sheet.ink(water, ink.accent)
    village = sheet.stencil()
    for x, size in ((0.895, 34), (0.925, 48), (0.955, 38), (0.985, 30)):
        y = surface[min(int(w * x / 8), len(surface) - 1)][1]
        village.box(w * x - size * 0.5 * sheet.unit, y - size * sheet.unit, w * x + size * 0.5 * sheet.unit, y + 6)
        village.disc(w * x, y - size * sheet.unit, size * 0.5 * sheet.unit, size * 0.42 * sheet.unit)
    sheet.ink(village, ink.light)


def star_chart(sheet: Sheet) -> None:
    """The circles of an astrolabe over a night sky."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.high, ink.near, 0, h)
    sheet.stipple(sheet.fade(0, 1, 255, 255), ink.low, sheet.field(8, 6).convert("L").point([max(0, value - 168) for value in range(256)]))
    x, y, r = w * 0.5, h * 0.52, h * 0.45
    rings, fine, stars, links = (sheet.stencil() for _ in range(4))
    for part, wide in ((1, 5), (0.955, 1.6), (0.9, 3), (0.66, 2), (0.36, 2)):
        rings.ring(x, y, r * part, wide * sheet.unit)
    rings.ring(x, y - r * 0.27, r * 0.63, 4 * sheet.unit)
    rings.ring(x, y - r * 0.27, r * 0.58, 1.6 * sheet.unit)
    for index in range(360):
        angle = math.radians(index)
        inner = 0.915 if index % 5 else 0.9
        fine.line([(x + math.cos(angle) * r * inner, y + math.sin(angle) * r * inner), (x + math.cos(angle) * r * 0.955, y + math.sin(angle) * r * 0.955)], 1.2 * sheet.unit)
    for index in range(12):
        angle = math.radians(index * 30 + 15)
        fine.line([(x + math.cos(angle) * r * 0.36, y + math.sin(angle) * r * 0.36), (x + math.cos(angle) * r * 0.9, y + math.sin(angle) * r * 0.9)], 1.4 * sheet.unit)
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
            path.append((path[-1][0] + sheet.chance.uniform(-110, 110) * sheet.unit, path[-1][1] + sheet.chance.uniform(-80, 80) * sheet.unit))
        links.line(path, 1.6 * sheet.unit)
        for px, py in path:
            size = sheet.chance.uniform(5, 10) * sheet.unit
            stars.polygon([p for a, b in zip(around(px, py, size, 4, start), around(px, py, size * 0.36, 4, start + math.pi / 4), strict=True) for p in (a, b)])
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
        box = [(inner[0] - grow * u, inner[1] - grow * u), (inner[2] + grow * u, inner[1] - grow * u), (inner[2] + grow * u, inner[3] + grow * u), (inner[0] - grow * u, inner[3] + grow * u)]
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
            script.stroke([(x, y - chance.uniform(34, 46) * u), (x - 2 * u, y - 14 * u), (x - 5 * u, y)], 6.5 * u, 3 * u)
            script.stroke(curve((x, y), (x - wide / 3, y + 3 * u), (x - wide * 0.6, y), 5), 4 * u, 4 * u)
            x -= wide * 0.6
        elif kind < 0.52:
            script.stroke(curve((x, y - 8 * u), (x - wide * 0.3, y + 30 * u), (x - wide * 1.3, y + 6 * u), 10), 3 * u, 7 * u)
            x -= wide * 1.3
        elif kind < 0.74:
            script.disc(x - 7 * u, y - 7 * u, 8 * u, 7 * u)
            script.disc(x - 7 * u, y - 7 * u, 3 * u, 2.4 * u, fill=0)
            script.stroke(curve((x, y), (x - wide / 2, y + 5 * u), (x - wide, y), 6), 6 * u, 4 * u)
            x -= wide
        else:
            script.stroke(curve((x, y), (x - wide * 0.5, y + 4 * u), (x - wide * 1.7, y - 2 * u), 8), 4.5 * u, 7 * u)
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


def falling_curve(sheet: Sheet) -> None:
    """A fine grid, a falling line and its dots."""
    w, h, ink = sheet.width, sheet.height, sheet.palette
    sheet.wash(ink.light, ink.low, 0, h)
    grid, area, line, dots, rings = (sheet.stencil() for _ in range(5))
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
        shadows.polygon([(x - half, base), (x + half, base), (x + half + count * tall * 0.5, h * 0.93), (x + count * tall * 0.4, h * 0.95)])
        sides[colour].box(x - half, top, x + half, base)
        sides[colour].disc(x, base, half, half * 0.2)
        for level in range(count):
            y = top + level * tall
            rims.pen.arc(((x - half) * 2, (y - half * 0.2) * 2, (x + half) * 2, (y + half * 0.2) * 2), 0, 180, fill=255, width=5)
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
            colour = ink.accent if pick < 0.34 else ink.near if pick < 0.62 else ink.middle if pick < 0.9 else ink.far
            groups[colour].disc(x, y, step * (0.4 if colour in (ink.accent, ink.near) else 0.3 if colour == ink.middle else 0.17))
    for colour, shape in groups.items():
        sheet.ink(shape, colour)


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
