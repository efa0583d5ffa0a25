"""The tables as the migrations of a backup leave them."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from informed_comment.backups.trouble import Trouble

AHEAD = (
    "The tables of this database are newer than those of the backup ({name}). Give it an empty database: DROP DATABASE … and "
    "CREATE DATABASE …, then restore before anything else."
)
UNKNOWN = (
    "The backup is of a newer release, which has the migration {name}. Bring the code to that release first."
)


def refuse_unknown(recorded):
    loader = MigrationExecutor(connection).loader
    for app, names in recorded.items():
        for name in names:
            is_replaced = any((app, name) in one.replaces for one in loader.disk_migrations.values())
            if (app, name) not in loader.disk_migrations and not is_replaced:
                raise Trouble(UNKNOWN.format(name=f"{app}.{name}"))


def reach(recorded):
    """Applies the migrations of the backup and no others; whether that is today's state already."""
    executor = MigrationExecutor(connection)
    graph, wanted = executor.loader.graph, {(app, name) for app, names in recorded.items() for name in names}
    for key in executor.loader.applied_migrations:
        if key in graph.nodes and key not in wanted:
            raise Trouble(AHEAD.format(name=".".join(key)))
    wanted &= set(graph.nodes)
    ends = [key for key in wanted if not any(child.key in wanted for child in graph.node_map[key].children)]
    executor.migrate(ends)
    connection.close()  # what it holds must not stand in the way of the rows
    return wanted >= set(graph.leaf_nodes())
