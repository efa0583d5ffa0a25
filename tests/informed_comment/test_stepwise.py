"""A migration of full tables goes on where it was, and its long steps keep nobody waiting."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.recorder import MigrationRecorder

from authors.models import Author
from informed_comment import stepwise
from informed_comment.migrating import WholeMigrations
from tests.factories import make_author

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = "CREATE TABLE informed_comment_stepped (id int)"
SECOND = "CREATE TABLE informed_comment_stepped_twice (id int)"


class Killed(BaseException):
    pass


class Steps(stepwise.Stepwise):
    """Its first step can be taken once only; the second is killed at the first try, after it has done its deed."""

    is_killed = True

    def __init__(self, name, app_label):
        super().__init__(name, app_label)
        self.operations = [migrations.RunSQL(FIRST), migrations.RunPython(self.second)]

    def second(self, apps, schema_editor):
        schema_editor.execute(SECOND)
        if self.is_killed:
            raise Killed


class Beside(stepwise.Stepwise):
    index = models.Index(fields=["role"], name="authors_stepwise")
    operations = [stepwise.Index("author", index), stepwise.DropIndex("author", index.name)]


@pytest.fixture
def executor():
    yield WholeMigrations(connection)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS informed_comment_stepped, informed_comment_stepped_twice")
        cursor.execute("DROP INDEX IF EXISTS authors_stepwise")
    written_down().delete()


def written_down():
    return MigrationRecorder(connection).migration_qs.filter(name__startswith="9999_")


def state(executor):
    return executor.loader.project_state()


def test_a_migration_that_was_killed_goes_on_after_the_last_step_that_was_taken(executor):
    steps = Steps("9999_steps", "informed_comment")
    with pytest.raises(Killed):
        executor.apply_migration(state(executor), steps)
    assert [row.name for row in written_down()] == ["9999_steps, steps done: 1"]
    steps.is_killed = False
    executor.apply_migration(state(executor), steps)
    assert {"informed_comment_stepped", "informed_comment_stepped_twice"} <= set(
        connection.introspection.table_names()
    )
    assert [row.name for row in written_down()] == ["9999_steps"]


def test_an_index_that_was_made_before_the_kill_is_no_error(executor):
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX authors_stepwise ON authors_author (role)")
    executor.apply_migration(state(executor), Beside("9999_beside", "authors"))
    with connection.cursor() as cursor:
        assert "authors_stepwise" not in connection.introspection.get_constraints(cursor, "authors_author")


def test_rows_changed_in_batches_raise_the_edition_once():
    keys = [make_author().pk for _ in range(5)]
    batches = stepwise.in_batches(
        "UPDATE authors_author SET role = role || 'x' WHERE id BETWEEN %(low)s AND %(high)s",
        over="authors_author",
        size=2,
    )
    before = edition()
    with connection.schema_editor(atomic=False) as editor:
        batches.code(None, editor)
    assert set(Author.objects.filter(pk__in=keys).values_list("role", flat=True)) == {"x"}
    assert edition() == before + 1


def edition():
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM informed_comment_edition")
        return cursor.fetchone()[0]
