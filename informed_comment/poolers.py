"""Refusing to go on where a lock or LISTEN would be lost: behind PgBouncer and its kind.

A pooler gives each transaction to whatever session of PostgreSQL is free. Locks that should last as long as their holder then
belong to nobody: a mailing would be sent twice. So whoever takes one looks first whether it speaks with PostgreSQL itself.
"""

from django.core.exceptions import ImproperlyConfigured

FOUND = (
    "Between this process and PostgreSQL stands a pooler such as PgBouncer, behind which no lock holds. Keep its address in "
    "DATABASE_URL and name PostgreSQL itself in DATABASE_DIRECT_URL, for the worker and for every command."
)


def refuse(connection):
    """Raises ImproperlyConfigured when the session that answers is not the one this connection was made to.

    Within a transaction a pooler keeps one session, so nothing is asked.
    """
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (answers,) = cursor.fetchone()
    if answers != connection.connection.info.backend_pid:
        raise ImproperlyConfigured(FOUND)
