"""What came in before."""

from wordpress.models import Imported


def known_rows_of(run, kinds, keys):
    """{(kind, key): its row} of things with these keys."""
    rows = Imported.objects.filter(source=run.source, kind__in=kinds, key__in=keys)
    rows = rows.select_related(*kinds - {"upload"}, *(("image", "document") if "upload" in kinds else ()))
    rows = rows.defer(*(f"{kind}__body" for kind in kinds - {"upload"}))
    return {(row.kind, row.key): row for row in rows}


def pages_of(run, numbers):
    """{id there: our page} of those that are here."""
    keys = {str(number) for number in numbers}
    rows = Imported.objects.filter(source=run.source, kind="page", key__in=keys, page__isnull=False)
    return {int(row.key): row.page for row in rows.select_related("page")} if keys else {}
