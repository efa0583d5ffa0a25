"""The reports of an import, read again from its rows."""

from wordpress.models import Move, MoveLine
from wordpress.taking.report import MOST_TOLD, Report

APART = (MoveLine.Kind.MISSING, MoveLine.Kind.UNDECLARED)


def report_of(move: Move, *, is_foretold=False) -> Report:
    """The figures, and the first lines of each list; `lines_of` has them all."""
    told = move.foretold if is_foretold else move.report
    lines = [
        line for kinds in ((), *((kind,) for kind in APART)) for line in _first(move, is_foretold, kinds)
    ]
    return Report.from_json({"is_dry_run": is_foretold} | told, lines=lines)


def _first(move, is_foretold, kinds):
    return lines_of(move, *kinds, is_foretold=is_foretold)[:MOST_TOLD]


def lines_of(move, *kinds, is_foretold=False):
    """All lines of some kinds, as rows in their order; without a kind, whatever has a place in a file."""
    lines = MoveLine.objects.filter(move=move, is_foretold=is_foretold).order_by("id")
    return lines.filter(kind__in=kinds) if kinds else lines.exclude(kind__in=APART)
