"""What stood in the files before what it belongs to: pages before their parents, uploads before their posts."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.fields import TextField
from django.db.models.functions import Cast

from wordpress.models import Imported, MoveLater
from wordpress.reading.records import Item
from wordpress.taking.texts import Texts
from wordpress.taking.writing import lead_to_parents

BATCH = 500
PAGES = 50


def take_later(importer):
    _lead_uploads(importer)
    while _take_pages(importer):
        pass


def _lead_uploads(importer):
    waiting = importer.keeper.move.waiting.filter(kind=MoveLater.Kind.LINK)
    while rows := list(waiting.order_by("id")[:BATCH]):
        with transaction.atomic():
            for source in {row.source for row in rows}:
                run = importer.runs[source]
                lead_to_parents(run, [(row.path, row.parent) for row in rows if row.source == source])
                run.redirects.write()
            waiting.filter(pk__in=[row.pk for row in rows]).delete()
            importer.keeper.keep(importer.runs)
        importer.keeper.breathe()


def _take_pages(importer):
    """Those whose parents are in by now; when there are none, those whose parents never came; else the first of a circle."""
    waiting = importer.keeper.move.waiting.filter(kind=MoveLater.Kind.PAGE).order_by("file", "number")
    parents = Imported.objects.filter(
        source=OuterRef("source"), kind="page", key=Cast(OuterRef("parent"), TextField()), page__isnull=False
    )
    rows = list(waiting.filter(Exists(parents))[:BATCH])
    is_parent_known = bool(rows)
    if not rows:
        above = waiting.filter(source=OuterRef("source"), own=OuterRef("parent")).order_by()
        rows = list(waiting.exclude(Exists(above))[:BATCH]) or list(waiting[:1])
    for file in sorted({row.file for row in rows}):
        _take_from(importer, file, [row for row in rows if row.file == file], is_parent_known)
    return bool(rows)


def _take_from(importer, file, rows, is_parent_known):
    """Reads the file again, from the first of these pages to the last."""
    wanted, batch = {row.number: row for row in rows}, []
    first = rows[0]
    at = (first.number - 1, first.number - 1 if first.place else 0, first.place)
    for number, run, record in importer.records(file, at):
        if isinstance(record, Item) and number in wanted:
            batch.append((run, number, record, wanted.pop(number)))
        if batch and (len(batch) == PAGES or not wanted):
            _write(importer, file, batch, is_parent_known)
            batch = []
        if not wanted:
            return
    importer.keeper.move.waiting.filter(pk__in=[row.pk for row in wanted.values()]).delete()


def _write(importer, file, batch, is_parent_known):
    with transaction.atomic():
        for run, number, item, _row in batch:
            if not is_parent_known:
                importer.report.odd(f"its parent {item.parent} is not in the export", item, run.file)
            Texts(importer, run, file).write([(number, item)], may_wait=False)
        importer.keeper.move.waiting.filter(pk__in=[row.pk for *_, row in batch]).delete()
        importer.keeper.keep(importer.runs)
    importer.keeper.breathe()
