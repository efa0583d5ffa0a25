"""Which tables a backup holds, in which order their rows stand, and what is left out and why."""

from dataclasses import dataclass

from django.db import connection
from psycopg import sql

QUEUE = ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers")
BESIDE_THE_MODELS = {"django_migrations", *QUEUE, "procrastinate_workers"}

SIGNED_IN = "whoever was signed in signs in again after a restore"
LEFT_OUT = {
    "django_session": SIGNED_IN,
    "informed_comment_staffsession": SIGNED_IN,
    "informed_comment_signinlink": "a link that opened once must not open again",
    "procrastinate_workers": "tells of the workers of this moment",
    "posts_readerskey": "tells readers apart for a day, and belongs into no copy",
    "posts_readminute": "tells of the last two hours here",
}
COLUMNS_LEFT_OUT = {("procrastinate_jobs", "worker_id")}  # names one of the workers left out

# A site is empty when no other table than these holds anything: migrations and a worker without work fill them.
NO_CONTENT = {
    *LEFT_OUT,
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
    "informed_comment_cdnstate",
    "informed_comment_edition",
    "informed_comment_publication",
    "informed_comment_jobproblem",
    "informed_comment_policyreport",
    "informed_comment_watchedlight",
    "newsletter_spent",
    "newsletter_dailyfigure",
    "newsletter_digestplan",
    "posts_popularsidebar",
    "posts_popularlist",
    "posts_namesofday",
    "posts_sitetally",
    *QUEUE,
}

COLUMNS = """
SELECT class.relname, class.relpersistence = 'u', array_agg(attname::text ORDER BY attnum) FILTER (WHERE attgenerated = ''),
    array_agg(attname::text ORDER BY array_position(key.indkey::int2[], attnum)) FILTER (WHERE attnum = ANY (key.indkey)),
    array_agg(attname::text) FILTER (WHERE attnum = ANY (key.indkey) AND attcollation <> 0)
FROM pg_class AS class JOIN pg_attribute ON attrelid = class.oid AND attnum > 0 AND NOT attisdropped
LEFT JOIN pg_index AS key ON key.indrelid = class.oid AND key.indisprimary
WHERE class.relnamespace = current_schema()::regnamespace AND class.relkind IN ('r', 'p') AND NOT class.relispartition
GROUP BY class.oid ORDER BY class.relname COLLATE "C"
"""
SEQUENCES = """
SELECT sequence.relname, owner.relname FROM pg_class AS sequence
JOIN pg_depend ON objid = sequence.oid AND classid = 'pg_class'::regclass AND deptype IN ('a', 'i')
JOIN pg_class AS owner ON owner.oid = refobjid
WHERE sequence.relkind = 'S' AND sequence.relnamespace = current_schema()::regnamespace ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    words: frozenset[str]  # columns of the key that are sorted by letters
    is_unlogged: bool

    def out(self):
        """Its rows in the order of their key, the same on every server whatever its language."""
        order = sql.SQL(", ").join(
            sql.SQL('{} COLLATE "C"' if name in self.words else "{}").format(sql.Identifier(name))
            for name in self.key
        )
        return sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
            listed(self.columns), sql.Identifier(self.name), order
        )

    def into(self):
        """A table emptied in the same transaction takes its rows as if they had always been there."""
        return sql.SQL("COPY {} ({}) FROM STDIN WITH (FREEZE)").format(
            sql.Identifier(self.name), listed(self.columns)
        )


def listed(names):
    return sql.SQL(", ").join(map(sql.Identifier, names))


def all_tables(cursor):
    found = []
    for name, is_unlogged, columns, key, words in cursor.execute(COLUMNS).fetchall():
        kept = tuple(column for column in columns if (name, column) not in COLUMNS_LEFT_OUT)
        found.append(Table(name, kept, tuple(key or kept), frozenset(words or ()), is_unlogged))
    return found


def ours():
    """The names of the tables that migrations make."""
    return BESIDE_THE_MODELS | set(
        connection.introspection.django_table_names(only_existing=False, include_views=False)
    )


def sorted_out(tables):
    """(those in a backup, the names of those that are no part of the site, which no restore could make)."""
    known = ours()
    taken = [table for table in tables if table.name in known - set(LEFT_OUT)]
    return taken, [table.name for table in tables if table.name not in known]


def sequences(cursor, names):
    """The sequences that number the rows of those tables."""
    return [name for name, owner in cursor.execute(SEQUENCES).fetchall() if owner in names]
