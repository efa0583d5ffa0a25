from django.db import migrations, models

from informed_comment.groups import granted

STATES = [
    ("arriving", "On its way here"),
    ("received", "Received, not looked at yet"),
    ("looking", "Being looked at"),
    ("looked", "Looked at, nothing imported yet"),
    ("running", "Being imported"),
    ("stopped", "Stopped"),
    ("done", "Imported"),
    ("failed", "Cannot go on"),
]
BEFORE = ["arriving", "received", "looking", "looked", "stopped", "failed"]


class Migration(migrations.Migration):
    """Files arrive in parts; beginning an import and seeing what came in are the administrators' affair."""

    dependencies = [("wordpress", "0006_how_far_a_move_came")]

    operations = [
        migrations.AlterField(
            "move", "state", models.CharField(choices=STATES, default="received", max_length=8)
        ),
        migrations.RemoveConstraint("move", "move_is_begun_before_it_runs"),
        migrations.AddConstraint(
            "move",
            models.CheckConstraint(
                condition=models.Q(("state__in", BEFORE), ("begun_at__isnull", False), _connector="OR"),
                name="move_is_begun_before_it_runs",
            ),
        ),
        migrations.AlterModelOptions(
            "move",
            {
                "ordering": ["-id"],
                "permissions": [("import_site", "Can begin an import of a site")],
                "verbose_name": "import of a site",
                "verbose_name_plural": "imports of sites",
            },
        ),
        granted("wordpress", Administrator=["import_site", "view_imported"]),
    ]
