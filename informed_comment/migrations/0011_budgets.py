from django.db import migrations, models


class Migration(migrations.Migration):
    """The table is the newsletter's first one, as it stands: nothing is done in the database."""

    dependencies = [
        ("informed_comment", "0010_audit_log"),
        ("newsletter", "0019_budgets_are_the_frames"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Spent",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(help_text="Such as “all”, “domain example.org”.", max_length=260)),
                        ("since", models.DateTimeField(help_text="The beginning of the hour or day.")),
                        ("times", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "db_table": "newsletter_spent",
                        "default_permissions": (),
                        "indexes": [models.Index(fields=["since"], name="budgets_by_time")],
                        "constraints": [models.UniqueConstraint(fields=("name", "since"), name="budget_is_counted_once")],
                    },
                )
            ]
        )
    ]
