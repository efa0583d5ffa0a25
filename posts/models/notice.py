from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

NEWS_FOR = timedelta(days=2)


class NoticeQuerySet(models.QuerySet):
    def waiting(self):
        """To be sent; what could not be sent for two days is no news any more."""
        fresh = timezone.now() - NEWS_FOR
        return self.filter(sent_at=None, problem="", created_at__gt=fresh)


class Notice(models.Model):
    """One event of a post that somebody on the staff gets mail about. Told once, whoever writes or sends it twice."""

    class Kind(models.TextChoices):
        REVIEW = "review", "sent to review"
        SENT_BACK = "sent_back", "sent back"
        SCHEDULED = "scheduled", "scheduled"
        PUBLISHED = "published", "published"
        WITHDRAWN = "withdrawn", "withdrawn"
        COMMENT = "comment", "comment"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind)
    event = models.CharField(max_length=60, help_text="What happened, such as comment-12.")
    who = models.CharField(max_length=200, help_text="Whoever did it, as they were called then.")
    title = models.CharField(max_length=500, help_text="Of the post, as it was then.")
    text = models.TextField(blank=True, help_text="What was said, if anything.")
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True, help_text="Why it never will be sent.")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "user"], name="user_is_told_of_an_event_once"),
        ]
        indexes = [
            models.Index(
                fields=["user", "kind"],
                name="notices_waiting",
                condition=models.Q(sent_at=None, problem=""),
            )
        ]

    def __str__(self):
        return f"{self.event} to {self.user_id}"
