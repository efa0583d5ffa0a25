"""What became of a batch, or would become of it, in numbers and sentences."""

from dataclasses import dataclass

from newsletter.models import ImportRow

Outcome = ImportRow.Outcome
LABELS = {
    Outcome.NEW_ACTIVE: "New, active",
    Outcome.NEW_PENDING: "New, pending: not mailed until they confirm here",
    Outcome.NEW_LEFT: "New, kept as having left: never mailed",
    Outcome.LOWERED: "Here, and lowered: they left, bounced or complained there",
    Outcome.NEW_SUPPRESSION: "New suppressions",
    Outcome.ALREADY: "Here already, nothing changes",
    Outcome.STAYS: "Left here, and stays so",
    Outcome.SUPPRESSED: "Suppressed here, not taken",
    Outcome.DUPLICATE: "The same address again in the file",
    Outcome.NOT_ADDRESS: "Not an address",
    Outcome.UNREADABLE: "Not understood",
    Outcome.RAGGED: "Not as long as the first row",
}


@dataclass(frozen=True)
class Line:
    """An outcome, how many rows have it, and the first of them as (line, address, why)."""

    outcome: str
    label: str
    count: int
    samples: list
    is_taken: bool


def lines(batch):
    """The outcomes of what was or would be done, those that change something first."""
    told = told_of(batch)
    rows = first_rows(batch, [line for one in told.values() for line in one["samples"]])
    return [
        Line(
            outcome.value,
            label,
            one["count"],
            [rows[line] for line in one["samples"] if line in rows],
            outcome in ImportRow.TAKEN,
        )
        for outcome, label in LABELS.items()
        if (one := told.get(outcome.value))
    ]


def first_rows(batch, lines, why="remark"):
    """{line: (line, address, why)} of those that are still there; whoever was erased since is not."""
    found = batch.rows.filter(line__in=lines).values_list("line", "email", why)
    return {row[0]: row for row in found}


def kept(batch):
    """How many subscribers undoing has left, and the first of them as (line, address, why)."""
    one = batch.undone.get("kept", {"count": 0, "samples": []})
    return one["count"], list(first_rows(batch, one["samples"], "undoing").values())


def told_of(batch):
    """What was done as far as it is done, else what would be."""
    return batch.found if batch.begun_at else batch.expected


def remarks(told):
    """Rows that were taken but for something in them."""
    return sum(told.get(outcome.value, {}).get("remarks", 0) for outcome in ImportRow.TAKEN)


def reported(batch):
    """The rows there is something to say of: not taken, or not all of it."""
    taken = batch.rows.exclude(outcome__in=[Outcome.WAITING, *ImportRow.TAKEN, Outcome.ALREADY])
    return taken | batch.rows.exclude(remark="")


def progress(batch):
    """(rows done, rows in all) of what is being done now; in all is None while the file is still being read."""
    if batch.state == batch.State.READING and not batch.is_read:
        return batch.lines, None
    if batch.state == batch.State.UNDOING:
        made = sum(batch.found.get(outcome.value, {}).get("count", 0) for outcome in ImportRow.MADE)
        return sum(one["count"] for one in batch.undone.values()), made
    told = batch.expected if batch.state == batch.State.READING else batch.found
    return sum(one["count"] for one in told.values()), batch.lines
