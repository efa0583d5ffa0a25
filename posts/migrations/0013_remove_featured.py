from django.db import migrations


class Migration(migrations.Migration):
    """Slots say what leads the front page."""

    dependencies = [("posts", "0012_front_page_groups")]

    operations = [
        migrations.RemoveIndex(model_name="post", name="featured_posts_by_date"),
        migrations.RemoveField(model_name="post", name="is_featured"),
    ]
