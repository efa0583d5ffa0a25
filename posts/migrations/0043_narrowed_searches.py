from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models.lookups import Exact

from posts.models.search import Hash


class Migration(migrations.Migration):
    """A common word within the posts of an author or a section, and a rough sample for words that very many posts have."""

    dependencies = [("posts", "0042_days_changed")]

    operations = [
        migrations.AddIndex(
            "searchentry",
            GinIndex(
                condition=models.Q(Exact(Hash("post") % 512, 0)),
                fields=["words"],
                gin_pending_list_limit=512,
                name="search_rough",
            ),
        ),
        migrations.AddIndex(
            "searchentry",
            GinIndex(fields=["authors", "categories"], gin_pending_list_limit=512, name="search_narrowed"),
        ),
    ]
