from django.conf import settings
from django.db import models
from django.utils import timezone


class BulkDeedQuerySet(models.QuerySet):
    def by_user(self, user):
        """What the user did, or for whoever may change any post what anybody did."""
        return self if user.has_perm("posts.change_any_post") else self.filter(created_by=user)

    def done(self):
        return self.exclude(begun_at=None)


class BulkDeed(models.Model):
    """One deed on many posts: proposed, looked at, done in the order of its rows, and perhaps undone."""

    class Deed(models.TextChoices):
        PUBLISH = "publish", "Publish"
        WITHDRAW = "withdraw", "Withdraw"
        TRASH = "trash", "Move to trash"
        UNTRASH = "untrash", "Take from trash"
        ADD_CATEGORY = "add_category", "Add a category"
        REMOVE_CATEGORY = "remove_category", "Remove a category"
        ADD_TAGS = "add_tags", "Add tags"
        REMOVE_TAGS = "remove_tags", "Remove tags"
        ADD_AUTHOR = "add_author", "Add an author"

    deed = models.CharField(max_length=20, choices=Deed)
    given = models.JSONField(
        null=True, blank=True, help_text="The category or author by id, or tags by name."
    )
    given_name = models.CharField(max_length=500, blank=True, help_text="The same, as people say it.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    begun_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    undo_begun_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = BulkDeedQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done_at=None) | models.Q(begun_at__isnull=False),
                name="bulk_deed_begins_before_it_is_done",
            ),
            models.CheckConstraint(
                condition=models.Q(undo_begun_at=None) | models.Q(done_at__isnull=False),
                name="bulk_deed_is_undone_once_it_is_done",
            ),
        ]

    def __str__(self):
        return f"{self.get_deed_display()}: {self.given_name}" if self.given_name else self.get_deed_display()

    @property
    def is_running(self):
        return bool((self.begun_at and not self.done_at) or (self.undo_begun_at and not self.undone_at))

    @property
    def can_be_undone(self):
        return self.done_at is not None and self.undo_begun_at is None


class BulkRow(models.Model):
    """One post of a bulk deed: its version when the deed was proposed, what became of it, and what it was before."""

    class Outcome(models.TextChoices):
        WAITING = "", "waiting"
        DONE = "done", "done"
        SKIPPED = "skipped", "left as it was"
        UNDONE = "undone", "undone"
        KEPT = "kept", "not undone"

    bulk = models.ForeignKey(BulkDeed, on_delete=models.CASCADE, related_name="rows")
    post = models.ForeignKey("posts.Post", null=True, on_delete=models.SET_NULL, related_name="bulk_rows")
    title = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField()
    why = models.TextField(blank=True, help_text="Why it was, or will be, left as it was.")
    outcome = models.CharField(max_length=10, choices=Outcome, default="", blank=True)
    before = models.JSONField(null=True, blank=True, help_text="What the deed changed, as it was.")
    after_version = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["bulk", "post"], name="post_is_once_in_a_bulk_deed"),
        ]

    def __str__(self):
        return f"{self.title}: {self.get_outcome_display()}"
