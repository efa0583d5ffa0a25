"""Every migration from now on may run while the site is in use and the old code goes on. Those before were never released: they
run on empty tables, at a first installation."""

import re

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now, Random

from informed_comment import stepwise
from tests.manners import complaints

NEVER_RELEASED = {  # app → the number of the last one
    "authors": 6,
    "images": 5,
    "informed_comment": 18,
    "newsletter": 19,
    "pages": 7,
    "posts": 45,
    "wordpress": 12,
}
EXCUSED = {}  # (app, name) → why what it does is harmless
LOADER = MigrationLoader(None)


def later_ones():
    return sorted(
        key
        for key in LOADER.disk_migrations
        if key[0] in NEVER_RELEASED and int(key[1][:4]) > NEVER_RELEASED[key[0]] and key not in EXCUSED
    )


def test_each_migration_keeps_nobody_waiting_and_lets_the_old_code_go_on():
    said = {
        ".".join(key): complaints(LOADER.graph.nodes[key], LOADER.project_state(key, at_end=False))
        for key in later_ones()
    }
    assert not {name: found for name, found in said.items() if found}


def test_the_first_release_begins_where_it_says():
    """While there is none to check, this is what tells that the check looks at the right migrations."""
    for app, number in NEVER_RELEASED.items():
        assert any(key[0] == app and key[1].startswith(f"{number:04}_") for key in LOADER.disk_migrations)


def test_excuses_are_of_migrations_that_are_there():
    assert set(EXCUSED) <= set(LOADER.disk_migrations)


def migration(*operations, kind=migrations.Migration, **more):
    made = kind("9999_x", "posts")
    made.operations = operations
    for name, value in more.items():
        setattr(made, name, value)
    return complaints(made, LOADER.project_state())


def python(apps, schema_editor): ...


def named(given):
    """What a case is called: the same in every process, so nothing of where a function lies in memory."""
    return re.sub(r" at 0x\w+", "", str(given[-1]))[:70]


INDEX = models.Index(fields=["title"], name="i")
CHECK = models.CheckConstraint(condition=~models.Q(title="x"), name="c")
NEW = migrations.CreateModel(
    "New", [("id", models.BigAutoField(primary_key=True)), ("n", models.IntegerField())]
)


@pytest.mark.parametrize(
    "operations",
    [
        [migrations.AddIndex("post", INDEX)],
        [migrations.AddConstraint("post", CHECK)],
        [migrations.AddConstraint("post", models.UniqueConstraint(fields=["title"], name="u"))],
        [migrations.AddField("post", "more", models.IntegerField(default=1))],
        [migrations.AddField("post", "more", models.FloatField(db_default=Random()))],
        [migrations.AddField("post", "more", models.ForeignKey("posts.Tag", models.CASCADE, null=True))],
        [
            migrations.AddField(
                "post",
                "more",
                models.GeneratedField(
                    expression=models.F("id"), output_field=models.BigIntegerField(), db_persist=True
                ),
            )
        ],
        [migrations.AlterField("post", "title", models.CharField(max_length=10))],
        [migrations.AlterField("post", "published_at", models.DateTimeField())],
        [migrations.AlterField("post", "title", models.CharField(max_length=500, unique=True))],
        [migrations.RemoveField("post", "title")],
        [migrations.RenameField("post", "title", "heading")],
        [migrations.DeleteModel("Post")],
        [migrations.RunPython(python)],
        [
            migrations.AddField("post", "more", models.IntegerField(null=True)),
            migrations.RunPython(python, hints={"in_batches": "by key"}),
        ],
        [migrations.RunSQL("CREATE INDEX a ON posts_post (title)")],
        [migrations.RunSQL("ALTER TABLE posts_post ALTER COLUMN title TYPE text")],
        [migrations.RunSQL("ALTER TABLE posts_post ALTER title SET NOT NULL")],
        [migrations.RunSQL("ALTER TABLE posts_post ADD CONSTRAINT a CHECK (title <> '')")],
        [migrations.RunSQL([("UPDATE posts_post SET title = %s", ["x"])])],
        [
            migrations.SeparateDatabaseAndState(
                [migrations.RunSQL("ALTER TABLE posts_post DROP COLUMN title")]
            )
        ],
    ],
    ids=named,
)
def test_what_keeps_people_waiting_or_breaks_the_old_code_is_found(operations):
    assert migration(*operations)


@pytest.mark.parametrize(
    "operations",
    [
        [AddIndexConcurrently("post", INDEX)],
        [AddConstraintNotValid("post", CHECK)],
        [migrations.AddField("post", "more", models.IntegerField(null=True))],
        [migrations.AddField("post", "more", models.IntegerField(db_default=1))],
        [migrations.AddField("post", "more", models.DateTimeField(db_default=Now()))],
        [migrations.AlterField("post", "title", models.TextField())],
        [migrations.RunPython(python, hints={"in_batches": "a thousand posts at a time"})],
        [
            NEW,
            migrations.AddIndex("new", models.Index(fields=["n"], name="n")),
            migrations.RunSQL("CREATE INDEX a ON posts_new (n)"),
        ],
        [migrations.RunSQL("CREATE INDEX CONCURRENTLY a ON posts_post (title)")],
        [migrations.RunSQL("ALTER TABLE posts_post ADD CONSTRAINT a CHECK (title <> '') NOT VALID")],
        [
            migrations.RunSQL(
                "CREATE FUNCTION a() RETURNS trigger AS $$ BEGIN UPDATE posts_post SET title = ''; END $$ LANGUAGE plpgsql"
            )
        ],
    ],
    ids=named,
)
def test_what_does_neither_is_let_be(operations):
    assert not migration(*operations)


def test_two_steps_that_are_no_transaction_have_to_be_remembered():
    twice = [stepwise.Index("post", INDEX), stepwise.DropIndex("post", "posts_by_title")]
    assert migration(*twice, atomic=False)
    assert not migration(*twice, kind=stepwise.Stepwise)


def test_what_the_release_before_does_without_may_go():
    assert not migration(migrations.RemoveField("post", "title"), contracts="0.2.0")
