from django.db import migrations

from informed_comment import stepwise


class Migration(stepwise.Stepwise):
    """Slots say what leads the front page."""

    dependencies = [("posts", "0012_front_page_groups")]

    operations = [
        stepwise.DropIndex(model_name="post", name="featured_posts_by_date"),
        migrations.RemoveField(model_name="post", name="is_featured"),
    ]
