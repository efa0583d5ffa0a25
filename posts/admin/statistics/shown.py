"""What stands on a screen of statistics: figure, picture and tables of a scope's period."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from posts.admin import graphs
from posts.admin.statistics import tables, words
from posts.models import ReferringHost
from posts.reads import overviews, periods

TABS = {"day": "Today", "week": "Week", "month": "Month", "year": "Year"}
KINDS = {ReferringHost: "referring site"}
TITLES = {"hour": "Hour by hour", "day": "Day by day", "month": "Month by month"}
BEST = {"hour": "in the hour from %H:%M", "day": "on %A, %-d %B", "month": "in %B"}
NOT_KEPT = "Hours are kept for 60 days, so of a day this old only its reads are known."
ONE_DAY = "Of what a site has sent, whole days are kept and not hours."


@dataclass(frozen=True)
class Tab:
    label: str
    query: str
    is_here: bool


def tabs(period=None):
    """The four periods; where one is open, the others show the time it is in."""
    return [
        Tab(
            "Day" if unit == "day" and period and not period.is_running else label,
            (period.as_unit(unit) if period else periods.this(unit)).query,
            bool(period) and period.unit == unit,
        )
        for unit, label in TABS.items()
    ]


def of_period(scope, period, *, opens):
    """The context of a screen, for the template of all of them."""
    found = overviews.overview(scope, period)
    graph = graph_of(found)
    shown = tables.of_scope(scope, period, found.total, opens=opens) if found.total else []
    if found.total and found.sources:
        shown = [tables.of_sources(found.sources), *shown]
    is_first = not found.before
    return {
        "period": period,
        "heading": words.heading(period),
        "total": found.total,
        "noun": noun_of(found),
        "compared": words.compared(found) if found.first else "",
        "graph": graph,
        "no_graph": "" if graph or not found.total else ONE_DAY if scope.kind == "host" else NOT_KEPT,
        "tables": [tables.without_changes(table) for table in shown] if is_first else shown,
        "note": "" if is_first else words.changes_note(period),
        "earlier": found.before,
        "later": found.after,
        "has_any": bool(found.first),
        "oldest": found.first,
        "query": period.query,
    }


def noun_of(found):
    noun = "read" if found.total == 1 else "reads"
    return f"{noun} so far" if found.period.is_running else noun


def graph_of(found):
    if not found.series or not (found.total or found.series_before):
        return None
    before = words.before_name(found.period)
    return graphs.drawn(
        "period",
        TITLES[found.series.unit],
        found.series,
        before=found.series_before,
        names=(words.own_name(found.period), capital(before) if found.series_before else ""),
        is_running=found.period.is_running,
        said_of=f"{capital(graphs.most_of(found.series, BEST[found.series.unit]))}."
        if found.total
        else "No reads in this time.",
    )


def capital(text):
    return text[:1].upper() + text[1:]


def context(site, request, thing=None, **more):
    """What the frame of every screen takes."""
    return site.each_context(request) | {
        "title": f"Statistics of {thing}" if thing else "Statistics",
        "subtitle": None,
        "thing": thing,
        "kind": KINDS.get(type(thing)) or (thing._meta.verbose_name if thing else ""),
        "zone": timezone.get_default_timezone_name().replace("_", " "),
        "base": request.path,
        "on_site": on_site(thing),
        "edit": "",
        "whole_life": "",
        "is_whole_life": False,
        "live": None,
        "now_url": reverse("admin:posts_statistics_now"),
        **more,
    }


def on_site(thing):
    """Where readers find it, if they do."""
    if not hasattr(thing, "get_absolute_url") or not getattr(thing, "is_public", True):
        return ""
    return thing.get_absolute_url()
