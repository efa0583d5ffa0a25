import django.contrib.postgres.fields
from django.db import migrations, models

from informed_comment.editions import raised_by

COMPUTED = raised_by("posts_popularlist", when_changed="post_ids")


class Migration(migrations.Migration):
    """What readers are shown of the popular lists stands beside what was computed, and only that raises the edition."""

    dependencies = [("posts", "0035_names_of_day")]

    operations = [
        migrations.AddField("popularlist", "shown_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "popularlist",
            "shown_ids",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), db_default=[], default=list
            ),
        ),
        migrations.RunSQL(COMPUTED.reverse_sql, COMPUTED.sql),
        migrations.RunSQL("UPDATE posts_popularlist SET shown_ids = post_ids", migrations.RunSQL.noop),
        raised_by("posts_popularlist", when_changed="shown_ids"),
    ]
