"""Years of reads for a publication of content.py, made in buckets: days, hours, referrals, tallies.

Nearly all is made by the database out of numbers, with a realistic skew: a few new posts are read by thousands, tens of
thousands of old ones by one or two; one section has a third of all posts, one author a fifth.
"""

import sys
import time

DAYS = 1096
HOURS_OF_DAYS = 60
POSTS_OF_READS = 0.274  # rows of a day for each read of the day; 25,000 for 91,000
HOSTS = 5_000
READS = [
    "posts_readday",
    "posts_readhour",
    "posts_readminute",
    "posts_readtotal",
    "posts_referral",
    "posts_sitetally",
    "posts_categorytally",
    "posts_authortally",
    "posts_tagtally",
    "posts_hosttally",
    "posts_posttally",
]

REFERRING = "INSERT INTO posts_referringhost (id, name) SELECT n, 'site-' || n || '.example' FROM generate_series(1, %(hosts)s) AS n"
# The n-th post of a day: the newest are read most, then whatever of the archive, some of it again and again.
# Into a table of its own, since the large one has no index yet.
DAY = """
TRUNCATE read_today;
INSERT INTO read_today (day, post_id, reads, search, social, newsletter, sites, ours, added)
SELECT %(day)s, post, sum(n), sum(n * 4 / 10), sum(n * 15 / 100), sum(n / 10), sum(n / 20), sum(n / 10), sum(n)
FROM (SELECT greatest(1, CASE WHEN place < 400 THEN newest - place
        WHEN place %% 3 = 0 THEN floor(newest * power(random(), 3)) ELSE floor(newest * random()) END::bigint) AS post,
        floor(1 + %(rows)s * 0.3 / (place + 1))::bigint AS n
    FROM generate_series(0, %(rows)s - 1) AS place,
        (SELECT greatest(1000, %(posts)s - (%(ago)s * %(posts)s / 9131.0)::bigint) AS newest) AS now) AS read
WHERE post <= %(posts)s GROUP BY post ORDER BY post;
INSERT INTO posts_readday SELECT * FROM read_today
"""
# Each post's reads of a day, over as many hours as there are reads, or all; of today over those there have been.
HOURS = """
INSERT INTO posts_readhour (hour, post_id, reads)
SELECT begun + make_interval(hours => ((post_id * 7 + n * 5) %% there)::int), post_id,
    sum(reads / parts + CASE WHEN n < reads %% parts THEN 1 ELSE 0 END)
FROM (SELECT post_id, reads, day::timestamp AT TIME ZONE %(zone)s AS begun, least(reads, 24) AS parts,
        CASE WHEN day = (now() AT TIME ZONE %(zone)s)::date
            THEN 1 + extract(hour FROM now() AT TIME ZONE %(zone)s)::int ELSE 24 END AS there
    FROM read_today) AS d, generate_series(0, parts - 1) AS n GROUP BY 1, 2 ORDER BY 1, 2
"""
REFERRALS = """
INSERT INTO posts_referral (day, post_id, host_id, reads)
SELECT day, post_id, 1 + floor(%(hosts)s * power(((post_id * 7883 + (day - date '2000-01-01') * 13) %% 9949) / 9949.0, 3))::int,
    greatest(sites, 1) FROM read_today WHERE (sites > 0 OR post_id %% 8 = 0) ORDER BY 1, 2
"""
SUMS = "sum(reads), sum(search), sum(social), sum(newsletter), sum(sites), sum(ours)"
# In order, as they come day by day: else each row of a day would lie on a page of its own.
TALLIES = [
    "INSERT INTO posts_readtotal (post_id, reads, brought) SELECT post_id, sum(reads), 0 FROM posts_readday GROUP BY 1",
    f"INSERT INTO posts_sitetally (unit, start, reads, search, social, newsletter, sites, ours) SELECT 'day', day, {SUMS} FROM posts_readday GROUP BY 2",
    *(
        f"INSERT INTO posts_{table}tally (unit, start, {table}_id, reads, search, social, newsletter, sites, ours) "
        f"SELECT 'day', day, {table}_id, {SUMS} FROM posts_readday d JOIN {ties} t ON t.{post} = d.post_id GROUP BY 2, 3 ORDER BY 2, 3"
        for table, ties, post in (
            ("category", "posts_filing", "post_id"),
            ("author", "posts_byline", "post_id"),
            ("tag", "posts_taggedpost", "content_object_id"),
        )
    ),
    "INSERT INTO posts_hosttally (unit, start, host_id, reads) SELECT 'day', day, host_id, sum(reads) FROM posts_referral GROUP BY 2, 3 ORDER BY 2, 3",
    *(
        f"INSERT INTO posts_{table}tally (unit, start{own}, reads, search, social, newsletter, sites, ours) "
        f"SELECT '{unit}', date_trunc('{unit}', start)::date{own}, {SUMS} FROM posts_{table}tally WHERE unit = 'day' GROUP BY 2{own} ORDER BY 2{own}"
        for unit in ("month", "year")
        for table, own in (
            ("site", ""),
            ("category", ", category_id"),
            ("author", ", author_id"),
            ("tag", ", tag_id"),
        )
    ),
    *(
        f"INSERT INTO posts_hosttally (unit, start, host_id, reads) SELECT '{unit}', date_trunc('{unit}', start)::date, host_id, sum(reads) "
        "FROM posts_hosttally WHERE unit = 'day' GROUP BY 2, 3"
        for unit in ("month", "year")
    ),
    "INSERT INTO posts_posttally (unit, start, post_id, reads) SELECT 'month', date_trunc('month', day)::date, post_id, sum(reads) FROM posts_readday GROUP BY 2, 3",
    "INSERT INTO posts_posttally (unit, start, post_id, reads) SELECT 'year', date_trunc('year', start)::date, post_id, sum(reads) FROM posts_posttally GROUP BY 2, 3",
]
MINUTES = """
INSERT INTO posts_readminute (minute, post_id, source, reads)
SELECT date_trunc('minute', now()) - make_interval(mins => n), post_id,
    (ARRAY['direct', 'search', 'social', 'newsletter', 'sites', 'ours'])[1 + (post_id + n) %% 6], 1
FROM generate_series(0, 119) AS n, LATERAL (SELECT DISTINCT 1 + floor(%(posts)s * (1 - power(random(), 4)))::bigint - 1 + n - n
    AS post_id FROM generate_series(1, 60)) AS p WHERE post_id > 0
"""


def make(posts, reads):
    from datetime import timedelta

    from django.conf import settings
    from django.db import connection

    from bench import content
    from bench.rows import without_indexes
    from posts.reads import periods

    begun, today = time.monotonic(), periods.today()
    content.make(posts)
    numbers = {"posts": posts, "hosts": HOSTS}
    numbers |= {"rows": max(1, int(reads / DAYS * POSTS_OF_READS)), "zone": settings.TIME_ZONE}
    with connection.cursor() as cursor:

        def do(statement, values=numbers):
            cursor.execute(statement, values)

        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET work_mem = '512MB'")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for table in READS:
            cursor.execute(f"ALTER TABLE {table} SET UNLOGGED")
        do(REFERRING)
        say("posts", begun)
        cursor.execute("CREATE TEMP TABLE read_today (LIKE posts_readday)")
        with without_indexes(cursor, READS):
            for ago in range(DAYS - 1, -1, -1):
                values = numbers | {"day": today - timedelta(days=ago), "ago": ago}
                do(DAY, values)
                do(REFERRALS, values)
                if ago < HOURS_OF_DAYS:
                    do(HOURS, values)
                if ago % 100 == 0:
                    say(f"{DAYS - ago} days", begun)
            for statement in TALLIES:
                do(statement, None)
                say(statement[12:60], begun)
            do(MINUTES)
        say("indexes", begun)
        cursor.execute("RESET session_replication_role")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET work_mem")
        cursor.execute(
            "SELECT pg_size_pretty(pg_database_size(current_database())), (SELECT sum(reads) FROM posts_readtotal)"
        )
        size, total = cursor.fetchone()
    say(f"{posts:,} posts, {total:,} reads, {size}", begun)


def say(what, begun):
    print(f"{time.monotonic() - begun:>7.0f} s  {what}", file=sys.stderr, flush=True)
