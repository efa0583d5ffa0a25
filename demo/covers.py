"""Jackets of the invented books: one ornament, a rule, a title."""

import math

from PIL import ImageDraw, ImageFont

from demo.patterns import hankin
from demo.printing import Sheet, around, curve


def lettering(sheet: Sheet, text: str, y: float, size: int, colour: str, spacing: float = 0.0) -> float:
    """Sets centred lines of letters, spaced by a part of their size; returns the height below them."""
    font, pen = ImageFont.load_default(size=size), ImageDraw.Draw(sheet.image)
    for line in text.split("\n"):
        width = sum(font.getlength(letter) + size * spacing for letter in line) - size * spacing
        x = (sheet.width - width) / 2
        for letter in line:
            pen.text((x, y), letter, font=font, fill=colour)
            x += font.getlength(letter) + size * spacing
        y += size * 1.22
    return y


def calendar_reformers(sheet: Sheet) -> None:
    ink = sheet.palette
    sheet.wash(ink.near, ink.near)
    rings, gold = sheet.stencil(), sheet.stencil()
    for part in range(12):
        rings.ring(300, 540, 70 + part * 24, 1.6 if part % 3 else 4)
    for index in range(36):
        a = math.radians(index * 10)
        rings.line(
            [
                (300 + math.cos(a) * 94, 540 + math.sin(a) * 94),
                (300 + math.cos(a) * 334, 540 + math.sin(a) * 334),
            ],
            1.2,
        )
    sheet.ink(rings, ink.far)
    gold.polygon(hankin(around(300, 540, 76, 12, 0), math.radians(62)))
    for index in range(12):
        a = math.radians(index * 30 + 15)
        gold.disc(
            300 + math.cos(a) * 214, 540 + math.sin(a) * 214, 5 + 13 * abs(math.sin(index * math.pi / 12))
        )
    sheet.ink(gold, ink.accent)
    panel = sheet.stencil()
    panel.box(0, 0, 600, 268)
    sheet.ink(panel, ink.light)
    lettering(sheet, "THE CALENDAR\nREFORMERS", 62, 50, ink.dark, 0.07)
    lettering(sheet, "Time and power in Khayyam’s Isfahan", 200, 22, ink.near, 0.01)
    lettering(sheet, "MIRIAM VANDERSAAL", 838, 22, ink.light, 0.2)


def narrow_sea(sheet: Sheet) -> None:
    ink = sheet.palette
    sheet.wash(ink.low, ink.low)
    sun = sheet.stencil()
    sun.disc(300, 420, 118)
    sheet.ink(sun, ink.accent)
    tones = (ink.far, ink.middle, ink.near, ink.dark)
    for index in range(8):
        band = sheet.stencil()
        y = 430 + index * 60
        line = [
            (x, y + math.sin(x / (52 + index * 9) + index * 1.7) * (8 + index * 2.2))
            for x in range(0, 606, 6)
        ]
        band.polygon([*line, (600, 900), (0, 900)])
        sheet.shade(sheet.ink(band, tones[index // 2]), ink.dark, y, y + 200, 80)
    lettering(sheet, "A NARROW\nSEA", 74, 66, ink.dark, 0.1)
    lettering(sheet, "The Gulf before oil, and after", 246, 23, ink.near, 0.01)
    lettering(sheet, "MIRIAM VANDERSAAL", 838, 22, ink.light, 0.2)


def dust_and_wine(sheet: Sheet) -> None:
    ink = sheet.palette
    sheet.wash(ink.low, ink.light)
    left = curve((300, 300), (128, 300), (128, 560), 20)
    arch = sheet.stencil()
    arch.polygon([(128, 790), *left[::-1], *[(600 - x, y) for x, y in left], (472, 790)])
    sheet.shade(sheet.ink(arch, ink.near), ink.dark, 300, 900, 150)
    cup, stem = sheet.stencil(), sheet.stencil()
    bowl = [*curve((218, 490), (222, 610), (286, 622), 14), (290, 690), (248, 712), (248, 722)]
    cup.polygon(bowl + [(600 - x, y) for x, y in bowl[::-1]])
    sheet.stipple(sheet.ink(cup, ink.far), ink.accent, sheet.ramp(260, 400, 0, 200))
    stem.disc(300, 490, 82, 15)
    sheet.ink(stem, ink.accent)
    vine = sheet.stencil()
    for side in (-1, 1):
        for index in range(7):
            y = 740 - index * 62
            x = 300 + side * (136 - index * 6)
            vine.disc(x, y, 15, 7)
            vine.disc(x + side * 8, y - 24, 6, 12)
    sheet.ink(vine, ink.middle)
    rule = sheet.stencil()
    for inset in (26, 34):
        rule.line(
            [
                (inset, inset),
                (600 - inset, inset),
                (600 - inset, 900 - inset),
                (inset, 900 - inset),
                (inset, inset),
            ],
            2,
        )
    sheet.ink(rule, ink.near)
    lettering(sheet, "DUST & WINE", 92, 56, ink.dark, 0.09)
    lettering(sheet, "Quatrains ascribed to Omar Khayyam", 176, 23, ink.near, 0.01)
    lettering(sheet, "translated by", 212, 19, ink.near, 0.02)
    lettering(sheet, "MIRIAM VANDERSAAL", 822, 21, ink.dark, 0.2)
