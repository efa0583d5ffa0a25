import django.db.models.deletion
from django.db import migrations, models

from informed_comment import stepwise

TIES = {  # rows that tie a post to something → (the something, the post, where its years are counted)
    "posts_filing": ("category_id", "post_id", "posts_categoryyear"),
    "posts_byline": ("author_id", "post_id", "posts_authoryear"),
    "posts_taggedpost": ("tag_id", "content_object_id", "posts_tagyear"),
}

# What was there before a statement counts against what is there after it, so a row that stays as it was moves nothing.
# An author may sign a post in two roles: the post counts once, as long as one of the rows is there.
NOW = "SELECT DISTINCT {thing}, {post}, published_at, 1 AS n FROM {table} JOIN ({pairs}) AS pairs USING ({thing}, {post})"
BEFORE = """SELECT {thing}, {post}, published_at, -1 FROM (
        SELECT {thing}, {post}, published_at FROM old_rows
        UNION SELECT {thing}, {post}, published_at FROM {table} AS kept JOIN ({pairs}) AS pairs USING ({thing}, {post})
        WHERE NOT EXISTS (SELECT FROM new_rows WHERE new_rows.id = kept.id)
    ) AS before"""
COUNT = """
CREATE FUNCTION {table}_counts_years_on_{deed}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO {years} AS counted ({thing}, year, posts)
    SELECT {thing}, extract(year FROM published_at AT TIME ZONE 'UTC')::smallint AS in_year, sum(n)
    FROM ({now} UNION ALL {before}) AS changed
    WHERE published_at IS NOT NULL GROUP BY {thing}, in_year HAVING sum(n) <> 0 ORDER BY {thing}, in_year
    ON CONFLICT ({thing}, year) DO UPDATE SET posts = counted.posts + EXCLUDED.posts;
    RETURN NULL;
END
$$;
CREATE TRIGGER {table}_counts_years_on_{deed} AFTER {event} ON {table}
REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION {table}_counts_years_on_{deed}()
"""
FORGET = """
CREATE FUNCTION {table}_forgets_years() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM {years};
    RETURN NULL;
END
$$;
CREATE TRIGGER {table}_forgets_years AFTER TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_forgets_years()
"""
FILL = """
INSERT INTO {years} ({thing}, year, posts)
SELECT {thing}, extract(year FROM published_at AT TIME ZONE 'UTC')::smallint AS in_year, count(DISTINCT {post})
FROM {table} WHERE published_at IS NOT NULL GROUP BY {thing}, in_year
"""
TABLES = {
    "insert": "NEW TABLE AS new_rows",
    "delete": "OLD TABLE AS old_rows",
    "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
}


def counted(table, deed):
    thing, post, years = TIES[table]
    pairs = " UNION ".join(
        f"SELECT {thing}, {post} FROM {name}_rows"
        for name in ("old", "new")
        if f"{name}_rows" in TABLES[deed]
    )
    before = BEFORE
    if deed == "insert":
        before = before.replace("SELECT {thing}, {post}, published_at FROM old_rows\n        UNION ", "")
        before = before.replace(
            "SELECT {thing}, {post}, published_at FROM {table}",
            "SELECT DISTINCT {thing}, {post}, published_at FROM {table}",
        )
    if deed == "delete":
        before = before.replace("WHERE NOT EXISTS (SELECT FROM new_rows WHERE new_rows.id = kept.id)", "")
    names = {"table": table, "thing": thing, "post": post, "pairs": pairs}
    now, before = NOW.format(**names), before.format(**names)
    forward = COUNT.format(
        now=now, before=before, years=years, deed=deed, event=deed.upper(), tables=TABLES[deed], **names
    )
    return forward, f"DROP FUNCTION {table}_counts_years_on_{deed}() CASCADE"


def forgotten(table):
    thing, post, years = TIES[table]
    return FORGET.format(table=table, years=years), f"DROP FUNCTION {table}_forgets_years() CASCADE"


def goes_with(table):
    """Nobody who asks whether a tag may go has its years listed. Once all is counted: a key looks every row up."""
    thing, post, years = TIES[table]
    whole = {"category_id": "posts_category", "author_id": "authors_author", "tag_id": "posts_tag"}[thing]
    key = f"{years}_goes_with_its_own"
    return [
        migrations.RunSQL(
            [
                f"ALTER TABLE {years} ADD CONSTRAINT {key} FOREIGN KEY ({thing}) "
                f"REFERENCES {whole} (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED NOT VALID",
                f"DELETE FROM {years} WHERE NOT EXISTS (SELECT FROM {whole} WHERE id = {thing})",
            ],
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(f"ALTER TABLE {years} VALIDATE CONSTRAINT {key}", migrations.RunSQL.noop),
    ]


def filled(table):
    thing, post, years = TIES[table]
    return FILL.format(table=table, thing=thing, post=post, years=years), ""


def kept_and_filled(table):
    """One step: nobody writes the table between its triggers and the counting of what is there."""
    steps = [*[counted(table, deed) for deed in TABLES], forgotten(table), filled(table)]
    return migrations.RunSQL([forward for forward, _ in steps], [backward for _, backward in steps if backward])


def years_of(name, to):
    """The table that counts for `to`."""
    return migrations.CreateModel(
        name=f"{name.capitalize()}Year",
        fields=[
            ("year", models.SmallIntegerField()),
            ("posts", models.IntegerField()),
            (
                "pk",
                models.CompositePrimaryKey(
                    f"{name}_id", "year", blank=True, editable=False, primary_key=True, serialize=False
                ),
            ),
            (
                name,
                models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to=to,
                ),
            ),
        ],
        options={"abstract": False},
    )


class Migration(stepwise.Stepwise):
    """The posts of every category, author and tag by year, kept by the statements that change them."""

    dependencies = [("authors", "0005_long_lists"), ("posts", "0040_referrals_of_a_host")]

    operations = [
        years_of("category", "posts.category"),
        years_of("author", "authors.author"),
        years_of("tag", "posts.tag"),
        *[kept_and_filled(table) for table in TIES],
        *[step for table in TIES for step in goes_with(table)],
    ]
