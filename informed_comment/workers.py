"""Whether anybody does the background work, as the queue's own table tells."""

from django.db import connection

SILENT = 60  # seconds without a heartbeat after which a worker counts as gone


def heartbeat_age():
    """Seconds since the newest heartbeat of any worker; None if none has ever reported."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers")
        (age,) = cursor.fetchone()
    return None if age is None else float(age)


def is_at_work():
    age = heartbeat_age()
    return age is not None and age <= SILENT
