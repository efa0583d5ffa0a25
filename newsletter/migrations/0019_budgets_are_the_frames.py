from django.db import migrations


class Migration(migrations.Migration):
    """The table stays: the frame counts in it from now on."""

    dependencies = [
        ("newsletter", "0018_imports_go_on"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="Spent")])
    ]
