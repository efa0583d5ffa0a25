"""Reads as bars, those of the time before behind them: drawn by the server as SVG, without script or inline style.

The picture holds nothing but bars and stretches with the page. What is written beside and beneath it is text of the
page, so it is as large on a phone as on a desk. The same numbers stand in a table.
"""

import math
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from posts.admin.charts import WHOLE, ceiling, said, short

WIDTH, HEIGHT = 1000, 200
NOW, ALONE, BEHIND = 0.56, 0.76, 0.92  # of a bar's room
NARROW, WIDE = 290, 860  # pixels there are for the labels beneath, on a phone and on a desk
LETTER, BETWEEN = 6.6, 18  # pixels
A_DAY = 25  # hours, where the clocks go back
WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
ROUND = {"minute": (1, 2, 5, 10, 15), "hour": (1, 2, 3, 4, 6, 12, 24), "month": (1, 2, 3, 6, 12)}
SPANS = {"minute": "Minute", "hour": "Hour", "day": "Day", "week": "Week", "month": "Month", "year": "Year"}


@dataclass(frozen=True)
class Rectangle:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Slot:
    """The room of one bar. `foot` is what is written under it; on a phone too if `is_always`."""

    x: float
    width: float
    label: str
    reads: int | None  # None for a time still to come
    before: int | None
    bar: Rectangle | None
    behind: Rectangle | None
    is_running: bool
    foot: str = ""
    is_always: bool = False


@dataclass(frozen=True)
class Graph:
    """`names` are what the bars stand for: now and, if it is drawn, before."""

    name: str
    title: str
    summary: str
    slots: list
    sides: list
    unit: str
    names: tuple
    width: int = WIDTH
    height: int = HEIGHT
    middle: int = HEIGHT // 2

    @property
    def span(self):
        return SPANS[self.unit]


def drawn(name, title, series, *, before=None, names=("Reads", ""), is_running=False, said_of=None):
    """A Graph of a series, in front of that of the time before, which may be longer or shorter."""
    earlier = before.bars if before else []
    room = max(len(series.bars), series.room or 0, len(earlier))
    most = ceiling(max(series.most, before.most if before else 0) or 1)
    most += most % 2  # half of it is written at the side
    labels = labels_of(series, earlier, room)
    feet = dict(feet_of(labels, series.unit))
    slots = []
    for n in range(room):
        bar = series.bars[n] if n < len(series.bars) else None
        behind = earlier[n] if n < len(earlier) else None
        foot, is_always = feet.get(n, ("", False))
        slots.append(
            Slot(
                x=round(n * WIDTH / room, 2),
                width=round(WIDTH / room, 2),
                label=label_of(bar, behind, series.unit, labels[n] if n < (series.room or 0) else ""),
                reads=bar.reads if bar else None,
                before=behind.reads if behind else None,
                bar=rectangle(n, room, bar, most, NOW if before else ALONE),
                behind=rectangle(n, room, behind, most, BEHIND),
                is_running=is_running and bar is series.bars[-1],
                foot=foot,
                is_always=is_always,
            )
        )
    sides = [short(most), short(most // 2), "0"]
    return Graph(name, title, said_of or summary(series), slots, sides, series.unit, names)


def rectangle(n, room, bar, most, share):
    if not bar or not bar.reads:
        return None
    width, height = WIDTH / room, HEIGHT * bar.reads / most
    left = n * width + width * (1 - share) / 2
    return Rectangle(round(left, 2), round(HEIGHT - height, 2), round(width * share, 2), round(height, 2))


def label_of(bar, behind, unit, to_come):
    """What a bar stands for, in full; a time still to come, or one there was only before, has none of its own."""
    if bar is None and to_come:
        return f"{to_come}, still to come"
    return said((bar or behind).start, WHOLE[unit])


def labels_of(series, earlier, room):
    """What may be written under each slot, one for each; times still to come go on from the last bar."""
    bars, unit = series.bars, series.unit
    if unit in ("minute", "hour"):
        return names_of_hours([*bars, *earlier[len(bars) :]], unit, room)
    if unit == "day" and room == len(WEEKDAYS):
        return WEEKDAYS
    if unit == "month" and series.room == len(MONTHS):
        return MONTHS
    if unit == "day":
        own = [f"{bar.start.day} {bar.start:%b}" for bar in bars]
        month = f"{bars[0].start:%b}" if bars else ""
        to_come = [f"{n + 1} {month}" for n in range(len(own), series.room or 0)]
        return (own + to_come + [""] * room)[:room]
    form = {"week": "%-d %b %Y", "month": "%b %Y", "year": "%Y"}[unit]
    return [f"{bar.start:{form}}" for bar in bars]


def names_of_hours(bars, unit, room):
    starts = [timezone.localtime(bar.start) for bar in bars]
    while starts and len(starts) < room:
        starts.append(starts[-1] + timedelta(hours=1))
    is_one_day = unit == "minute" or room <= A_DAY
    return [f"{at:%H:%M}" if is_one_day else f"{at:%a %H:%M}" for at in starts]


def feet_of(labels, unit):
    """(number of the slot, (label, whether on a phone too)): as many as have room beside one another."""
    if not labels:
        return
    longest = LETTER * max(map(len, labels)) + BETWEEN
    wide = step(len(labels), WIDE / longest, unit)
    narrow = step(len(labels), NARROW / longest, unit, among=wide)
    for n in range(0, len(labels), wide):
        half = LETTER * len(labels[n]) / 2
        middle = (n + 0.5) / len(labels)
        if WIDE * (1 - middle) >= half:
            yield n, (labels[n], n % narrow == 0 and NARROW * (1 - middle) >= half)


def step(count, fitting, unit, among=1):
    """How many slots from one label to the next, so that no more stand there than fit: a multiple of `among`."""
    least = count / max(1, int(fitting))
    for size in ROUND.get(unit, ()):
        if size >= least and size % among == 0:
            return size
    return among * max(1, math.ceil(least / among))


def summary(series):
    """The picture in a sentence, for those who do not see it."""
    if not series.total:
        return "No reads in this time."
    return f"{series.total:,} read{'' if series.total == 1 else 's'} in all; {most_of(series)}."


def most_of(series, form=""):
    best = max(series.bars, key=lambda bar: bar.reads)
    start = timezone.localtime(best.start) if series.unit in ("minute", "hour") else best.start
    return f"the most, {best.reads:,}, {f'{start:{form}}' if form else said(best.start, WHOLE[series.unit])}"
