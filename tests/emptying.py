"""Emptying the database between tests that commit: only the tables that hold something, which takes a twentieth of a TRUNCATE of all."""

from django.core.management.sql import sql_flush
from django.db import connection as tests_connection
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
    return ["SET LOCAL session_replication_role = replica", *empty]


def the_queue():
    """The queue's tables are not Django's, so Django does not empty them between tests."""
    with tests_connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, "
            "procrastinate_workers CASCADE"
        )
