"""The newsletter's figures drawn by the server as SVG: without script or inline style, each beside its table."""

from dataclasses import dataclass

from posts.admin.charts import (
    FLOOR,
    HEIGHT,
    LEFT,
    TOP,
    WHOLE,
    WIDTH,
    Line,
    ceiling,
    feet,
    places,
    said,
    short,
    sides_of,
)

ROW = 1000  # the width of a bar in a table


@dataclass(frozen=True)
class Drawn:
    """A rectangle, what it stands for, and of which sort it is."""

    x: float
    y: float
    width: float
    height: float
    label: str
    sort: str


@dataclass(frozen=True)
class Chart:
    name: str
    title: str
    summary: str
    bars: list
    sides: list
    feet: list
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    foot: int = FLOOR


def active(growth):
    """How many were active at the end of each span, from nought upwards."""
    known = [span for span in growth.spans if span.active is not None]
    most = ceiling(max((span.active for span in known), default=0) or 1)
    scale = (FLOOR - TOP) / most
    bars = [
        Drawn(
            x,
            round(FLOOR - span.active * scale, 2),
            width,
            round(span.active * scale, 2),
            f"{said(span.start, WHOLE[growth.unit])}: {span.active:,}{' (reckoned)' if span.is_reckoned else ''}",
            "reckoned" if span.is_reckoned else "counted",
        )
        for span, (x, width) in zip(growth.spans, places(growth.spans), strict=True)
        if span.active is not None
    ]
    sides = [
        Line(round(FLOOR - part * most * scale, 2), short(round(part * most))) for part in sides_of(most)
    ]
    summary = "Nothing is known of this time."
    if known:
        summary = (
            f"From {known[0].active:,} to {known[-1].active:,}, {known[-1].active - known[0].active:+,}."
        )
    return Chart("active", "Active subscribers", summary, bars, sides, feet(growth.spans, growth.unit))


def came_and_went(growth):
    """Who came above the line, who went below it, by one scale."""
    up = ceiling(max((span.came for span in growth.spans), default=0) or 1)
    down = ceiling(max((span.went for span in growth.spans), default=0) or 1)
    scale = (FLOOR - TOP) / (up + down)
    line = TOP + up * scale
    bars = []
    for span, (x, width) in zip(growth.spans, places(growth.spans), strict=True):
        when = said(span.start, WHOLE[growth.unit])
        above, below = round(span.came * scale, 2), round(span.went * scale, 2)
        if span.came:
            bars.append(Drawn(x, round(line - above, 2), width, above, f"{when}: {span.came:,} came", "came"))
        if span.went:
            bars.append(Drawn(x, round(line, 2), width, below, f"{when}: {span.went:,} went", "went"))
    sides = [Line(TOP, f"+{short(up)}"), Line(round(line, 2), "0"), Line(FLOOR, f"−{short(down)}")]
    if min(up, down) * scale < 14:  # a label would stand on the line's
        sides.pop(0 if up < down else 2)
    summary = f"{growth.came:,} came and {growth.went:,} went: {growth.came - growth.went:+,} in all."
    return Chart("moves", "Who came and went", summary, bars, sides, feet(growth.spans, growth.unit))


def parts(numbers):
    """One bar in pieces, for a row of a table: [(sort, left edge, width)] of a thousand."""
    total, at, found = sum(numbers.values()), 0.0, []
    for sort, number in numbers.items():
        if number:
            width = ROW * number / total
            found.append((sort, round(at, 2), round(width, 2)))
            at += width
    return found


def lengths(rows):
    """[(label, number, width of its bar)], the longest as wide as the table allows."""
    most = max((number for _, number in rows), default=0)
    return [(label, number, round(ROW * number / most, 2) if most else 0) for label, number in rows]
