from django.db import migrations

from informed_comment.editions import raised_by


class Migration(migrations.Migration):
    """A list computed to the same raises nothing."""

    dependencies = [("posts", "0014_related_posts"), ("informed_comment", "0002_edition")]

    operations = [raised_by("posts_relatedposts", when_changed="post_ids", of_post="post_id")]
