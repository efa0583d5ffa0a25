"""Taking away what a batch made, as far as nothing has happened to it since.

What it lowered stays lowered: only the subscriber raises consent, and the database's rule would refuse it. Suppressions
stay too: what has bounced since may rest on them. Both are told.
"""

from django.db import connection, transaction
from django.utils import timezone

from newsletter.importing.judging import SAMPLES
from newsletter.importing.reading import locked
from newsletter.models import ImportBatch, ImportRow, Subscriber

CHUNK = 1000
TAKEN_AWAY, KEPT = "taken away", "kept"
# Why a subscriber the batch made is kept; NULL when nothing has happened since.
REASONS = """
SELECT line.line, here.id, CASE
    WHEN EXISTS (
        SELECT FROM newsletter_consentevent AS event WHERE event.subscriber_id = here.id AND event.what <> 'imported'
    ) THEN 'Has signed up, confirmed, changed something or left since.'
    WHEN EXISTS (
        SELECT FROM newsletter_delivery AS delivery
        WHERE delivery.subscriber_id = here.id AND delivery.state <> 'skipped'
    ) THEN 'Is in the audience of a mailing.'
    WHEN here.state <> CASE line.outcome
            WHEN 'new_active' THEN 'active' WHEN 'new_pending' THEN 'pending' ELSE line.state END
        OR here.frequency <> line.frequency OR here.key <> line.key OR here.categories <> '{}'
        OR here.paused_until IS NOT NULL
        OR EXISTS (SELECT FROM newsletter_addresschange AS wish WHERE wish.subscriber_id = here.id)
    THEN 'Has been changed since.'
END
FROM newsletter_importrow AS line JOIN newsletter_subscriber AS here ON here.id = line.subscriber_id
WHERE line.batch_id = %(batch)s AND line.line > %(after)s AND line.outcome = ANY (%(made)s)
ORDER BY line.line LIMIT %(size)s FOR UPDATE OF here
"""
KEEP = """
UPDATE newsletter_importrow AS line SET undoing = kept.reason
FROM unnest(%(lines)s::int[], %(reasons)s::text[]) AS kept (line, reason)
WHERE line.batch_id = %(batch)s AND line.line = kept.line
"""
LET_GO = """
UPDATE newsletter_importrow AS line SET undoing = 'Taken away.', subscriber_id = NULL
WHERE line.batch_id = %(batch)s AND line.line = ANY (%(lines)s)
"""
ERASED = """
INSERT INTO newsletter_consentevent (subscriber_id, address_hash, what, at, how, text, detail, network, sender_hash, by)
SELECT event.subscriber_id, event.address_hash, 'erased', %(now)s, 'import undone', '', %(detail)s, '', '', %(by)s
FROM newsletter_consentevent AS event WHERE event.subscriber_id = ANY (%(ids)s) AND event.what = 'imported'
"""


@transaction.atomic
def undo_chunk(batch_id):
    """Undoes the next rows; None when all are done or another process has the batch, else the line it came to."""
    batch = locked(batch_id, ImportBatch.State.UNDOING)
    if batch is None:
        return None
    values = {
        "batch": batch.pk,
        "after": batch.undone_through,
        "made": list(ImportRow.MADE),
        "size": CHUNK,
    }
    with connection.cursor() as cursor:
        cursor.execute(REASONS, values)
        rows = cursor.fetchall()
        if not rows:
            batch.state, batch.undone_at = ImportBatch.State.UNDONE, timezone.now()
            batch.save(update_fields=["state", "undone_at"])
            return None
        take_away(cursor, batch, [row for row in rows if row[2] is None])
        keep(cursor, batch, [row for row in rows if row[2]])
    batch.undone_through = rows[-1][0]
    batch.save(update_fields=["undone_through", "undone"])
    return batch.undone_through


def take_away(cursor, batch, rows):
    if not rows:
        return
    ids = [row[1] for row in rows]
    cursor.execute(LET_GO, {"batch": batch.pk, "lines": [row[0] for row in rows]})
    values = {
        "now": timezone.now(),
        "detail": f"Import {batch.pk} was undone.",
        "by": batch.undone_by,
        "ids": ids,
    }
    cursor.execute(ERASED, values)
    Subscriber.objects.filter(pk__in=ids).delete()
    add_up(batch, TAKEN_AWAY, rows)


def keep(cursor, batch, rows):
    if rows:
        values = {"batch": batch.pk, "lines": [row[0] for row in rows], "reasons": [row[2] for row in rows]}
        cursor.execute(KEEP, values)
        add_up(batch, KEPT, rows)


def add_up(batch, what, rows):
    one = batch.undone.setdefault(what, {"count": 0, "samples": []})
    one["count"] += len(rows)
    one["samples"] = (one["samples"] + [row[0] for row in rows[:SAMPLES]])[:SAMPLES]
