"""Who came and who went, read from the history of consent: the only witness that neither forgets nor counts twice."""

from collections import Counter

from django.db import connection

from newsletter.models import ConsentEvent

What = ConsentEvent.What
CAME = ("confirmed", "imported")
WENT = ("unsubscribed", "bounced", "complained", "erased")

# The state before an event is told by the one before it of the same subscriber or, once erased, of the same hash. Who
# was imported as active has the declaration that was agreed to in the event, others have no text there. What has no
# event before it is of the time before this history.
BEFORE = """
SELECT CASE WHEN earlier.what = 'imported' THEN CASE earlier.text WHEN '' THEN 'none' ELSE 'confirmed' END
    ELSE earlier.what END AS what
FROM newsletter_consentevent AS earlier
WHERE {whose} AND earlier.what = ANY (%(changing)s) AND (earlier.at, earlier.id) < (event.at, event.id)
ORDER BY earlier.at DESC, earlier.id DESC LIMIT 1
"""
OF_SUBSCRIBER = BEFORE.format(whose="earlier.subscriber_id = event.subscriber_id")
OF_HASH = BEFORE.format(
    whose="event.subscriber_id IS NULL AND earlier.subscriber_id IS NULL AND earlier.address_hash = event.address_hash"
)
MOVES = f"""
SELECT event.what, coalesce(subscriber.source, ''), count(*)
FROM newsletter_consentevent AS event
LEFT JOIN newsletter_subscriber AS subscriber ON subscriber.id = event.subscriber_id
LEFT JOIN LATERAL (({OF_SUBSCRIBER}) UNION ALL ({OF_HASH})) AS before ON true
WHERE event.at >= %(since)s AND event.at < %(until)s AND CASE
    WHEN event.what = 'confirmed' THEN true
    WHEN event.what = 'imported' THEN event.text <> '' AND before.what IS NULL
    WHEN event.what = ANY (%(went)s) THEN before.what = 'confirmed'
        OR before.what IS NULL AND subscriber.confirmed_at IS NOT NULL
    ELSE false END
GROUP BY 1, 2
"""


def between(since, until):
    """Counts of who became active and who ceased to be: ({what: number}, {source: came})."""
    values = {"since": since, "until": until, "changing": [*CAME, *WENT], "went": list(WENT)}
    moves, sources = Counter(), Counter()
    with connection.cursor() as cursor:
        cursor.execute(MOVES, values)
        for what, source, number in cursor.fetchall():
            moves[what] += number
            if what in CAME:
                sources[source or "erased"] += number
    return moves, sources


def net(moves):
    return sum(moves[what] for what in CAME) - sum(moves[what] for what in WENT)
