"""Portraits of the invented authors: heads and shoulders cut from a few sheets of coloured paper."""

from dataclasses import dataclass

from PIL import ImageChops

from demo.printing import Sheet, Stencil, curve


@dataclass(frozen=True)
class Sitter:
    skin: str
    shade: str
    hair: str
    coat: str
    cut: str
    """How the hair is worn: short, bob, long, bun, curls, afro, bald, scarf, turban, cap, parted, braid."""
    beard: str = ""
    """full, short, moustache, or none."""
    has_glasses: bool = False
    collar: str = "shirt"
    turn: int = 1
    """Which side the light comes from: 1 for the left."""


SITTERS = {
    "miriam-vandersaal": Sitter("#d9a47e", "#b9805a", "#b9b3a8", "#174a7c", "bob", has_glasses=True),
    "tariq-oldenshaw": Sitter("#c08a62", "#976544", "#2b211c", "#5c673c", "parted", "full", True),
    "nasrin-callowar": Sitter("#d3a07a", "#ad7853", "#21323f", "#7d3d29", "scarf", collar="plain"),
    "josephine-okwuteka": Sitter("#8a5a3f", "#653d29", "#1f1713", "#c9812e", "afro", collar="plain", turn=-1),
    "ruben-castellmar": Sitter("#cf9a72", "#a8734e", "#3a2b22", "#33475f", "short", "moustache", True),
    "hanna-lindqvarn": Sitter("#e2b692", "#c08f6b", "#c99a4e", "#48685f", "braid", collar="roll", turn=-1),
    "samir-abuzahrane": Sitter("#c38d63", "#996743", "#241c18", "#925d36", "curls", "short"),
    "dolores-whitcombe-reyes": Sitter("#c99268", "#9f6a45", "#3b2a20", "#a8432f", "bun", turn=-1),
    "yusuf-demirholt": Sitter("#d0a07c", "#a87551", "#6f6a63", "#22292d", "bald", "short", True, turn=-1),
    "parvaneh-zarrinkuh": Sitter(
        "#dbab86", "#b58360", "#2c1d19", "#5a4663", "long", has_glasses=True, collar="plain"
    ),
    "abner-tollefsby": Sitter(
        "#deb091", "#b98767", "#d3cec4", "#33475f", "short", "full", collar="tie", turn=-1
    ),
    "idris-penhallam": Sitter("#7c5138", "#5a3726", "#17120f", "#4b565b", "cap", "short", collar="roll"),
}


def portrait(sheet: Sheet, sitter: Sitter) -> None:
    ink = sheet.palette
    sheet.wash(ink.high, ink.low, 0, 900)
    disc = sheet.stencil()
    disc.disc(300, 286, 236)
    sheet.shade(sheet.ink(disc, ink.far), ink.middle, 100, 760, 110)
    back_hair(sheet, sitter)
    body = sheet.stencil()
    left = curve((40, 612), (56, 470), (214, 436), 14)
    body.polygon([*left, (300, 452), *[(600 - x, y) for x, y in left[::-1]]])
    coat = sheet.ink(body, sitter.coat)
    neck = sheet.stencil()
    neck.polygon([(252, 352), (248, 430), (232, 446), (300, 500), (368, 446), (352, 430), (348, 352)])
    sheet.ink(neck, sitter.shade)
    collar(sheet, sitter)
    side = sheet.ramp(230, 420, 0, 150) if sitter.turn > 0 else sheet.ramp(180, 370, 150, 0)
    sheet.stipple(coat, ink.dark, side)
    face(sheet, sitter)
    front_hair(sheet, sitter)
    if sitter.has_glasses:
        rims = sheet.stencil()
        for x in (258, 342):
            rims.ring(x, 268, 31, 4.5)
        rims.line([(288, 262), (300, 257), (312, 262)], 4.5)
        for end in (-1, 1):
            rims.line([(300 + end * 72, 262), (300 + end * 90, 256)], 4.5)
        sheet.ink(rims, ink.dark)


def head(shape: Stencil, grow: float = 0) -> None:
    left = curve((210 - grow, 250), (206 - grow, 352 + grow), (300, 384 + grow), 16)
    top = curve((300, 148 - grow), (212 - grow, 148 - grow), (210 - grow, 250), 16)
    points = top + left
    shape.polygon(points + [(600 - x, y) for x, y in points[::-1]])


def face(sheet: Sheet, sitter: Sitter) -> None:
    """The head in two papers, lit from one side, with the least that makes a face."""
    ears, skull = sheet.stencil(), sheet.stencil()
    for x in (208, 392):
        ears.disc(x, 270, 15, 26)
    sheet.ink(ears, sitter.shade)
    head(skull)
    mask = sheet.ink(skull, sitter.skin)
    dark = sheet.stencil()
    turn = sitter.turn
    dark.polygon(
        [
            (300 + turn * x, y)
            for x, y in (
                (8, 140),
                (14, 214),
                (4, 240),
                (30, 300),
                (20, 314),
                (2, 318),
                (6, 344),
                (4, 390),
                (120, 390),
                (120, 140),
            )
        ]
    )
    sheet.ink(ImageChops.multiply(mask, dark.mask()), sitter.shade)
    brows = sheet.stencil()
    for end in (-1, 1):
        brows.stroke(curve((300 + end * 22, 238), (300 + end * 44, 226), (300 + end * 66, 236), 8), 8, 4)
        brows.stroke(curve((300 + end * 28, 267), (300 + end * 42, 274), (300 + end * 56, 266), 8), 4.5, 3.5)
    brows.stroke(curve((276, 346), (300, 354), (324, 346), 8), 4.5, 4.5)
    sheet.stipple(brows.mask(), "#2a1c16", sheet.fade(0, 1, 215, 215))
    if sitter.beard:
        beard(sheet, sitter)


def beard(sheet: Sheet, sitter: Sitter) -> None:
    shape = sheet.stencil()
    if sitter.beard == "moustache":
        for end in (-1, 1):
            shape.stroke(curve((300, 328), (300 + end * 26, 322), (300 + end * 48, 344), 8), 17, 5)
        sheet.ink(shape, sitter.hair)
        return
    long = 46 if sitter.beard == "full" else 12
    outer = curve((207, 268), (206, 360 + long), (300, 388 + long), 16)
    inner = curve((226, 272), (240, 314), (300, 322), 12)
    shape.polygon(
        outer + [(600 - x, y) for x, y in outer[::-1]] + [(600 - x, y) for x, y in inner] + inner[::-1]
    )
    shape.disc(300, 349, 27, 9, fill=0)
    mask = sheet.ink(shape, sitter.hair)
    sheet.stipple(
        mask, sitter.skin, sheet.ramp(190, 330, 90, 0) if sitter.turn > 0 else sheet.ramp(270, 410, 0, 90)
    )
    mouth = sheet.stencil()
    mouth.stroke(curve((280, 348), (300, 354), (320, 348), 8), 4, 4)
    sheet.ink(mouth, "#4a2a20")


def collar(sheet: Sheet, sitter: Sitter) -> None:
    light = sheet.palette.light
    shape = sheet.stencil()
    if sitter.collar == "roll":
        shape.polygon(
            [
                *curve((236, 398), (300, 432), (364, 398), 12),
                (378, 462),
                *curve((378, 462), (300, 498), (222, 462), 12),
            ]
        )
        sheet.shade(sheet.ink(shape, sitter.coat), sheet.palette.dark, 400, 520, 170)
        return
    if sitter.collar == "plain":
        shape.stroke(curve((222, 440), (300, 560), (378, 440), 16), 7, 7)
        sheet.ink(shape, light)
        return
    shape.polygon(
        [(244, 424), (300, 500), (356, 424), (384, 446), (338, 540), (300, 506), (262, 540), (216, 446)]
    )
    sheet.ink(shape, light)
    if sitter.collar == "tie":
        tie = sheet.stencil()
        tie.polygon([(284, 498), (316, 498), (308, 524), (326, 612), (274, 612), (292, 524)])
        sheet.ink(tie, sheet.palette.accent)


def back_hair(sheet: Sheet, sitter: Sitter) -> None:
    """What falls behind the head and shoulders."""
    shape = sheet.stencil()
    if sitter.cut == "long":
        left = curve((300, 116), (160, 110), (186, 300), 14) + curve((186, 300), (190, 420), (150, 520), 10)
        shape.polygon(left + [(600 - x, y) for x, y in left[::-1]])
    elif sitter.cut == "bob":
        left = curve((300, 118), (170, 112), (176, 280), 14) + curve((176, 280), (176, 360), (206, 386), 8)
        shape.polygon(left + [(600 - x, y) for x, y in left[::-1]])
    elif sitter.cut == "scarf":
        left = curve((300, 104), (162, 106), (176, 290), 14) + curve((176, 290), (180, 400), (120, 470), 10)
        shape.polygon(left + [(600 - x, y) for x, y in left[::-1]])
    elif sitter.cut == "bun":
        shape.disc(300, 112, 56, 50)
        head(shape, 12)
    elif sitter.cut == "afro":
        shape.disc(300, 214, 142, 128)
    elif sitter.cut == "braid":
        head(shape, 14)
        for index in range(9):
            shape.disc(388 + index * 3, 330 + index * 24, 24 - index, 18)
    else:
        return
    mask = sheet.ink(shape, sitter.hair)
    sheet.shade(mask, sheet.palette.dark, 180, 560, 120)


def front_hair(sheet: Sheet, sitter: Sitter) -> None:
    shape = sheet.stencil()
    cut = sitter.cut
    if cut == "bald":
        for end in (-1, 1):
            shape.polygon(
                [(300 + end * x, y) for x, y in ((94, 214), (90, 270), (82, 262), (80, 210), (86, 190))]
            )
    elif cut == "scarf":
        left = curve((300, 112), (182, 112), (190, 270), 14) + curve((190, 270), (196, 372), (300, 418), 12)
        shape.polygon(left + [(600 - x, y) for x, y in left[::-1]])
        inner = curve((300, 178), (224, 178), (224, 266), 14) + curve((224, 266), (226, 346), (300, 376), 12)
        shape.polygon(inner + [(600 - x, y) for x, y in inner[::-1]], fill=0)
    elif cut == "cap":
        left = curve((300, 116), (196, 118), (200, 222), 14)
        shape.polygon(left + [(600 - x, y) for x, y in left[::-1]])
        mask = sheet.ink(shape, sitter.coat)
        sheet.shade(mask, sheet.palette.dark, 120, 300, 130)
        rim = sheet.stencil()
        rim.polygon(
            [*curve((196, 200), (300, 176), (404, 200), 12), *curve((404, 234), (300, 208), (196, 234), 12)]
        )
        sheet.ink(rim, sheet.palette.dark)
        return
    elif cut == "curls":
        for x, y, size in (
            (212, 216, 28),
            (222, 180, 32),
            (250, 152, 34),
            (286, 140, 36),
            (322, 142, 36),
            (354, 158, 33),
            (380, 188, 30),
            (390, 222, 26),
            (262, 178, 24),
            (304, 172, 26),
            (342, 182, 24),
        ):
            shape.disc(x, y, size)
    elif cut == "afro":
        shape.polygon(
            curve((196, 260), (196, 130), (300, 130), 12)
            + curve((300, 130), (404, 130), (404, 260), 12)
            + curve((404, 260), (372, 196), (300, 192), 10)
            + curve((300, 192), (228, 196), (196, 260), 10)
        )
    elif cut in ("bob", "long", "parted", "short", "braid"):
        part = {"bob": 262, "long": 300, "parted": 344, "short": 330, "braid": 276}[cut]
        drop = {"bob": 330, "long": 320, "parted": 272, "short": 268, "braid": 290}[cut]
        head(shape, 13)
        hairline = curve((196, drop), (216, 180), (part, 176), 14) + curve(
            (part, 176), (388, 180), (404, drop), 14
        )
        shape.polygon([(182, drop), *hairline, (418, drop), (418, 560), (182, 560)], fill=0)
    elif cut == "bun":
        head(shape, 13)
        shape.polygon(
            [
                *curve((182, 270), (214, 184), (300, 180), 14),
                *curve((300, 180), (386, 184), (418, 270), 14),
                (418, 560),
                (182, 560),
            ],
            fill=0,
        )
    mask = sheet.ink(shape, sitter.hair)
    side = sheet.ramp(250, 420, 0, 130) if sitter.turn > 0 else sheet.ramp(180, 350, 130, 0)
    sheet.stipple(mask, sheet.palette.dark, side)
