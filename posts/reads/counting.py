"""Writing counts: what has been counted goes into minutes, hours, days and totals by one statement."""

from datetime import UTC

from django.conf import settings
from django.db import connection
from django.utils import timezone

from posts.models import Source

# From here on the same for whatever has been counted: `counted` has post_id, day, hour, minute, source, host and reads.
# Rows are locked table by table in one order, days last but one, and days to add last: their lock everybody wants.
WRITE = """
named AS (
    SELECT host, row_number() OVER (ORDER BY sum(reads) DESC, host) AS place FROM counted
    WHERE host <> '' AND NOT EXISTS (SELECT FROM posts_referringhost known WHERE known.name = host) GROUP BY host
), budget AS (
    INSERT INTO posts_namesofday AS n (day, named)
    SELECT (now() AT TIME ZONE %(zone)s)::date, least(count(*), %(names)s) FROM named HAVING count(*) > 0
    ON CONFLICT (day) DO UPDATE
    SET named = greatest(n.named, least(n.named + excluded.named, %(names)s)), known = n.named
    RETURNING named - known AS rest
), made AS (
    INSERT INTO posts_referringhost AS h (name)
    SELECT host FROM named WHERE place <= (SELECT rest FROM budget) ORDER BY host
    ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id, name
), hosts AS (
    SELECT id, name FROM made
    UNION ALL SELECT id, name FROM posts_referringhost WHERE name IN (SELECT host FROM counted)
), referrals AS (
    INSERT INTO posts_referral AS r (day, post_id, host_id, reads)
    SELECT day, post_id, id, sum(reads) FROM counted JOIN hosts ON name = host GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (day, post_id, host_id) DO UPDATE SET reads = r.reads + excluded.reads RETURNING 1
), minutes AS (
    INSERT INTO posts_readminute AS m (minute, post_id, source, reads)
    SELECT minute, post_id, source, sum(reads) FROM counted
    WHERE minute > now() - interval '2 hours' AND (SELECT count(*) FROM referrals) IS NOT NULL
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (minute, post_id, source) DO UPDATE SET reads = m.reads + excluded.reads RETURNING 1
), hours AS (
    INSERT INTO posts_readhour AS h (hour, post_id, reads)
    SELECT hour, post_id, sum(reads) FROM counted WHERE (SELECT count(*) FROM minutes) IS NOT NULL
    GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (hour, post_id) DO UPDATE SET reads = h.reads + excluded.reads RETURNING 1
), totals AS (
    INSERT INTO posts_readtotal AS t (post_id, reads)
    SELECT post_id, sum(reads) FROM counted WHERE (SELECT count(*) FROM hours) IS NOT NULL GROUP BY 1 ORDER BY 1
    ON CONFLICT (post_id) DO UPDATE SET reads = t.reads + excluded.reads RETURNING 1
), days AS (
    INSERT INTO posts_readday AS d (day, post_id, reads, search, social, newsletter, sites, ours)
    SELECT day, post_id, sum(reads),
        coalesce(sum(reads) FILTER (WHERE source = 'search'), 0),
        coalesce(sum(reads) FILTER (WHERE source = 'social'), 0),
        coalesce(sum(reads) FILTER (WHERE source = 'newsletter'), 0),
        coalesce(sum(reads) FILTER (WHERE source = 'sites'), 0),
        coalesce(sum(reads) FILTER (WHERE source = 'ours'), 0)
    FROM counted WHERE (SELECT count(*) FROM totals) IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (day, post_id) DO UPDATE SET reads = d.reads + excluded.reads,
        search = d.search + excluded.search, social = d.social + excluded.social,
        newsletter = d.newsletter + excluded.newsletter, sites = d.sites + excluded.sites,
        ours = d.ours + excluded.ours
    RETURNING day
), to_add AS (
    INSERT INTO posts_daytoadd (day) SELECT DISTINCT day FROM days ORDER BY day
    ON CONFLICT (day) DO UPDATE SET is_begun = false RETURNING 1
)
"""
RECORD = f"""
WITH counted AS (
    SELECT p.id AS post_id, (m.moment AT TIME ZONE %(zone)s)::date AS day,
        date_trunc('hour', m.moment, %(zone)s) AS hour, date_trunc('minute', m.moment) AS minute,
        %(source)s AS source, %(host)s AS host, v.reads
    FROM unnest(%(posts)s::bigint[], %(reads)s::bigint[]) AS v (post_id, reads)
    CROSS JOIN (SELECT coalesce(%(at)s::timestamptz, now()) AS moment) AS m
    JOIN posts_post p ON p.id = v.post_id AND p.status = 'published' AND p.published_at <= now()
), {WRITE}
SELECT (SELECT count(*) FROM to_add)
"""
BRING = """
INSERT INTO posts_readtotal AS t (post_id, reads, brought)
SELECT id, brought, brought FROM unnest(%s::bigint[], %s::bigint[]) AS v(id, brought) ORDER BY id
ON CONFLICT (post_id) DO UPDATE SET reads = t.reads - t.brought + excluded.brought, brought = excluded.brought
"""
NEW_NAMES_A_DAY = 1000


def record(counts, *, at=None, source=Source.DIRECT, host=""):
    """Adds `{post id: reads}` that are known to be right, in one statement; posts nobody may see are passed over.

    They came at the moment `at`, which is now as a rule, from a source and, where it has one, a named site.
    """
    if counts:
        given = {
            "posts": list(counts),
            "reads": list(counts.values()),
            "at": at,
            "source": source,
            "host": host,
        }
        with connection.cursor() as cursor:
            cursor.execute(RECORD, given | fixed())


def fixed():
    """What every statement is given."""
    return {"zone": settings.TIME_ZONE, "names": NEW_NAMES_A_DAY}


def bring(totals):
    """`{post id: reads}` that an old site had counted become part of the totals, in place of what was brought before.

    No hour is given them, so the posts most read of late stay those that are read here.
    """
    if totals:
        with connection.cursor() as cursor:
            cursor.execute(BRING, [list(totals), list(totals.values())])


def hour_of(moment):
    """When the hour began that `moment` is in; hours are those of the publication's own clock."""
    return timezone.localtime(moment).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
