from django.conf import settings
from django.db import models


class DraftComment(models.Model):
    """What somebody says to the others of a post before it is out; readers never see it.

    Said by a user, or under a name by somebody with a preview link.
    """

    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="draft_comments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    link = models.ForeignKey(
        "posts.PreviewLink", null=True, blank=True, on_delete=models.SET_NULL, related_name="comments"
    )
    name = models.CharField(max_length=100, help_text="Who says it, as it was then.")
    text = models.TextField(max_length=10_000)
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="draft_comment_says_something")
        ]

    def __str__(self):
        return f"{self.name}: {self.text[:60]}"
