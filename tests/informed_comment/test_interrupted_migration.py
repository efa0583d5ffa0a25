"""A migration that is killed at its last step has either been applied, and is known to be, or has changed nothing."""

import pytest
from django.db import connection, migrations, models

from informed_comment.management.commands import migrate as command

TABLE = "informed_comment_halfway"


class Killed(BaseException):
    pass


class Halfway(migrations.Migration):
    """A foreign key is made last of all, by a statement that Django puts off."""

    operations = [
        migrations.CreateModel(
            "halfway",
            [
                ("id", models.AutoField(primary_key=True)),
                ("publication", models.ForeignKey("informed_comment.publication", models.CASCADE)),
            ],
        )
    ]


@pytest.mark.django_db(transaction=True)
def test_a_migration_killed_before_it_was_written_down_has_changed_nothing():
    executor = command.migrate.MigrationExecutor(connection)
    leaves = [key for key in executor.loader.graph.leaf_nodes() if key[0] == "informed_comment"]
    state = executor.loader.project_state(leaves)

    def killed(*_):
        raise Killed

    executor.record_migration = killed
    with pytest.raises(Killed):
        executor.apply_migration(state, Halfway("halfway", "informed_comment"))
    assert TABLE not in connection.introspection.table_names()
