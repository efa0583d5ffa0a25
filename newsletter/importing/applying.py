"""A chunk of a batch into the tables: statements over sets of rows, in one transaction with the line they have come to.

Rows are made first; whoever signed up meanwhile is not made but locked and judged with those who were here.
"""

from django.db import connection, transaction
from django.utils import timezone

from informed_comment.fingerprints import key_name
from newsletter.importing.judging import DONE, KNOWN, NEW, OF_CHUNK, SUPPRESSED, add_up, chunk_end, values_of
from newsletter.importing.layouts import BY_NAME, OTHER
from newsletter.importing.reading import locked
from newsletter.models import ImportBatch

CHUNK = 2000
ONE_AT_A_TIME = (
    7_319_204  # advisory lock of the transaction: two imports lock the same addresses in turn, not crosswise
)
THERE = """concat(%(source)s::text, ': ', line.state, ' there', to_char(
    CASE WHEN line.state IN ('active', 'pending') THEN coalesce(line.confirmed_at, line.joined_at) ELSE line.left_at END,
    '" since "YYYY-MM-DD HH24:MI "UTC"'
))"""
MAKE = f"""
INSERT INTO newsletter_subscriber (email, key, state, frequency, source, round, created_at, asked_at, confirmed_at,
    unsubscribed_at)
SELECT email, key, CASE becomes WHEN 'new_active' THEN 'active' WHEN 'new_pending' THEN 'pending' ELSE state END,
    frequency, 'import', 0, coalesce(joined_at, confirmed_at, least(left_at, %(now)s), %(now)s), %(now)s,
    CASE becomes WHEN 'new_active' THEN coalesce(since, %(now)s) WHEN 'new_left' THEN since END,
    CASE WHEN state = 'unsubscribed' THEN coalesce(left_at, %(now)s) WHEN becomes = 'new_left' THEN left_at END
FROM (
    SELECT line.*, {NEW} AS becomes, coalesce(line.confirmed_at, line.joined_at) AS since
    FROM newsletter_importrow AS line
    WHERE {OF_CHUNK} AND line.outcome = '' AND NOT {SUPPRESSED}
        AND NOT EXISTS (SELECT FROM newsletter_subscriber AS here WHERE here.key = line.key)
) AS wanted
ORDER BY key ON CONFLICT (key) DO NOTHING
"""
# Ours are the imported ones of this very moment: no other import runs, and a sign-up has another source. They are looked up
# one by one, by the index of addresses: a planner that expects none of this moment would read the whole table.
MARK = f"""
UPDATE newsletter_importrow AS line SET outcome = {NEW}, subscriber_id = made.id
FROM (
    SELECT line.line, (
        SELECT here.id FROM newsletter_subscriber AS here
        WHERE here.key = line.key AND here.source = 'import' AND here.asked_at = %(now)s
    ) AS id
    FROM newsletter_importrow AS line WHERE {OF_CHUNK} AND line.outcome = ''
) AS made
WHERE line.batch_id = %(batch)s AND line.line = made.line AND made.id IS NOT NULL
"""
NOTE = f"""
INSERT INTO newsletter_consentevent (subscriber_id, address_hash, what, at, how, text, detail, network, sender_hash, by)
SELECT line.subscriber_id, line.hashes[1], 'imported', %(now)s, 'import',
    CASE WHEN line.outcome = 'new_active' THEN %(declaration)s ELSE '' END, {THERE}, line.network, line.sender_hash, %(by)s
FROM newsletter_importrow AS line
WHERE {OF_CHUNK} AND line.outcome IN ('new_active', 'new_pending', 'new_left')
"""
JUDGE = f"""
WITH here AS (
    SELECT subscriber.id, subscriber.key, subscriber.state
    FROM newsletter_subscriber AS subscriber JOIN newsletter_importrow AS line ON line.key = subscriber.key
    WHERE {OF_CHUNK} AND line.outcome = ''
    ORDER BY subscriber.id FOR NO KEY UPDATE OF subscriber
)
UPDATE newsletter_importrow AS line SET outcome = {KNOWN}, subscriber_id = here.id
FROM here WHERE {OF_CHUNK} AND line.outcome = '' AND line.key = here.key
"""
LOWER = f"""
WITH lowered AS (
    UPDATE newsletter_subscriber AS subscriber SET state = line.state, round = round + 1,
        unsubscribed_at = CASE WHEN line.state = 'unsubscribed' THEN coalesce(line.left_at, %(now)s)
            ELSE subscriber.unsubscribed_at END
    FROM newsletter_importrow AS line
    WHERE {OF_CHUNK} AND line.outcome = 'lowered' AND subscriber.id = line.subscriber_id
    RETURNING line.*
)
INSERT INTO newsletter_consentevent (subscriber_id, address_hash, what, at, how, text, detail, network, sender_hash, by)
SELECT line.subscriber_id, line.hashes[1], line.state, %(now)s, 'import', '', {THERE}, '', '', %(by)s
FROM lowered AS line
"""
SUPPRESS = f"""
INSERT INTO newsletter_suppression (address_hash, key_name, reason, created_at)
SELECT line.hashes[1], %(key_name)s, line.state, %(now)s
FROM newsletter_importrow AS line
WHERE {OF_CHUNK} AND line.state IN ('bounced', 'complained')
    AND line.outcome IN ('new_left', 'lowered', 'already', 'stays') AND NOT {SUPPRESSED}
ORDER BY 1 ON CONFLICT (address_hash) DO NOTHING
"""
REST = f"""
UPDATE newsletter_importrow AS line SET outcome = 'suppressed' WHERE {OF_CHUNK} AND line.outcome = ''
"""
SUPPRESSIONS = (
    f"UPDATE newsletter_importrow AS line SET outcome = 'already' WHERE {OF_CHUNK} AND line.outcome = '' AND {SUPPRESSED}",
    f"""
INSERT INTO newsletter_suppression (address_hash, key_name, reason, created_at)
SELECT line.key, line.key_name, line.state, coalesce(line.joined_at, %(now)s)
FROM newsletter_importrow AS line WHERE {OF_CHUNK} AND line.outcome = ''
ORDER BY line.key ON CONFLICT (address_hash) DO NOTHING
""",
    f"UPDATE newsletter_importrow AS line SET outcome = 'suppression' WHERE {OF_CHUNK} AND line.outcome = ''",
)
SUBSCRIBERS = (MAKE, MARK, NOTE, JUDGE, LOWER, SUPPRESS, REST)


@transaction.atomic
def apply_chunk(batch_id):
    """Imports the next rows; None when all are in, or another process has the batch, else the line it came to."""
    batch = locked(batch_id, ImportBatch.State.RUNNING)
    if batch is None:
        return None
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        end = chunk_end(cursor, batch, batch.done_through, CHUNK)
        if end is None:
            finish(batch, now)
            return None
        values = values_of(batch, batch.done_through, end) | {
            "now": now,
            "by": batch.begun_by,
            "declaration": batch.declaration,
            "source": f"Import {batch.pk} from {BY_NAME[batch.layout or OTHER.name].label}",
            "key_name": key_name(),
        }
        for statement in SUPPRESSIONS if batch.layout == "suppressions" else SUBSCRIBERS:
            cursor.execute(statement, values)
        add_up(cursor, DONE, values, batch.found)
    batch.done_through = end
    batch.save(update_fields=["done_through", "found"])
    return end


def finish(batch, now):
    """The import is done; the file itself is of no more use, its rows are."""
    batch.state, batch.done_at, batch.first_rows = ImportBatch.State.DONE, now, []
    batch.save(update_fields=["state", "done_at", "first_rows"])
    batch.pieces.all().delete()
