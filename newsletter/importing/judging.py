"""What would become of each row, and what becomes of it: one set of rules, in SQL, for looking and for doing.

    file says ↓   here →   nobody           pending or active   unsubscribed, bounced   complained
    active                 new (*)          already             stays                   stays
    pending                new, pending     already             stays                   stays
    unsubscribed           new, left        lowered             already or stays        stays
    bounced                new, left        lowered             already or stays        stays
    complained             new, left        lowered             lowered                 already

(*) active when it was declared that they confirmed there, else pending. An address that is suppressed here is never made
anew, whatever the file says.
"""

from newsletter.models import ImportRow

SAMPLES = 10  # of each outcome, whose lines are kept with the batch
SUPPRESSED = "EXISTS (SELECT FROM newsletter_suppression AS rule WHERE rule.address_hash = ANY (line.hashes))"
LOWERS = """(
    (line.state IN ('unsubscribed', 'bounced') AND here.state IN ('pending', 'active'))
    OR (line.state = 'complained' AND here.state <> 'complained')
)"""
NEW = """CASE
    WHEN line.state = 'active' AND %(is_declared)s THEN 'new_active'
    WHEN line.state IN ('active', 'pending') THEN 'new_pending'
    ELSE 'new_left'
END"""
KNOWN = f"""CASE
    WHEN {LOWERS} THEN 'lowered'
    WHEN line.state IN ('active', 'pending') AND here.state IN ('active', 'pending') AND {SUPPRESSED} THEN 'suppressed'
    WHEN line.state = here.state OR (line.state IN ('active', 'pending') AND here.state IN ('active', 'pending'))
        THEN 'already'
    ELSE 'stays'
END"""
CHUNK_END = """
SELECT max(line) FROM (
    SELECT line FROM newsletter_importrow WHERE batch_id = %(batch)s AND line > %(after)s ORDER BY line LIMIT %(size)s
) AS chunk
"""
OF_CHUNK = "line.batch_id = %(batch)s AND line.line > %(after)s AND line.line <= %(end)s"
OUTCOMES = f"""
SELECT line.line, line.remark, CASE
    WHEN line.outcome <> '' THEN line.outcome
    WHEN here.id IS NOT NULL THEN {KNOWN}
    WHEN {SUPPRESSED} THEN 'suppressed'
    ELSE {NEW}
END AS outcome
FROM newsletter_importrow AS line LEFT JOIN newsletter_subscriber AS here ON here.key = line.key
WHERE {OF_CHUNK}
"""
OUTCOMES_OF_SUPPRESSIONS = f"""
SELECT line.line, line.remark, CASE
    WHEN line.outcome <> '' THEN line.outcome WHEN {SUPPRESSED} THEN 'already' ELSE 'suppression'
END AS outcome
FROM newsletter_importrow AS line WHERE {OF_CHUNK}
"""
DONE = f"SELECT line.line, line.remark, line.outcome FROM newsletter_importrow AS line WHERE {OF_CHUNK}"


def summed(rows):
    """Counts, remarks and the lines of the first rows that a query gives; what is in these is asked of the rows."""
    return f"""
SELECT outcome, count(*), count(*) FILTER (WHERE remark <> ''),
    (array_agg(line ORDER BY line))[1:{SAMPLES}]
FROM ({rows}) AS judged GROUP BY outcome
"""


def chunk_end(cursor, batch, after, size):
    """The line at which the next chunk ends; None when there is no more."""
    cursor.execute(CHUNK_END, {"batch": batch.pk, "after": after, "size": size})
    return cursor.fetchone()[0]


def add_up(cursor, rows, values, told):
    """Adds what a query gives of a chunk to what is told of the batch so far."""
    cursor.execute(summed(rows), values)
    for outcome, count, remarks, samples in cursor.fetchall():
        one = told.setdefault(outcome, {"count": 0, "remarks": 0, "samples": []})
        one["count"] += count
        one["remarks"] += remarks
        one["samples"] = (one["samples"] + samples)[:SAMPLES]


def values_of(batch, after, end):
    return {"batch": batch.pk, "after": after, "end": end, "is_declared": bool(batch.declaration)}


def outcomes_of(batch):
    return OUTCOMES_OF_SUPPRESSIONS if batch.layout == "suppressions" else OUTCOMES


def number(told, *outcomes):
    return sum(told.get(outcome, {"count": 0})["count"] for outcome in outcomes)


def not_taken(told):
    """How many rows there is something to say of."""
    return sum(one["count"] for outcome, one in told.items() if outcome not in ImportRow.TAKEN)
