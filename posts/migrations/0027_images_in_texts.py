from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

from images.models import NamedImages

from informed_comment import stepwise


class Migration(stepwise.Stepwise):
    """Which posts have a picture in their text is looked up by an index."""

    dependencies = [("posts", "0026_guests"), ("images", "0004_finding")]

    operations = [stepwise.Index("post", GinIndex(NamedImages("body"), name="posts_by_images"))]
