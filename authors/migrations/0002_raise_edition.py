from django.db import migrations

from informed_comment.editions import raised_by


class Migration(migrations.Migration):
    """What readers see of these tables raises the edition."""

    dependencies = [("authors", "0001_initial"), ("informed_comment", "0002_edition")]

    operations = [
        raised_by("authors_author"),
        raised_by("authors_authorlink"),
    ]
