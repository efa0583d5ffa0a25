"""One record that cannot be taken takes no other along, and is told with its line."""

from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, transaction

from wordpress.reading.records import Problem

NOT_OF_ONE_RECORD = (OperationalError, InterfaceError)  # the trouble is with the server


@contextmanager
def each(run, item, key, told=""):
    """An item, taken whole or not at all; `told` is what the report has said of it already."""
    with guarded(run, item, f"{item.type} {key}") as failed:
        yield
    if failed:
        if told:
            run.report.items[f"{item.type}/{item.status}", told] -= 1
        run.report.item(item, "failed")


@contextmanager
def guarded(run, record, name=""):
    """What goes wrong with one record is undone, and told with its line; what goes wrong with the server is not."""
    before, failed = dict(run.redirects.rows), []
    try:
        with transaction.atomic():
            yield failed
    except NOT_OF_ONE_RECORD:
        raise
    except Exception as error:
        failed.append(error)
        run.forget()
        run.redirects.rows = before
        name = name or f"{type(record).__name__.lower()} {getattr(record, 'login', '') or record.slug}"
        run.report.problem(Problem("broken", f"{name}: {error}", run.file, record.line))


def together_or_each(run, together, one_by_one):
    """All at once; where that fails, one by one, so that only what cannot be written is lost."""
    mark, redirects = run.report.mark(), dict(run.redirects.rows)
    try:
        with transaction.atomic():
            together()
    except NOT_OF_ONE_RECORD:
        raise
    except Exception:
        run.forget()
        run.report.back_to(mark)
        run.redirects.rows = redirects
        with transaction.atomic():
            one_by_one()
