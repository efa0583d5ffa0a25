from django.db import migrations

from informed_comment.groups import every, granted


class Migration(migrations.Migration):
    """Moving a whole site in is the administrators' affair."""

    dependencies = [("wordpress", "0003_moves")]

    operations = [granted("wordpress", Administrator=every("move"))]
