"""The tables as the migrations of a backup leave them."""

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from informed_comment.backups.trouble import Trouble
from informed_comment.migrating import WholeMigrations, take_away_what_is_half_made

AHEAD = (
    "The tables of this database are newer than those of the backup ({name}). Give it an empty database: DROP DATABASE … and "
    "CREATE DATABASE …, then restore before anything else."
)
UNKNOWN = (
    "The backup is of a newer release, which has the migration {name}. Bring the code to that release first."
)


def refuse_unknown(recorded):
    loader = MigrationLoader(connection)
    for app, names in recorded.items():
        for name in names:
            is_replaced = any((app, name) in one.replaces for one in loader.disk_migrations.values())
            if (app, name) not in loader.disk_migrations and not is_replaced:
                raise Trouble(UNKNOWN.format(name=f"{app}.{name}"))


def reach(recorded):
    """Applies the migrations of the backup and no others, as `manage.py migrate` does: it may be killed and begun again."""
    executor = WholeMigrations(connection)
    graph, wanted = executor.loader.graph, {(app, name) for app, names in recorded.items() for name in names}
    for key in executor.loader.applied_migrations:
        if key in graph.nodes and key not in wanted:
            raise Trouble(AHEAD.format(name=".".join(key)))
    wanted &= set(graph.nodes)
    ends = [key for key in wanted if not any(child.key in wanted for child in graph.node_map[key].children)]
    take_away_what_is_half_made(connection)
    executor.migrate(ends)
    connection.close()  # what it holds must not stand in the way of the rows


def is_todays():
    loader = MigrationLoader(connection)
    return set(loader.applied_migrations) >= set(loader.graph.leaf_nodes())
