from django.db import migrations, models

from informed_comment import stepwise

AT = "greatest(published_at, updated_at)"
OLD = f"SELECT id, published_at, {AT} AS at, -1 AS n FROM old_rows WHERE status = 'published'"
NEW = f"SELECT id, published_at, {AT} AS at, 1 AS n FROM new_rows WHERE status = 'published'"
ROWS = {"insert": NEW, "delete": OLD, "update": f"{OLD} UNION ALL {NEW}"}

# A row that stays as it was moves nothing. The last change of a day is looked up where its posts stand in an index.
COUNT = """
CREATE OR REPLACE FUNCTION count_published_days_on_{deed}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO posts_publishedday AS counted (day, posts, changed_at)
    SELECT day, posts, (
        SELECT max(greatest(published_at, updated_at)) FROM posts_post WHERE status = 'published'
        AND published_at >= day::timestamp AT TIME ZONE 'UTC' AND published_at < (day + 1)::timestamp AT TIME ZONE 'UTC'
    ) FROM (
        SELECT (published_at AT TIME ZONE 'UTC')::date AS day, sum(n) AS posts FROM (
            SELECT published_at, sum(n) AS n FROM ({rows}) AS all_rows GROUP BY id, published_at, at HAVING sum(n) <> 0
        ) AS changed GROUP BY day ORDER BY day
    ) AS days
    ON CONFLICT (day) DO UPDATE SET posts = counted.posts + EXCLUDED.posts, changed_at = EXCLUDED.changed_at;
    RETURN NULL;
END
$$
"""
FILL = f"""
UPDATE posts_publishedday SET changed_at = newest.at FROM (
    SELECT (published_at AT TIME ZONE 'UTC')::date AS day, max({AT}) AS at
    FROM posts_post WHERE status = 'published' GROUP BY 1
) AS newest WHERE newest.day = posts_publishedday.day
"""


class Migration(stepwise.Stepwise):
    """When a post of a day was changed last, so that the index of the sitemaps need not read every post."""

    dependencies = [("posts", "0041_posts_of_years")]

    operations = [
        migrations.AddField("publishedday", "changed_at", models.DateTimeField(null=True)),
        *[
            migrations.RunSQL(COUNT.format(deed=deed, rows=rows), migrations.RunSQL.noop)
            for deed, rows in ROWS.items()
        ],
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
