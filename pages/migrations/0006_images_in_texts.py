from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

from images.models import NamedImages


class Migration(migrations.Migration):
    """Which pages have a picture in their text is looked up by an index."""

    dependencies = [("pages", "0005_social_cards"), ("images", "0004_finding")]

    operations = [migrations.AddIndex("page", GinIndex(NamedImages("body"), name="pages_by_images"))]
