from django.db import migrations

from informed_comment.editions import raised_by


class Migration(migrations.Migration):
    """What readers see of these tables raises the edition."""

    dependencies = [("pages", "0001_initial"), ("informed_comment", "0002_edition")]

    operations = [
        raised_by("pages_page"),
        raised_by("pages_menulink"),
        raised_by("pages_promo"),
    ]
