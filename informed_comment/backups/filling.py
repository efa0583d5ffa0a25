"""Rows into tables: all of them in one transaction, by whoever owns the tables, with no right beyond that.

Foreign keys and plain indexes are taken away before and made again after, which checks all rows at once, takes circles, and is
many times faster than row by row. Triggers do not run: what they would write is among the rows.
"""

from contextlib import contextmanager

from psycopg import sql

from informed_comment.backups.tables import listed

FOREIGN_KEYS = """
SELECT class.relname, conname, pg_get_constraintdef(pg_constraint.oid) FROM pg_constraint
JOIN pg_class AS class ON class.oid = conrelid
WHERE contype = 'f' AND class.relnamespace = current_schema()::regnamespace AND conparentid = 0 ORDER BY 1, 2
"""
INDEXES = """
SELECT class.relname, named.relname, pg_get_indexdef(indexrelid) FROM pg_index
JOIN pg_class AS class ON class.oid = indrelid JOIN pg_class AS named ON named.oid = indexrelid
WHERE class.relnamespace = current_schema()::regnamespace AND class.relkind = 'r' AND NOT class.relispartition
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid) ORDER BY 1, 2
"""
TRIGGERS = "ALTER TABLE {} {} TRIGGER USER"


@contextmanager
def laid_bare(cursor, tables, *, say):
    """Within it the tables are empty, have neither foreign keys nor plain indexes, and no trigger runs."""
    names = {table.name for table in tables}
    for table in tables:
        cursor.execute(sql.SQL(TRIGGERS).format(sql.Identifier(table.name), sql.SQL("DISABLE")))
    keys = [row for row in cursor.execute(FOREIGN_KEYS).fetchall() if row[0] in names]
    indexes = [row for row in cursor.execute(INDEXES).fetchall() if row[0] in names]
    for table, name, _ in keys:
        cursor.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(*map(sql.Identifier, (table, name)))
        )
    for _, name, _ in indexes:
        cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    cursor.execute(sql.SQL("TRUNCATE {}").format(listed(sorted(names))))
    yield
    for table, _, definition in indexes:
        say(f"indexes of {table}")
        cursor.execute(definition)
    for table, name, definition in keys:
        say(f"references of {table}")
        cursor.execute(
            sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                sql.Identifier(table), sql.Identifier(name), sql.SQL(definition)
            )
        )
    for table in tables:
        cursor.execute(sql.SQL(TRIGGERS).format(sql.Identifier(table.name), sql.SQL("ENABLE")))


def copied_in(cursor, table, pieces):
    """Passes the pieces on once the table has taken them."""
    with cursor.copy(table.into()) as copy:
        for piece in pieces:
            copy.write(piece)
            yield piece


def set_numbers(cursor, numbers):
    for name, (number, is_called) in numbers.items():
        cursor.execute("SELECT setval(quote_ident(%s)::regclass, %s, %s)", [name, number, is_called])
