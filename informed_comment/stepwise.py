"""Migrations of tables that are full and in use, a step at a time: each step is a transaction of its own, so no lock is held longer
than its own step needs, and what takes long holds no lock that anybody waits for.

Each step is written down with what it did, as a row of django_migrations that no migration has for a name. So one that gave up, or
was killed, goes on where it was.
"""

import contextlib
import re
from functools import partial

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, transaction
from django.db.migrations.recorder import MigrationRecorder

BATCH = 1000


class Stepwise(migrations.Migration):
    """Use in the place of Migration. Index, DropIndex and in_batches are steps beside everybody's work; others lock as they do."""

    atomic = False

    def apply(self, project_state, schema_editor, collect_sql=False):
        if collect_sql:
            return super().apply(project_state, schema_editor, collect_sql)
        done = Done(schema_editor.connection, self.app_label, self.name)
        former = done.number()
        for number, operation in enumerate(self.operations, 1):
            before = project_state.clone()
            operation.state_forwards(self.app_label, project_state)
            if number > former:
                take = partial(forwards, operation, self.app_label, schema_editor, before, project_state)
                done.step(number, take, is_beside=getattr(operation, "is_beside", False))
        return project_state


def forwards(operation, app_label, schema_editor, before, after):
    operation.database_forwards(app_label, schema_editor, before, after)
    while schema_editor.deferred_sql:  # keys and indexes of what was made
        schema_editor.execute(schema_editor.deferred_sql.pop(0))


class Done:
    """How many steps of a migration have been taken."""

    def __init__(self, connection, app, name):
        self.connection, self.app, self.mark = connection, app, f"{name}, steps done: "
        self.rows = MigrationRecorder(connection).migration_qs.filter(app=app, name__startswith=self.mark)

    def number(self):
        return max((int(row.name.removeprefix(self.mark)) for row in self.rows), default=0)

    def step(self, number, deed, *, is_beside):
        with contextlib.nullcontext() if is_beside else transaction.atomic(self.connection.alias):
            deed()  # one that is done beside others' work may be done again
            self.write(number)

    def write(self, number):
        if not (number > 1 and self.rows.update(name=f"{self.mark}{number}")):
            self.rows.create(app=self.app, name=f"{self.mark}{number}")

    def forget(self):
        self.rows.delete()


class Index(AddIndexConcurrently):
    """Made beside everybody's work; one that is there already is kept."""

    is_beside = True

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model_name)
        is_alone = not schema_editor.connection.in_atomic_block
        made = str(self.index.create_sql(model, schema_editor, concurrently=is_alone))
        schema_editor.execute(
            re.sub(r"^(CREATE (?:UNIQUE )?INDEX(?: CONCURRENTLY)?) ", r"\1 IF NOT EXISTS ", made), params=None
        )

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        drop(schema_editor, self.index.name)


class DropIndex(RemoveIndexConcurrently):
    """Taken away once nobody uses it; one that is gone already is no error."""

    is_beside = True

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        drop(schema_editor, self.name)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.models[app_label, self.model_name_lower]
        Index(self.model_name, model.get_index_by_name(self.name)).database_forwards(
            app_label, schema_editor, from_state, to_state
        )


def drop(schema_editor, name):
    beside = "" if schema_editor.connection.in_atomic_block else "CONCURRENTLY "
    schema_editor.execute(f"DROP INDEX {beside}IF EXISTS {schema_editor.quote_name(name)}", params=None)


def in_batches(*statements, over, size=BATCH):
    """An operation: the statements, with %(low)s and %(high)s for the keys of `size` rows of the table `over` at a time: few, where
    triggers do much for each row, since whoever saves one of them waits for the batch.

    Each batch is a transaction; done again, a batch must change nothing. The edition goes up once, at the end.
    """

    def go(apps, schema_editor):
        connection = schema_editor.connection
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT min(id), max(id) FROM {over}")
            lowest, highest = cursor.fetchone()
            if lowest is None:
                return
            for low in range(lowest, highest + 1, size):
                with transaction.atomic(connection.alias):
                    cursor.execute("SELECT set_config('informed_comment.edition_waits', 'on', true)")
                    for statement in statements:
                        cursor.execute(statement, {"low": low, "high": low + size - 1})
            cursor.execute("UPDATE informed_comment_edition SET number = number + 1")

    made = migrations.RunPython(
        go, migrations.RunPython.noop, atomic=False, hints={"in_batches": f"by the key of {over}"}
    )
    made.is_beside = True
    return made
