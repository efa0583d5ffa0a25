"""Admitting reads: of those that may count, the database takes each reader once a post and day, and no floods.

All of it is one statement. The rows of `posts_readersofday` are merged under their locks, so any number of processes
may write at once; and what was written already is not new the second time, so a statement whose answer was lost is
simply sent again.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import DatabaseError, connection

from posts.reads.counting import WRITE, fixed
from posts.reads.readers import A_CROWD, A_NEIGHBOURHOOD
from posts.reads.sources import source_of


def begins(day):
    """When a day begins in the zone. Where clocks are put back to midnight there are two; the first is meant."""
    return f"""(
        SELECT CASE WHEN ((m.at - interval '1 hour') AT TIME ZONE %(zone)s)::date = {day}
            THEN m.at - interval '1 hour' ELSE m.at END
        FROM (SELECT ({day})::timestamp AT TIME ZONE %(zone)s AS at) AS m)"""


# The keys of the days from that of the oldest read to tomorrow. Whoever is first makes them; they never stand in a
# statement. A key that another process makes at this moment is not seen, and the next time it is.
KEYS = f"""
WITH ends AS (
    SELECT ((now() - %(oldest)s * interval '1 second') AT TIME ZONE %(zone)s)::date AS first,
        (now() AT TIME ZONE %(zone)s)::date + 1 AS last
), asked AS (
    SELECT first + n AS day FROM ends, generate_series(0, last - first) AS n
), made AS (
    INSERT INTO posts_readerskey (day, key)
    SELECT day, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) FROM asked
    WHERE NOT EXISTS (SELECT FROM posts_readerskey known WHERE known.day = asked.day) ORDER BY day
    ON CONFLICT (day) DO NOTHING RETURNING day, key
)
SELECT day, key, extract(epoch FROM {begins("day")} - now())::float, extract(epoch FROM {begins("day + 1")} - now())::float
FROM asked LEFT JOIN (SELECT day, key FROM made UNION ALL SELECT day, key FROM posts_readerskey) AS keys USING (day)
ORDER BY day
"""
PUT_BACK = "INSERT INTO posts_readerskey (day, key) VALUES (%s, %s) ON CONFLICT (day) DO NOTHING"

# What names no post that readers may see is dropped before anything is written. Of each room (a post, a
# neighbourhood) an address has no more than a crowd, and the room has its bound: whatever the order they come in.
# The server cannot know how many rows these steps have; `IS TRUE`, and a union where one would join, keep it from
# comparing each with each.
ADMIT = f"""
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(
        %(days)s::date[], %(rooms)s::bigint[], %(readers)s::bigint[], %(networks)s::bigint[], %(posts)s::bigint[],
        %(sources)s::text[], %(hosts)s::text[], %(ages)s::float[]
    ) AS g (day, room, reader, network, post_id, source, host, age)
), readable AS MATERIALIZED (
    SELECT id FROM posts_post
    WHERE id IN (SELECT post_id FROM given) AND status = 'published' AND published_at <= now()
), full_networks AS MATERIALIZED (
    SELECT day, network FROM posts_networkofday
    WHERE reads >= %(network_cap)s AND (day, network) IN (SELECT day, network FROM given)
), offered AS MATERIALIZED (
    SELECT DISTINCT ON (day, room, reader) given.* FROM given JOIN readable ON id = post_id
    WHERE (day, network) NOT IN (SELECT day, network FROM full_networks)
    ORDER BY day, room, reader, age DESC
), rooms AS (
    INSERT INTO posts_readersofday AS r (day, room, readers)
    SELECT day, room, (array_agg(reader))[:%(room_cap)s] FROM (
        SELECT day, room, reader, row_number() OVER (PARTITION BY day, room, reader >> 32 ORDER BY reader) AS place
        FROM offered
    ) AS placed WHERE place <= %(crowd)s GROUP BY day, room ORDER BY day, room
    ON CONFLICT (day, room) DO UPDATE SET known = cardinality(r.readers), readers = r.readers || ARRAY(
        SELECT reader FROM (
            SELECT reader, row_number() OVER (PARTITION BY reader >> 32 ORDER BY reader)
                + (SELECT count(*) FROM unnest(r.readers) AS there WHERE there >> 32 = reader >> 32) AS place
            FROM unnest(excluded.readers) AS came (reader) WHERE reader <> ALL (r.readers)
        ) AS placed WHERE place <= %(crowd)s LIMIT %(room_cap)s - cardinality(r.readers)
    )
    WHERE cardinality(r.readers) < %(room_cap)s AND NOT excluded.readers <@ r.readers
    RETURNING day, room, readers[known + 1:] AS fresh
), admitted AS MATERIALIZED (
    SELECT * FROM offered
    WHERE ((day, room, reader) IN (SELECT day, room, unnest(fresh) FROM rooms)) IS TRUE
), networks AS (
    INSERT INTO posts_networkofday AS n (day, network, reads)
    SELECT day, network, least(count(*), %(network_cap)s) FROM admitted GROUP BY day, network ORDER BY day, network
    ON CONFLICT (day, network) DO UPDATE
    SET known = n.reads, reads = greatest(n.reads, least(n.reads + excluded.reads, %(network_cap)s))
    RETURNING day, network, reads - known AS let_in
), bounds AS MATERIALIZED (
    SELECT day, {begins("day")} AS begins, {begins("day + 1")} AS ends FROM (SELECT DISTINCT day FROM given) AS days
), placed AS (
    SELECT *, row_number() OVER (PARTITION BY day, network ORDER BY room, reader) AS place,
        max(let_in) OVER (PARTITION BY day, network) AS places
    FROM (
        SELECT day, network, room, reader, post_id, source, host, age, NULL AS let_in FROM admitted
        UNION ALL SELECT day, network, NULL, NULL, NULL, NULL, NULL, NULL, let_in FROM networks
    ) AS together
), counted AS MATERIALIZED (
    SELECT post_id, day, date_trunc('hour', moment, %(zone)s) AS hour, date_trunc('minute', moment) AS minute,
        source, host, count(*) AS reads
    FROM placed JOIN bounds USING (day) CROSS JOIN LATERAL (
        SELECT least(greatest(now() - age * interval '1 second', begins), ends - interval '1 microsecond') AS moment
    ) AS clock
    WHERE place <= places AND post_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6
), {WRITE}
SELECT (now() AT TIME ZONE %(zone)s)::date,
    extract(epoch FROM {begins("(now() AT TIME ZONE %(zone)s)::date + 1")} - now())::float,
    ARRAY(SELECT id FROM readable), ARRAY(SELECT network FROM full_networks),
    ARRAY(SELECT day FROM posts_readerskey WHERE day IN (SELECT day FROM given)),
    (SELECT count(*) FROM to_add)
"""


@dataclass(frozen=True)
class Admitted:
    """What the database says to a writing: its day and when that ends, which of the posts readers may see, networks
    that have had their share, and the days whose keys it has."""

    today: date
    ends_in: float
    readable: frozenset
    full_networks: frozenset
    keys: frozenset


def keys(*, oldest):
    """(date, key, seconds until it begins, and ends) of the days from `oldest` seconds ago to tomorrow."""
    for _ in range(10):
        with connection.cursor() as cursor:
            cursor.execute(KEYS, {"oldest": oldest, "zone": settings.TIME_ZONE})
            rows = [(day, key and bytes(key), begins, ends) for day, key, begins, ends in cursor.fetchall()]
        if all(key for _, key, _, _ in rows):
            return rows
    raise DatabaseError("The keys of readers' hashes cannot be read.")


def put_back(day, key):
    """A crash of the server empties the table of keys; whoever has used one gives it back, lest readers count again."""
    with connection.cursor() as cursor:
        cursor.execute(PUT_BACK, [day, key])


def admit(candidates, *, now):
    """Counts those of the candidates that are new; `now` is by the clock that their `at` is of. One statement."""
    sources = [source_of(candidate.said) for candidate in candidates]
    given = {
        "days": array(candidate.day for candidate in candidates),
        "rooms": array(candidate.room for candidate in candidates),
        "readers": array(candidate.reader for candidate in candidates),
        "networks": array(candidate.network for candidate in candidates),
        "posts": array(candidate.post_id for candidate in candidates),
        "sources": array(source for source, _ in sources),
        "hosts": array(host or '""' for _, host in sources),
        "ages": array(now - candidate.at for candidate in candidates),
        "crowd": A_CROWD,
        "room_cap": A_NEIGHBOURHOOD,
        "network_cap": settings.READS_PER_NETWORK,
    }
    with connection.cursor() as cursor:
        cursor.execute(ADMIT, given | fixed())
        today, ends_in, readable, full, days, _ = cursor.fetchone()
    return Admitted(today, ends_in, frozenset(readable), frozenset(full), frozenset(days))


def array(values):
    """As PostgreSQL writes one; numbers, dates and names of hosts need no quotes. A third of the time it takes the driver."""
    return f"{{{','.join(map(str, values))}}}"
