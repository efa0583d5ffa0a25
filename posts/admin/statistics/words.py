"""Periods, comparisons and shares as sentences."""

from django.utils import timezone

from posts.reads import periods

SPOKEN = {"day": "day", "week": "week", "month": "month", "year": "year"}
FEW = 10  # reads; of fewer a percentage would say too much
MANY_TIMES = 3  # from there on a percentage would say too little


def day(date):
    return f"{date.day} {date:%B %Y}"


def heading(period):
    """A period by its dates."""
    if period.unit == "day":
        name = {0: "Today, ", 1: "Yesterday, "}.get((periods.today() - period.first).days, "")
        return f"{name}{period.first:%A}, {day(period.first)}"
    if period.unit != "week":
        return f"{period.first:%B %Y}" if period.unit == "month" else str(period.first.year)
    first, last = period.first, period.last
    if first.year != last.year:
        return f"{day(first)} – {day(last)}"
    return (
        f"{first.day} {first:%B} – {day(last)}" if first.month != last.month else f"{first.day}–{day(last)}"
    )


def counted(number, noun="read"):
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def own_name(period):
    """What the bars of the period are called beside those of the one before."""
    if not period.is_running:
        return heading(period)
    return "Today" if period.unit == "day" else f"This {period.unit}"


def before_name(period):
    """“yesterday”, “the week before”."""
    if period.unit == "day" and period.is_running:
        return "yesterday"
    return f"the {period.unit} before"


def moment(at, period):
    """The moment up to which is compared, as short as the period allows."""
    local = timezone.localtime(at)
    hour = f"{local:%H:%M}"
    if period.unit == "day":
        return hour
    if local.hour == 0:
        ended = period.first if local.date() <= period.first else local.date() - timezone.timedelta(days=1)
        return f"the end of {ended:%A}" if period.unit == "week" else f"the end of {ended.day} {ended:%B}"
    return f"{local:%A}, {hour}" if period.unit == "week" else f"{local.day} {local:%B}, {hour}"


def compared(overview):
    """How the reads stand beside those of the period before, with both numbers, so that anybody can check."""
    period, found = overview.period, overview.comparison
    if not overview.first or overview.first >= period.first:
        return "Nothing was counted before, so there is nothing yet to compare it with."
    if found is None:
        return "It has only just begun; it is compared once an hour is over."
    name = before_name(period)
    if found.until is None:
        return (
            f"{difference(found)} {name}, which had {found.before:,}."
            if found.before
            else f"There were none {name}."
        )
    until = moment(found.until, period)
    if not found.before:
        return f"Up to {until} there were {found.now:,}; {name} there were none by then."
    return f"{difference(found)} {name} up to {until}: {found.now:,} against {found.before:,}."


def difference(change):
    """“12 % more than”; of few reads, how many."""
    gap = abs(change.now - change.before)
    if not gap:
        return "As many as"
    word = "more" if change.now > change.before else "fewer"
    if min(change.now, change.before) < FEW:
        return f"{gap:,} {word} than"
    if change.now >= MANY_TIMES * change.before:
        return f"{times(change)} times as many as"
    percent = abs(change.percent)
    return f"{percent:,}\u00a0% {word} than" if percent else "About as many as"


def times(change):
    factor = change.now / change.before
    return f"{factor:.1f}".removesuffix(".0") if factor < FEW else f"{factor:,.0f}"


def short(change):
    """A change in a table: “+12 %”, “× 4”, of few reads “+3”, “new” where there were none; "" where nothing is known."""
    if change is None or not (change.now or change.before):
        return ""
    if not change.before:
        return "new"
    gap = change.now - change.before
    if not gap:
        return "±0"
    sign = "+" if gap > 0 else "−"
    if change.before < FEW:
        return f"{sign}{abs(gap):,}"
    if change.now >= MANY_TIMES * change.before:
        return f"×\u00a0{times(change)}"
    return f"{sign}{abs(change.percent):,}\u00a0%" if change.percent else "±0"


def changes_note(period):
    """What the changes in the tables are measured by."""
    name = before_name(period)
    if not period.is_running:
        return f"Change: against {name}."
    if period.unit == "day":
        return f"Change: against {name} up to the last full hour."
    if periods.today() == period.first:
        return ""
    return f"Change: up to the end of yesterday, against {name} up to the same day."


def share(percent):
    """A share of all, in whole percent; what is something is not nothing."""
    if not percent:
        return "0\u00a0%"
    return "< 1\u00a0%" if percent < 1 else f"{percent:.0f}\u00a0%"
