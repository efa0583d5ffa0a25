from django.conf import settings
from django.db import models


class PendingChange(models.Model):
    """An edit to a post that readers do not see yet: the whole post as it shall be, and when.

    `base` is the published state it was begun from, so that what it changes can be told from what others change
    meanwhile. `version` goes up with each writing and is compared in every UPDATE.
    """

    post = models.OneToOneField("posts.Post", on_delete=models.CASCADE, related_name="pending")
    state = models.JSONField()
    base = models.JSONField()
    base_version = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)
    apply_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True, help_text="Why it could not be applied at its time.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["apply_at"],
                name="pending_changes_by_time",
                condition=models.Q(apply_at__isnull=False),
            )
        ]

    def __str__(self):
        return f"changes to {self.post_id}"
