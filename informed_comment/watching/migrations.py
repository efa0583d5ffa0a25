"""Which migrations of this code the database has not had. That it has had others is no fault: newer code may run beside."""

import functools

from django.db import connection
from django.db.migrations.loader import MigrationLoader


@functools.cache
def ours():
    """(app, name) of each, in order; read from the files once."""
    graph = MigrationLoader(None).graph
    plan = {}
    for leaf in graph.leaf_nodes():
        plan.update(dict.fromkeys(graph.forwards_plan(leaf)))
    return list(plan)


def missing():
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    return [one for one in ours() if one not in applied]
