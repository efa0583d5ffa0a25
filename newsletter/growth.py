"""The kept figures, put together for a span of time: growth, churn and sources. Nothing here counts subscribers."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from newsletter import moves
from newsletter.models import DailyFigure, Mailing, Subscriber
from posts.reads.periods import MOST_BARS, spans, start_of

Of = DailyFigure.Of
MAILINGS = 20
LENGTHS = {"30": "30 days", "90": "90 days", "365": "A year", "all": "All time"}
UNITS = ("day", "week", "month", "year")
MOVED = """
SELECT date_trunc(%(unit)s, "on")::date, name, sum(number) FROM newsletter_dailyfigure
WHERE "of" = 'move' AND "on" >= %(first)s GROUP BY 1, 2
"""
ACTIVE = """
SELECT DISTINCT ON (date_trunc(%(unit)s, "on")) date_trunc(%(unit)s, "on")::date, number, is_reckoned
FROM newsletter_dailyfigure WHERE "of" = 'state' AND name = 'active' AND "on" >= %(first)s
ORDER BY date_trunc(%(unit)s, "on"), "on" DESC
"""


@dataclass
class Span:
    """A day, week, month or year: who moved in it, and how many were active at its end (None: not known)."""

    start: date
    moves: dict = field(default_factory=dict)
    active: int | None = None
    is_reckoned: bool = False
    before: int | None = None

    @property
    def came(self):
        return sum(self.moves.get(what, 0) for what in moves.CAME)

    @property
    def went(self):
        return sum(self.moves.get(what, 0) for what in moves.WENT)

    @property
    def churn(self):
        """Who went, of a hundred who were there at the beginning."""
        return 100 * self.went / self.before if self.before else None


@dataclass(frozen=True)
class Growth:
    unit: str
    spans: list

    @property
    def came(self):
        return sum(span.came for span in self.spans)

    @property
    def went(self):
        return sum(span.went for span in self.spans)

    @property
    def churn(self):
        before = next((span.before for span in self.spans if span.before), None)
        return 100 * self.went / before if before else None


def first_of(length):
    """The first day of a length of time, or of the figures; None when there are none yet."""
    oldest = DailyFigure.objects.order_by("on").values_list("on", flat=True).first()
    if oldest is None or length == "all":
        return oldest
    return max(oldest, timezone.localdate() - timedelta(days=int(length)))


def over(length):
    """The spans of a length of time in order, of the smallest unit that can still be told apart; three queries."""
    first, last = first_of(length), timezone.localdate() - timedelta(days=1)
    if first is None:
        return None
    unit = next(unit for unit in UNITS if len(spans(first, last, unit)) <= MOST_BARS or unit == "year")
    found = {start: Span(start) for start in spans(first, last, unit)}
    values = {"unit": unit, "first": start_of(first, unit) if length != "all" else first}
    with connection.cursor() as cursor:
        cursor.execute(MOVED, values)
        for start, name, number in cursor.fetchall():
            found[start].moves[name] = int(number)
        cursor.execute(ACTIVE, values)
        for start, number, is_reckoned in cursor.fetchall():
            found[start].active, found[start].is_reckoned = number, is_reckoned
    return Growth(unit, with_what_was_before(list(found.values())))


def with_what_was_before(ordered):
    """How many were active when a span began: at the end of the one before, or reckoned from its own end."""
    before = None
    for span in ordered:
        if before is None and span.active is not None:
            before = max(0, span.active - span.came + span.went)
        span.before, before = before, span.active
    return ordered


def came_from(length):
    """[(source as said, how many came from it)] within a length of time."""
    first = first_of(length)
    if first is None:
        return []
    rows = DailyFigure.objects.filter(of=Of.CAME_FROM, on__gte=first).values_list("name")
    labels = dict(Subscriber.Source.choices) | {"erased": "Erased since"}
    found = rows.annotate(total=Sum("number")).order_by("-total", "name")
    return [(labels.get(name, name), total) for name, total in found]


def at_last():
    """The newest counted day and its numbers: {kind: {name: number}}."""
    day = DailyFigure.objects.filter(of=Of.FREQUENCY).order_by("-on").values_list("on", flat=True).first()
    numbers = {}
    for of, name, number in DailyFigure.objects.filter(on=day).values_list("of", "name", "number"):
        numbers.setdefault(of, {})[name] = number
    return day, numbers


def mailings():
    """The newest mailings that have begun, each with its figures when they have been counted."""
    begun = Mailing.objects.exclude(started_at=None).select_related("figures").defer("intro", "body")
    return [
        (mailing, getattr(mailing, "figures", None)) for mailing in begun.order_by("-started_at")[:MAILINGS]
    ]
