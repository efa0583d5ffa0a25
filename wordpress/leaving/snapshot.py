"""One state of the database for as long as an export takes, whatever is written meanwhile."""

from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def snapshot():
    """Within a transaction that has begun already, that one's."""
    is_own = not connection.in_atomic_block
    with transaction.atomic():
        if is_own:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
