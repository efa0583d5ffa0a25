"""The course of an import: what somebody decides about it, and the work that follows, in slices, by whoever is there.

A part of the work is a transaction that also notes how far it came. A process that dies leaves a batch that the next one
goes on with; an advisory lock, which ends with its holder, keeps two from working at one batch.
"""

import time
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils import timezone

from informed_comment import jobs, poolers
from informed_comment.fingerprints import key_name
from newsletter.importing import applying, reading, undoing
from newsletter.importing.judging import add_up, chunk_end, outcomes_of, values_of
from newsletter.importing.layouts import OTHER
from newsletter.models import ImportBatch

LOCKS = 7_319_203  # advisory locks of the session, with the number of the batch
JUDGED_AT_ONCE = 20_000
BREATH = 0.25  # of the time a chunk took
DECLARATION = (
    "Imported. The administrator declared that these people signed up to the newsletter and confirmed it where the "
    "file comes from."
)
STOPPED = (
    "It was stopped by an error, which is in the server's log. What was done so far stands and is told below; "
    "it is tried again every minute."
)
State = ImportBatch.State


class CannotGoOn(ValueError):
    """Why an import cannot do now what somebody wants of it, in a sentence with the cure."""


# What somebody decides


@transaction.atomic
def look(batch, *, frequency, columns=None, is_declared=False, zone="UTC"):
    """Says how the file is to be read, and has it read and judged; nothing is imported yet."""
    batch = in_state(batch, State.RECEIVED)
    if columns is not None:
        batch.layout, batch.columns = OTHER.name, columns
    if not batch.layout or (batch.layout == OTHER.name and "address" not in batch.columns):
        raise CannotGoOn("Say which column holds the address.")
    batch.frequency, batch.zone = frequency, zone
    batch.declaration = DECLARATION if is_declared else ""
    batch.state = State.READING
    batch.save()
    ask(batch)
    return batch


@transaction.atomic
def reconsider(batch):
    """Back to how the file is to be read; what was read of it is forgotten."""
    batch = in_state(batch, State.READ)
    reading.forget(batch)
    batch.state = State.RECEIVED
    batch.save(update_fields=["state"])
    return batch


@transaction.atomic
def begin(batch, *, by):
    """Has what was judged imported. `by` is the name of whoever answers for it."""
    batch = in_state(batch, State.READ)
    if batch.key_name != key_name():
        raise CannotGoOn("The key that hashes addresses has changed since the file was read. Read it again.")
    batch.state, batch.begun_at, batch.begun_by = State.RUNNING, timezone.now(), by[:150]
    batch.save()
    ask(batch)
    return batch


@transaction.atomic
def undo(batch, *, by):
    """Has taken away what the batch made, as far as nothing has happened to it since."""
    batch = in_state(batch, State.DONE)
    if not batch.can_be_undone:
        raise CannotGoOn("The rows of this import have been cleared, so it can no longer be undone.")
    batch.state, batch.undone_by = State.UNDOING, by[:150]
    batch.save()
    ask(batch)
    return batch


@transaction.atomic
def drop(batch):
    """Forgets a file of which nothing has been imported."""
    in_state(batch, State.RECEIVED, State.READING, State.READ, State.REFUSED).delete()


def in_state(batch, *states):
    batch = ImportBatch.objects.select_for_update().filter(pk=batch.pk).first()
    if batch is None or batch.state not in states:
        said = batch.get_state_display().lower() if batch else "no longer there"
        raise CannotGoOn(f"The import is {said}; nothing was done. Look at its page again.")
    return batch


# The work


def ask(batch):
    jobs.defer("newsletter.do_import", queueing_lock=f"import {batch.pk}", batch_id=batch.pk)


def work(batch_id, *, seconds=None):
    """Does what is to be done next, for so many seconds or to the end; whether there is more to do."""
    last = time.monotonic()
    until = last + seconds if seconds else None

    def pause():
        """After each chunk a moment for others, who may wait for the same processors; whether to stop."""
        nonlocal last
        time.sleep((time.monotonic() - last) * BREATH)
        last = time.monotonic()
        return until is not None and last > until

    with alone(batch_id) as is_alone:
        if is_alone:
            try:
                go_on(batch_id, pause)
            except Exception:
                ImportBatch.objects.filter(pk=batch_id).update(problem=STOPPED)
                raise
            ImportBatch.objects.filter(pk=batch_id, problem=STOPPED).update(problem="")
    return is_alone and ImportBatch.objects.under_way().filter(pk=batch_id).exists()


def go_on(batch_id, pause):
    state = ImportBatch.objects.filter(pk=batch_id).values_list("state", flat=True).first()
    if state == State.READING:
        if reading.read(batch_id, pause=pause):
            judge(batch_id, pause)
    elif state == State.RUNNING:
        while applying.apply_chunk(batch_id) is not None and not pause():
            pass
    elif state == State.UNDOING:
        while undoing.undo_chunk(batch_id) is not None and not pause():
            pass


def judge(batch_id, pause):
    while judge_chunk(batch_id) is not None and not pause():
        pass


@transaction.atomic
def judge_chunk(batch_id):
    """Counts what would become of the next rows; changes nothing else."""
    batch = reading.locked(batch_id, State.READING)
    if batch is None:
        return None
    with connection.cursor() as cursor:
        end = chunk_end(cursor, batch, batch.judged_through, JUDGED_AT_ONCE)
        if end is None:
            batch.state = State.READ if batch.lines else State.REFUSED
            batch.problem = "" if batch.lines else "The file has a first row, and no subscribers below it."
            batch.save(update_fields=["state", "problem"])
            return None
        add_up(cursor, outcomes_of(batch), values_of(batch, batch.judged_through, end), batch.expected)
    batch.judged_through = end
    batch.save(update_fields=["judged_through", "expected"])
    return end


@contextmanager
def alone(batch_id):
    """Whether nobody else is at the batch; then it is ours until the end or our death."""
    poolers.refuse(connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, batch_id % 2**31])
        is_ours = cursor.fetchone()[0]
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS, batch_id % 2**31])
