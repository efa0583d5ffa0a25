"""The tables of a whole publication, set aside, and put back as the migrations make each of them: so that every later migration
meets them full.

A table is filled as soon as it is there, with those of its columns that it has by then; what migrations fill themselves is left to
them. No trigger runs meanwhile, and what stands in a column that is added later is what its migration puts there.
"""

from bench.rows import without_indexes

SET_ASIDE = "full_tables"
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")
FILLED_BY_MIGRATIONS = {  # or by the one after that which makes them
    "informed_comment_edition",
    "newsletter_digestplan",
    "posts_publishedday",
    "posts_readday",
    "posts_daytoadd",
    "posts_popularsidebar",
}
COLUMNS = """
SELECT attname, attgenerated <> '', attnotnull AND NOT atthasdef AND attidentity = '', format_type(atttypid, atttypmod)
FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
"""
EMPTY = {"boolean": "false", "timestamp with time zone": "now()", "date": "current_date", "jsonb": "'{}'"}
# The first column for searching goes before anything else could need it; to fill it takes longer than all migrations.
SPARED = "ALTER TABLE posts_post ALTER COLUMN search DROP EXPRESSION"
NUMBERS = ("integer", "bigint", "smallint", "double precision")

# What a site of that size has beside posts and subscribers, as many rows as it would have.
MORE = {
    "a consent for each subscriber": """
        INSERT INTO newsletter_consentevent (address_hash, what, at, how, text, text_version, detail, network, sender_hash, by,
            subscriber_id)
        SELECT encode(sha256(key::bytea), 'hex'), 'confirmed', confirmed_at, 'link', 'I agree to get the newsletter.', 1, '', '', '', '',
            id FROM newsletter_subscriber""",
    "a mailing to each of them": """
        INSERT INTO newsletter_mailing (kind, key, state, subject, preheader, intro, body, frequencies, problem, audience,
            is_in_archive, is_automatic, is_subject_made, created_at, queued_at, started_at, ended_at)
        VALUES ('letter', '', 'sent', 'A letter', '', '', '<p>To all of you.</p>', '{}', '', 0, true, false, false, now(), now(), now(),
            now());
        INSERT INTO newsletter_mailingvariant (mailing_id, categories, subject, html, text, problem)
        SELECT max(id), '{}', 'A letter', '<p>To all of you.</p>', 'To all of you.', '' FROM newsletter_mailing;
        INSERT INTO newsletter_delivery (state, subscriber_id, mailing_id, variant_id)
        SELECT 'sent', subscriber.id, variant.mailing_id, variant.id
        FROM newsletter_subscriber AS subscriber, newsletter_mailingvariant AS variant""",
    "a revision of each post": """
        INSERT INTO posts_revision (deed, state, name, guest, created_at, post_id, version)
        SELECT 'publish', jsonb_build_object('title', title, 'standfirst', standfirst, 'body', body), '', '', created_at, id, 1
        FROM posts_post""",
    "where each post came from": """
        INSERT INTO wordpress_imported (source, kind, key, checksum, source_checksum, status_there, password_there, address, trouble,
            is_missing_there, created_at, post_id)
        SELECT 'old.example.org', 'post', id::text, '', '', '', '', '', '', false, created_at, id FROM posts_post""",
    "hours of sixty days": """
        INSERT INTO posts_readhour (hour, post_id, reads)
        SELECT date_trunc('hour', now()) - n * interval '1 hour', post_id, 1
        FROM posts_readday CROSS JOIN generate_series(49, 24 * 60) AS n WHERE day = current_date""",
    "totals of all posts": """
        INSERT INTO posts_readtotal (post_id, reads, brought) SELECT id, 1, 0 FROM posts_post ON CONFLICT DO NOTHING;
        INSERT INTO posts_posttally (unit, start, post_id, reads)
        SELECT 'year', date_trunc('year', now())::date, id, 1 FROM posts_post ON CONFLICT DO NOTHING""",
}


def make_more(cursor):
    cursor.execute("SET session_replication_role = replica")
    for statements in MORE.values():
        cursor.execute(statements)
    cursor.execute("RESET session_replication_role")
    cursor.execute("VACUUM ANALYZE")


def set_aside(cursor):
    """Leaves a database that is empty but for what is set aside."""
    cursor.execute(f"ALTER SCHEMA public RENAME TO {SET_ASIDE}")
    cursor.execute("CREATE SCHEMA public")
    for name in EXTENSIONS:
        cursor.execute(f"ALTER EXTENSION {name} SET SCHEMA public")


def tables(cursor, schema="public"):
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = %s::regnamespace", [schema]
    )
    return {name for (name,) in cursor.fetchall()}


def put_back(cursor, names):
    """Fills those of the tables that are empty and were full."""
    found = []
    for name in sorted((names & tables(cursor, SET_ASIDE)) - FILLED_BY_MIGRATIONS):
        cursor.execute(f"SELECT EXISTS (SELECT FROM public.{name}), EXISTS (SELECT FROM {SET_ASIDE}.{name})")
        if cursor.fetchone() == (False, True):
            fill(cursor, name)
            found.append(name)
    if found:
        cursor.execute("CHECKPOINT")  # or who reads next waits for the disk
    return found


def fill(cursor, name):
    cursor.execute(COLUMNS, [f"{SET_ASIDE}.{name}"])
    kept = {column for column, *_ in cursor.fetchall()}
    if name == "posts_post" and "posts_searchentry" not in tables(cursor):
        cursor.execute(SPARED)
    cursor.execute(COLUMNS, [f"public.{name}"])
    into, out = [], []
    for column, is_generated, has_to_be, kind in cursor.fetchall():
        if not is_generated and (column in kept or has_to_be):
            into.append(f'"{column}"')
            out.append(
                f'"{column}"::{kind}' if column in kept else empty(kind)
            )  # cut where it may be shorter yet
    given = f"INSERT INTO public.{name} ({', '.join(into)}) SELECT {', '.join(out)} FROM {SET_ASIDE}.{name}"
    cursor.execute("SET session_replication_role = replica")
    cursor.execute("SET maintenance_work_mem = '256MB'")
    with without_indexes(cursor, [name]):
        cursor.execute(given)
    cursor.execute("RESET maintenance_work_mem")
    cursor.execute("RESET session_replication_role")
    cursor.execute(f"VACUUM ANALYZE public.{name}")


def empty(kind):
    return EMPTY.get(kind) or ("0" if kind in NUMBERS else "'{}'" if kind.endswith("[]") else "''")
