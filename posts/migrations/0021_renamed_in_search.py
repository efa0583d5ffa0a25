from django.db import migrations, models

AT_ONCE = 500

# A new name is told at once to few posts. Of many, each entry's words are written anew, which takes minutes for an
# author of forty thousand: those are only written down, and the worker tells them.
TELL = """
CREATE FUNCTION search_tell(posts bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(posts) <= {at_once} THEN
        PERFORM search_names(posts);
    ELSE
        INSERT INTO posts_untoldname (post_id) SELECT DISTINCT unnest(posts) ON CONFLICT DO NOTHING;
    END IF;
END
$$
"""
TABLES = {
    "authors_author": ("posts_byline", "post_id", "author_id"),
    "posts_tag": ("posts_taggedpost", "content_object_id", "tag_id"),
}


def renamed(deed):
    return [
        f"CREATE OR REPLACE FUNCTION {table}_is_renamed_in_search() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"PERFORM {deed}(ARRAY(SELECT {post} FROM {ties} WHERE {other} = NEW.id)); RETURN NULL; END $$"
        for table, (ties, post, other) in TABLES.items()
    ]


class Migration(migrations.Migration):
    """Renaming an author of very many posts no longer waits until each of them knows the new name."""

    dependencies = [("posts", "0020_search_heads")]

    operations = [
        migrations.CreateModel(
            "UntoldName",
            fields=[
                (
                    "post",
                    models.OneToOneField(
                        "posts.post",
                        db_constraint=False,
                        on_delete=models.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                    ),
                ),
            ],
        ),
        migrations.RunSQL(TELL.format(at_once=AT_ONCE), "DROP FUNCTION search_tell(bigint[])"),
        migrations.RunSQL(renamed("search_tell"), renamed("search_names")),
    ]
