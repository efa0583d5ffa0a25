"""The file of a batch into rows, a chunk a transaction, each with the line it has come to: whoever dies is followed."""

from django.db import connection, transaction

from informed_comment.fingerprints import key_name
from newsletter.importing.entries import FIELDS, Recipe
from newsletter.importing.lines import Records, chunks
from newsletter.models import ImportBatch, ImportRow

CHUNK = 2000
INTO = f"COPY newsletter_importrow (batch_id, {', '.join(FIELDS)}, undoing) FROM STDIN"
# Of one address in several rows the one that lets us do least counts, then the first.
DUPLICATES = """
UPDATE newsletter_importrow AS line SET outcome = 'duplicate', remark = 'Line ' || other.counts || ' has the same address.'
FROM (
    SELECT line, first_value(line) OVER (
        PARTITION BY key
        ORDER BY array_position(ARRAY['complained', 'bounced', 'unsubscribed', 'pending', 'active'], state), line
    ) AS counts
    FROM newsletter_importrow WHERE batch_id = %(batch)s AND outcome = ''
) AS other
WHERE line.batch_id = %(batch)s AND line.line = other.line AND other.counts <> other.line
"""


def locked(batch_id, state):
    """The batch, for this transaction alone, while it is in the state; None when it is not, or another process has it."""
    batches = ImportBatch.objects.select_for_update(skip_locked=True, no_key=True)
    return batches.filter(pk=batch_id, state=state).first()


def read(batch_id, *, pause):
    """Reads chunk after chunk until `pause()`; True once all is read."""
    batch = ImportBatch.objects.get(pk=batch_id)
    recipe = Recipe(batch)
    through = batch.read_through
    rows = Records(batch, position=batch.read_at)
    heads = int(batch.has_head and not batch.read_at)
    entries = (recipe.entry(record) for record in skipped(rows, heads, through))
    for chunk in chunks(entries, CHUNK):
        if not keep(batch_id, chunk, after=through, position=rows.position):
            return False
        through = chunk[-1].line
        if pause():
            return False
    return finish(batch_id, after=through)


def skipped(records, heads, through):
    """The records behind the first row and behind the line that was read last."""
    for number, record in enumerate(records):
        if number >= heads and record.line > through:
            yield record


@transaction.atomic
def keep(batch_id, entries, *, after, position):
    """Writes the rows, if the batch has been read up to just there; False when another process is at it."""
    batch = locked(batch_id, ImportBatch.State.READING)
    if batch is None or batch.is_read or batch.read_through != after:
        return False
    with connection.cursor() as cursor, cursor.copy(INTO) as copy:
        for entry in entries:
            copy.write_row((batch_id, *(getattr(entry, name) for name in FIELDS), ""))
    batch.read_through, batch.lines = entries[-1].line, batch.lines + len(entries)
    batch.read_at = position or batch.read_at
    batch.key_name = key_name()
    batch.save(update_fields=["read_through", "read_at", "lines", "key_name"])
    return True


@transaction.atomic
def finish(batch_id, *, after):
    batch = locked(batch_id, ImportBatch.State.READING)
    if batch is None or batch.read_through != after:
        return False
    if not batch.is_read:
        with connection.cursor() as cursor:
            cursor.execute(DUPLICATES, {"batch": batch_id})
            cursor.execute("ANALYZE newsletter_importrow")
        batch.is_read = True
        batch.save(update_fields=["is_read"])
    return True


@transaction.atomic
def forget(batch):
    """Takes the rows away again, so that the file can be read in another way."""
    ImportRow.objects.filter(batch=batch).delete()
    batch.read_through = batch.judged_through = batch.done_through = batch.lines = 0
    batch.is_read, batch.read_at, batch.expected, batch.found = False, "", {}, {}
    batch.save()
