from django.conf import settings
from django.db import models

from informed_comment import clocks


class AnnouncementQuerySet(models.QuerySet):
    def held(self):
        """Neither made nor cancelled."""
        return self.filter(made_at=None, cancelled_at=None)

    def due(self):
        """Whose hold is over, of posts that readers see; the others wait for theirs to come back."""
        now = clocks.present()
        seen = self.filter(post__status="published", post__published_at__lte=now)
        return seen.held().filter(due_at__lte=now).order_by("due_at")


class Announcement(models.Model):
    """Telling the world that a post is out: what cannot be undone, such as mail. Held back for a while, done once.

    A post has one row, made when it is first published and never made again.
    """

    post = models.OneToOneField("posts.Post", on_delete=models.CASCADE, related_name="announcement")
    due_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(made_at=None) | models.Q(cancelled_at=None),
                name="cancelled_announcement_is_not_made",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="announcements_due",
                condition=models.Q(made_at=None, cancelled_at=None),
            )
        ]

    def __str__(self):
        return f"of {self.post_id}"

    @property
    def is_held(self):
        """Whether it can still be cancelled."""
        return self.made_at is None and self.cancelled_at is None
