from django.conf import settings
from django.db import models
from django.utils import timezone


class Presence(models.Model):
    """Somebody has a post's form open: advice to others, never a lock."""

    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=timezone.now)
    typed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "user"], name="user_is_present_once")]

    def __str__(self):
        return f"{self.user_id} at {self.post_id}"
