from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models.lookups import Exact

from posts.models.search import Hash

from informed_comment import stepwise


class Migration(stepwise.Stepwise):
    """A common word within the posts of an author or a section, and a rough sample for words that very many posts have."""

    dependencies = [("posts", "0042_days_changed")]

    operations = [
        stepwise.Index(
            "searchentry",
            GinIndex(
                condition=models.Q(Exact(Hash("post") % 512, 0)),
                fields=["words"],
                gin_pending_list_limit=512,
                name="search_rough",
            ),
        ),
        stepwise.Index(
            "searchentry",
            GinIndex(fields=["authors", "categories"], gin_pending_list_limit=512, name="search_narrowed"),
        ),
    ]
