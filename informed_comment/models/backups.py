from django.db import models


class BackupRun(models.Model):
    """A backup by the worker: begun, and how it ended. One that neither ended nor is at work was killed."""

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    name = models.CharField(max_length=200, blank=True, help_text="Of the file.")
    where = models.CharField(max_length=500, blank=True, help_text="The folder, the bucket, or both.")
    size = models.BigIntegerField(null=True, blank=True, help_text="In bytes.")
    verified_at = models.DateTimeField(
        null=True, blank=True, help_text="When the file had been read again to its end and found right."
    )
    problem = models.CharField(max_length=500, blank=True, help_text="Why it came to nothing, as a sentence.")

    class Meta:
        default_permissions = ()
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["-started_at"], name="backup_runs_by_moment")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verified_at=None)
                | models.Q(problem="", size__isnull=False, ended_at__isnull=False),
                name="verified_backup_is_whole",
            ),
        ]

    def __str__(self):
        return self.name or f"Backup of {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def seconds(self):
        """How long it took; None while it has not ended."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None
