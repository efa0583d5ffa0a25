"""Bars drawn by the server as SVG: without script, without inline style, with the same numbers as a table."""

import re
from dataclasses import dataclass

from django.utils import timezone

WIDTH, HEIGHT = 720, 220
LEFT, BOTTOM, TOP = 64, 34, 14
GAP = 0.25  # of a bar's room
LABELS = 6
STEPS = (1, 2, 3, 4, 5, 6, 8)
LEADING = re.compile(r"\b0(?=\d [A-Z])")  # of a day before its month
FORMS = {"hour": "%a %H:%M", "day": "%d %b", "week": "%d %b %Y", "month": "%b %Y", "year": "%Y"}
WHOLE = {
    "hour": "%A, %d %B, %H:%M",
    "day": "%A, %d %B %Y",
    "week": "Week of %d %B %Y",
    "month": "%B %Y",
    "year": "%Y",
}


@dataclass(frozen=True)
class Drawn:
    """What a bar is in the picture: a rectangle, what it stands for, and its number."""

    x: float
    y: float
    width: float
    height: float
    label: str
    reads: int


@dataclass(frozen=True)
class Line:
    """A number at the side, or a label at the foot, where it stands."""

    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    name: str
    title: str
    summary: str
    bars: list
    sides: list
    feet: list
    unit: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    foot: int = HEIGHT - BOTTOM


def drawn(name, title, series):
    """A series as a picture; numbers have a point, whatever the language, since they are coordinates."""
    most = ceiling(series.most)
    floor = HEIGHT - BOTTOM
    room = (WIDTH - LEFT) / max(1, len(series.bars))
    scale = (floor - TOP) / most
    bars = [
        Drawn(
            x=round(LEFT + place * room + room * GAP / 2, 2),
            y=round(floor - bar.reads * scale, 2),
            width=round(room * (1 - GAP), 2),
            height=round(bar.reads * scale, 2),
            label=said(bar.start, WHOLE[series.unit]),
            reads=bar.reads,
        )
        for place, bar in enumerate(series.bars)
    ]
    sides = [
        Line(round(floor - share * most * scale, 2), short(round(share * most))) for share in sides_of(most)
    ]
    step = max(1, -(-len(series.bars) // LABELS))
    feet = [
        Line(round(LEFT + (place + 0.5) * room, 2), said(bar.start, FORMS[series.unit]))
        for place, bar in enumerate(series.bars)
        if place % step == 0 and LEFT + (place + 0.5) * room < WIDTH - 24
    ]
    return Chart(name, title, summary(series), bars, sides, feet, series.unit)


def sides_of(most):
    return (0, 0.5, 1) if most % 2 == 0 else (0, 1)


def short(number):
    """A number that fits beside the picture: 2,500, 25k, 1.5M."""
    if number < 10_000:
        return f"{number:,}"
    return f"{number / 1e3:g}k" if number < 1_000_000 else f"{number / 1e6:g}M"


def ceiling(most):
    """The next round number above."""
    size = 1
    while True:
        for step in STEPS:
            if size * step >= most:
                return size * step
        size *= 10


def said(start, form):
    local = timezone.localtime(start) if hasattr(start, "tzinfo") else start
    return LEADING.sub("", f"{local:{form}}")


def summary(series):
    """The picture in a sentence, for those who do not see it."""
    best = max(series.bars, key=lambda bar: bar.reads)
    if not best.reads:
        return "No reads in this time."
    return f"{series.total:,} reads in all; the most, {best.reads:,}, {said(best.start, WHOLE[series.unit])}."
