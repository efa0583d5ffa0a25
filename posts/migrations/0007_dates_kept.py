from django.db import migrations

from informed_comment import stepwise

TABLES = {"posts_filing": "post_id", "posts_byline": "post_id", "posts_taggedpost": "content_object_id"}

# The lock on the post makes whoever publishes it wait for this row, or this row for the publisher; without it each
# could miss the other's change. The post may come later in the same transaction (keys are checked at its end): then
# its own trigger dates the row.
DATED = """
CREATE FUNCTION date_by_post() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.published_at := NULL;
    SELECT CASE WHEN status = 'published' THEN published_at END INTO NEW.published_at
    FROM posts_post WHERE id = (to_jsonb(NEW) ->> TG_ARGV[0])::bigint FOR NO KEY UPDATE;
    RETURN NEW;
END
$$
"""
PASSED_ON = """
CREATE FUNCTION pass_date_on() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    day timestamptz := CASE WHEN NEW.status = 'published' THEN NEW.published_at END;
BEGIN
    UPDATE posts_filing SET published_at = day WHERE post_id = NEW.id AND published_at IS DISTINCT FROM day;
    UPDATE posts_byline SET published_at = day WHERE post_id = NEW.id AND published_at IS DISTINCT FROM day;
    UPDATE posts_taggedpost SET published_at = day
        WHERE content_object_id = NEW.id AND published_at IS DISTINCT FROM day;
    RETURN NULL;
END
$$
"""
ON_POST = [
    "CREATE TRIGGER posts_post_passes_date_on_insert AFTER INSERT ON posts_post "
    "FOR EACH ROW WHEN (NEW.status = 'published') EXECUTE FUNCTION pass_date_on()",
    "CREATE TRIGGER posts_post_passes_date_on_update AFTER UPDATE ON posts_post "
    "FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status OR OLD.published_at IS DISTINCT FROM NEW.published_at) "
    "EXECUTE FUNCTION pass_date_on()",
]


# As 0029_mergers has it: many rows that are dated at once raise the edition once.
WAITING = """
CREATE OR REPLACE FUNCTION raise_edition_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    post bigint := (to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END) ->> TG_ARGV[0])::bigint;
BEGIN
    IF current_setting('informed_comment.edition_waits', true) IS DISTINCT FROM 'on'
        AND EXISTS (SELECT FROM posts_post WHERE id = post AND status = 'published') THEN
        UPDATE informed_comment_edition SET number = number + 1;
    END IF;
    RETURN NULL;
END
$$
"""


def filled(table, post):
    """Has the trigger date the rows already there. Posts are locked first, as by whoever saves one."""
    rows = "id BETWEEN %(low)s AND %(high)s AND published_at IS NULL"
    return stepwise.in_batches(
        f"SELECT FROM posts_post WHERE id IN (SELECT {post} FROM {table} WHERE {rows}) ORDER BY id FOR NO KEY UPDATE",
        f"UPDATE {table} SET published_at = NULL WHERE {rows}",
        over=table,
        size=100,
    )


def dated(table, post):
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_is_dated BEFORE INSERT OR UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION date_by_post('{post}')",
        f"DROP TRIGGER {table}_is_dated ON {table}",
    )


class Migration(stepwise.Stepwise):
    """What lists are ordered by is copied from the post, by triggers on both sides."""

    dependencies = [("posts", "0006_dated_lists"), ("informed_comment", "0006_edition_raised_once")]

    operations = [
        migrations.RunSQL(WAITING, migrations.RunSQL.noop),
        migrations.RunSQL(DATED, "DROP FUNCTION date_by_post()"),
        migrations.RunSQL(PASSED_ON, "DROP FUNCTION pass_date_on()"),
        *[dated(table, post) for table, post in TABLES.items()],
        migrations.RunSQL(
            ON_POST,
            [
                "DROP TRIGGER posts_post_passes_date_on_insert ON posts_post",
                "DROP TRIGGER posts_post_passes_date_on_update ON posts_post",
            ],
        ),
        *[filled(table, post) for table, post in TABLES.items()],
    ]
