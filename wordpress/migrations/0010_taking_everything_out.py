from django.db import migrations

from informed_comment.groups import granted


class Migration(migrations.Migration):
    """Taking everything out is the administrators' affair, and a permission of its own."""

    dependencies = [("wordpress", "0009_files_fetched")]

    operations = [
        migrations.AlterModelOptions(
            "move",
            {
                "ordering": ["-id"],
                "permissions": [
                    ("import_site", "Can begin an import of a site"),
                    ("export_site", "Can take everything out"),
                ],
                "verbose_name": "import of a site",
                "verbose_name_plural": "imports of sites",
            },
        ),
        granted("wordpress", Administrator=["export_site"]),
    ]
