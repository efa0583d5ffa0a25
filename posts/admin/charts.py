"""What pictures of numbers share: round numbers above, places of bars, names of times. See graphs.py for those of reads."""

import re
from dataclasses import dataclass

from django.utils import timezone

WIDTH, HEIGHT = 720, 220
LEFT, BOTTOM, TOP = 64, 34, 14
FLOOR = HEIGHT - BOTTOM
GAP = 0.25  # of a bar's room
LABELS = 6
STEPS = (1, 2, 3, 4, 5, 6, 8)
LEADING = re.compile(r"\b0(?=\d [A-Z])")  # of a day before its month
FORMS = {
    "minute": "%H:%M",
    "hour": "%a %H:%M",
    "day": "%d %b",
    "week": "%d %b %Y",
    "month": "%b %Y",
    "year": "%Y",
}
WHOLE = {
    "minute": "%H:%M",
    "hour": "%A, %d %B, %H:%M",
    "day": "%A, %d %B %Y",
    "week": "Week of %d %B %Y",
    "month": "%B %Y",
    "year": "%Y",
}


@dataclass(frozen=True)
class Line:
    """A number at the side, or a label at the foot, where it stands."""

    at: float
    text: str


def places(bars):
    """(left edge, width) of each bar."""
    room = (WIDTH - LEFT) / max(1, len(bars))
    return [
        (round(LEFT + n * room + room * GAP / 2, 2), round(room * (1 - GAP), 2)) for n in range(len(bars))
    ]


def feet(bars, unit):
    """The days or hours under some of the bars, each by its `start`."""
    room = (WIDTH - LEFT) / max(1, len(bars))
    step = max(1, -(-len(bars) // LABELS))
    middles = [LEFT + (n + 0.5) * room for n in range(len(bars))]
    return [
        Line(round(middle, 2), said(bar.start, FORMS[unit]))
        for n, (bar, middle) in enumerate(zip(bars, middles, strict=True))
        if n % step == 0 and middle < WIDTH - 24
    ]


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
