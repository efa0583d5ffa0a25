import django.db.models.deletion
from django.db import migrations, models

from informed_comment import stepwise

TALLIES = {"categorytally": "category", "authortally": "author", "tagtally": "tag", "hosttally": "host", "posttally": "post"}
KEEP = """
CREATE FUNCTION keep_reads_of_deleted_posts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO posts_goneday AS g (day, reads, search, social, newsletter, sites, ours)
    SELECT day, sum(reads), sum(search), sum(social), sum(newsletter), sum(sites), sum(ours)
    FROM old_rows GROUP BY day ORDER BY day
    ON CONFLICT (day) DO UPDATE SET reads = g.reads + excluded.reads, search = g.search + excluded.search,
        social = g.social + excluded.social, newsletter = g.newsletter + excluded.newsletter,
        sites = g.sites + excluded.sites, ours = g.ours + excluded.ours;
    RETURN NULL;
END
$$;
CREATE TRIGGER posts_readday_keeps_reads AFTER DELETE ON posts_readday REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION keep_reads_of_deleted_posts();
"""
KEEP_NO_MORE = """
DROP TRIGGER posts_readday_keeps_reads ON posts_readday;
DROP FUNCTION keep_reads_of_deleted_posts();
"""


def gone_with(rule):
    """Lets tallies go with what they are of, or not, by the rule of the database."""

    def alter(apps, schema_editor):
        for name, field in TALLIES.items():
            model = apps.get_model("posts", name)
            column = model._meta.get_field(field)
            target = column.related_model._meta.db_table
            for constraint in schema_editor._constraint_names(model, [column.column], foreign_key=True):
                schema_editor.execute(
                    f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT {constraint}, ADD CONSTRAINT {constraint} "
                    f"FOREIGN KEY ({column.column}) REFERENCES {target} (id) {rule} DEFERRABLE INITIALLY DEFERRED"
                )

    return alter


class Migration(stepwise.Stepwise):
    """Tallies go with what they are of; the reads of deleted posts stay the site's."""

    dependencies = [
        ('authors', '0005_long_lists'),
        ('posts', '0036_lists_shown_seldom'),
    ]

    operations = [
        migrations.CreateModel(
            name='GoneDay',
            fields=[
                ('reads', models.PositiveBigIntegerField(default=0)),
                ('search', models.PositiveBigIntegerField(default=0)),
                ('social', models.PositiveBigIntegerField(default=0)),
                ('newsletter', models.PositiveBigIntegerField(default=0)),
                ('sites', models.PositiveBigIntegerField(default=0)),
                ('ours', models.PositiveBigIntegerField(default=0)),
                ('day', models.DateField(primary_key=True, serialize=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AlterField(
            model_name='authortally',
            name='author',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='authors.author'),
        ),
        migrations.AlterField(
            model_name='categorytally',
            name='category',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='posts.category'),
        ),
        migrations.AlterField(
            model_name='hosttally',
            name='host',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='posts.referringhost'),
        ),
        migrations.AlterField(
            model_name='posttally',
            name='post',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='posts.post'),
        ),
        migrations.AlterField(
            model_name='tagtally',
            name='tag',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='posts.tag'),
        ),
        migrations.RunPython(gone_with("ON DELETE CASCADE"), gone_with("")),
        migrations.RunSQL(KEEP, KEEP_NO_MORE),
    ]
