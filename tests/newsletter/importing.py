"""Files for the tests of imports, taken through their course."""

from pathlib import Path

from newsletter.importing import course, receiving
from newsletter.models import Subscriber

LAYOUTS = Path(__file__).parent / "layouts"
HEAD = "email,state,frequency\n"


def received(content, name="file.csv"):
    content = content.encode() if isinstance(content, str) else content
    return receiving.receive([content], name=name)


def of_layout(name):
    return received((LAYOUTS / f"{name}.csv").read_bytes(), f"{name}.csv")


def worked(batch):
    while course.work(batch.pk):
        pass
    batch.refresh_from_db()
    return batch


def looked_at(batch, **said):
    """Read and judged; `batch` may be the text of a file."""
    batch = batch if hasattr(batch, "pk") else received(batch)
    course.look(batch, **{"frequency": "daily", "is_declared": True} | said)
    return worked(batch)


def imported(batch, **said):
    batch = looked_at(batch, **said)
    if batch.state == batch.State.READ:
        course.begin(batch, by="ada")
        worked(batch)
    return batch


def undone(batch):
    course.undo(batch, by="ada")
    return worked(batch)


def counts(told):
    return {outcome: one["count"] for outcome, one in told.items()}


def states():
    return dict(Subscriber.objects.values_list("key", "state"))


def lines_of(batch, outcome):
    return list(batch.rows.filter(outcome=outcome).order_by("line").values_list("line", flat=True))
