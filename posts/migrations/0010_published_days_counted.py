from django.db import migrations

OLD = "SELECT (published_at AT TIME ZONE 'UTC')::date AS day, -1 AS n FROM old_rows WHERE status = 'published'"
NEW = "SELECT (published_at AT TIME ZONE 'UTC')::date AS day, 1 AS n FROM new_rows WHERE status = 'published'"
ROWS = {"insert": NEW, "delete": OLD, "update": f"{OLD} UNION ALL {NEW}"}
TABLES = {
    "insert": "NEW TABLE AS new_rows",
    "delete": "OLD TABLE AS old_rows",
    "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
}

# Whole statements are counted, so a bulk write touches each day once. Who changes published posts holds the row of
# the edition by then (triggers for rows come before those for statements): two who publish at once wait for each other
# there, and never across two days here.
COUNT = """
CREATE FUNCTION count_published_days_on_{deed}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO posts_publishedday AS counted (day, posts)
    SELECT day, sum(n) FROM ({rows}) AS changed GROUP BY day HAVING sum(n) <> 0 ORDER BY day
    ON CONFLICT (day) DO UPDATE SET posts = counted.posts + EXCLUDED.posts;
    RETURN NULL;
END
$$
"""
FORGET = """
CREATE FUNCTION forget_published_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM posts_publishedday;
    RETURN NULL;
END
$$
"""


def counted_on(deed):
    return migrations.RunSQL(
        [
            COUNT.format(deed=deed, rows=ROWS[deed]),
            f"CREATE TRIGGER posts_post_counts_days_on_{deed} AFTER {deed.upper()} ON posts_post "
            f"REFERENCING {TABLES[deed]} FOR EACH STATEMENT EXECUTE FUNCTION count_published_days_on_{deed}()",
        ],
        [
            f"DROP TRIGGER posts_post_counts_days_on_{deed} ON posts_post",
            f"DROP FUNCTION count_published_days_on_{deed}()",
        ],
    )


class Migration(migrations.Migration):
    """How many posts each day has, kept by the statements that change them."""

    dependencies = [("posts", "0009_published_days")]

    operations = [
        *[counted_on(deed) for deed in ROWS],  # before what is there is counted, so that nothing is missed in between
        migrations.RunSQL(
            "INSERT INTO posts_publishedday (day, posts) SELECT (published_at AT TIME ZONE 'UTC')::date, count(*) "
            "FROM posts_post WHERE status = 'published' GROUP BY 1",
            "DELETE FROM posts_publishedday",
        ),
        migrations.RunSQL(
            [
                FORGET,
                "CREATE TRIGGER posts_post_counts_days_on_truncate AFTER TRUNCATE ON posts_post "
                "FOR EACH STATEMENT EXECUTE FUNCTION forget_published_days()",
            ],
            [
                "DROP TRIGGER posts_post_counts_days_on_truncate ON posts_post",
                "DROP FUNCTION forget_published_days()",
            ],
        ),
    ]
