"""The long lists of a report: every line, page by page, or all of them as CSV."""

from django.http import Http404
from django.utils import timezone

from informed_comment import keyset, spreadsheets
from wordpress.admin.telling import LISTS
from wordpress.models import MoveLine

SHOWN = 100
ROWS = 500
COLUMNS = ("file", "line", "column", "times", "what")


def rows_of(move, which, kind):
    if which not in ("foretold", "report") or kind not in LISTS:
        raise Http404
    return MoveLine.objects.filter(move=move, is_foretold=which == "foretold", kind=kind)


def page(modeladmin, request, move, which, kind):
    rows = rows_of(move, which, kind)
    found = keyset.page(rows, ["id"], request.GET.get("p", ""), SHOWN)
    label, cure = LISTS[kind]
    return modeladmin.page(
        request,
        "lines",
        title=label,
        move=move,
        which=which,
        kind=kind,
        cure=cure,
        count=keyset.count(rows),
        lines=rows.filter(pk__in=[pk for (pk,) in found.rows]).order_by("pk"),
        before=found.previous,
        after=found.next,
    )


def as_csv(move, which, kind):
    rows = rows_of(move, which, kind).order_by("pk")
    return csv_of(cells_of(rows), f"import-{move.pk}-{kind}")


def csv_of(rows, name):
    """Rows of cells as a file for the browser to keep, sent as it is made."""
    return spreadsheets.download(rows, name=f"{name}-{timezone.localtime():%Y-%m-%d}.csv")


def cells_of(rows):
    yield COLUMNS
    for line in rows.iterator(chunk_size=ROWS):
        yield [line.file, line.line or "", line.column or "", line.count, line.message]
