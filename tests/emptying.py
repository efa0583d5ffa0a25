"""Emptying the database between tests that commit: only the tables that hold something, which takes a twentieth of a TRUNCATE of all.

What the migrations put into tables stands there again afterwards, so that each test finds what the first one found.
"""

import functools

from django.contrib.contenttypes.models import ContentType
from django.core.management.sql import sql_flush
from django.db import connection as tests_connection
from django.db import transaction
from psycopg import sql

STAY = {"django_content_type", "auth_permission"}  # flush would make the same rows anew


def statements(style, connection, reset_sequences=True, allow_cascade=False):
    """In place of Django's own of this name, where the server lets us pass over triggers; else Django's own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if reset_sequences or not cursor.fetchone()[0]:
            return sql_flush(style, connection, reset_sequences, allow_cascade)
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        filled = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(table, sql.Identifier(table))
            for table in sorted(set(tables) - STAY)
        )
        cursor.execute(filled.as_string(cursor.connection))
        found = [name for (name,) in cursor.fetchall()]
    empty = [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)).as_string() for name in found]
    brought = [statement for name, statement in as_migrated().items() if name not in STAY]
    return ["SET LOCAL session_replication_role = replica", *empty, *brought]


@functools.cache
def as_migrated():
    """Table → statement that brings back the rows of the migrations; to be called first while there are no others."""
    tables = tests_connection.introspection.django_table_names(only_existing=True, include_views=False)
    brought = {}
    with tests_connection.cursor() as cursor:
        for name in sorted(tables):
            table = sql.Identifier(name)
            cursor.execute(sql.SQL("SELECT json_agg(kept)::text FROM {} AS kept").format(table).as_string())
            if rows := cursor.fetchone()[0]:
                again = sql.SQL("INSERT INTO {} SELECT * FROM json_populate_recordset(NULL::{}, {})")
                brought[name] = again.format(table, table, sql.Literal(rows)).as_string()
    return brought


def number_rights_as_before():
    """After Django's own flush, which makes the same rights anew with other numbers than the groups' rows know."""
    with transaction.atomic(), tests_connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name in STAY:
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)).as_string())
            cursor.execute(as_migrated()[name])
    ContentType.objects.clear_cache()


def the_queue():
    """The queue's tables are not Django's, so Django does not empty them between tests."""
    with tests_connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, "
            "procrastinate_workers CASCADE"
        )
