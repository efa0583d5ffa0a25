from django.contrib.postgres.fields import ArrayField
from django.db import models


class RelatedPosts(models.Model):
    """The posts most like one post, best first, chosen ahead of time by the worker; readers see the published ones."""

    post = models.OneToOneField(
        "posts.Post", on_delete=models.CASCADE, primary_key=True, related_name="related_posts"
    )
    post_ids = ArrayField(models.BigIntegerField(), default=list)
    computed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "related posts"

    def __str__(self):
        return f"like {self.post_id}"
