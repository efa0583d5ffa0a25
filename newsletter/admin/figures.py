"""The newsletter's figures: how it grows, where readers come from, what became of each mailing."""

from itertools import groupby

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from informed_comment import audit, spreadsheets
from newsletter import growth, moves
from newsletter.admin import charts
from newsletter.admin.read_only import ReadOnly
from newsletter.models import DailyFigure, Subscriber

Of = DailyFigure.Of
OUTCOMES = ("sent", "pending", "skipped", "failed", "unknown")
COLUMNS = [
    *((Of.STATE, name) for name in Subscriber.State.values),
    *((Of.FREQUENCY, name) for name in Subscriber.Frequency.values),
    *((Of.SOURCE, name) for name in Subscriber.Source.values),
    *((Of.MOVE, name) for name in (*moves.CAME, *moves.WENT)),
    *((Of.CAME_FROM, name) for name in (*Subscriber.Source.values, "erased")),
    *((Of.MAIL, name) for name in ("mailings", "sent", "failed", "skipped", "unknown")),
]


@admin.register(DailyFigure)
class DailyFigureAdmin(ReadOnly, admin.ModelAdmin):
    """One screen in place of a list; it reads what the worker has counted."""

    def get_urls(self):
        view = self.admin_site.admin_view(require_safe(self.as_csv))
        return [path("csv/", view, name="newsletter_dailyfigure_csv"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        length = request.GET.get("length")
        length = length if length in growth.LENGTHS else "90"
        found = growth.over(length)
        day, numbers = growth.at_last()
        context = self.admin_site.each_context(request) | {
            "title": "Figures",
            "opts": self.opts,
            "length": length,
            "lengths": growth.LENGTHS.items(),
            "growth": found,
            "charts": [charts.active(found), charts.came_and_went(found)] if found else [],
            "rows": [
                (charts.said(span.start, charts.WHOLE[found.unit]), span) for span in reversed(found.spans)
            ]
            if found
            else [],
            "sources": charts.lengths(growth.came_from(length)),
            "day": day,
            "active": numbers.get(Of.STATE, {}).get("active"),
            "now": [
                ("By frequency", labelled(numbers, Of.FREQUENCY, Subscriber.Frequency)),
                ("By source", labelled(numbers, Of.SOURCE, Subscriber.Source)),
                ("By state", labelled(numbers, Of.STATE, Subscriber.State)),
            ],
            "mailings": [row_of(*one) for one in growth.mailings()],
            "zone": timezone.get_current_timezone_name().replace("_", " "),
        }
        return TemplateResponse(request, "admin/newsletter/dailyfigure/change_list.html", context)

    def as_csv(self, request):
        """Every day a line, as it is streamed from the database; an empty cell: not known."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        audit.record("figures_exported", "Figures of the newsletter were taken out as CSV.", request=request)
        return spreadsheets.download(lines(), name="newsletter-figures.csv")


def labelled(numbers, of, choices):
    found = numbers.get(of, {})
    return charts.lengths([(label, found[name]) for name, label in choices.choices if name in found])


def row_of(mailing, figures):
    """A mailing as its line of the table shows it."""
    outcomes = {name: getattr(figures, name) for name in OUTCOMES} if figures else {}
    share = 100 * figures.left / figures.sent if figures and figures.sent else None
    return {
        "mailing": mailing,
        "url": reverse("admin:newsletter_mailing_change", args=[mailing.pk]),
        "figures": figures,
        "parts": charts.parts(outcomes),
        "left_share": share,
    }


def lines():
    yield ["day", *(f"{of}: {name}" for of, name in COLUMNS), "active is reckoned"]
    rows = DailyFigure.objects.order_by("on").values_list("on", "of", "name", "number", "is_reckoned")
    for day, found in groupby(rows.iterator(), key=lambda row: row[0]):
        cells, is_reckoned = {}, False
        for _, of, name, number, reckoned in found:
            cells[of, name] = number
            is_reckoned = is_reckoned or reckoned
        yield [day, *(cells.get(column, "") for column in COLUMNS), "yes" if is_reckoned else ""]
