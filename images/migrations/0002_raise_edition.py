from django.db import migrations

from informed_comment.editions import raised_by


class Migration(migrations.Migration):
    """What readers see of these tables raises the edition."""

    dependencies = [("images", "0001_initial"), ("informed_comment", "0002_edition")]

    operations = [
        raised_by("images_image"),
        raised_by("images_document"),
    ]
