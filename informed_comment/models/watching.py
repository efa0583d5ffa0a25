from django.db import models
from django.db.models.functions import Now


class JobProblem(models.Model):
    """Why a job failed when it was tried last. The queue itself keeps only that it failed. Written by the worker."""

    job = models.BigIntegerField(primary_key=True, help_text="Its number in the queue.")
    said = models.TextField(help_text="The error, without what may not stand in a log.")
    request_id = models.CharField(max_length=36, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_status", "Can see how the site is doing"),
            ("manage_jobs", "Can try failed jobs again and dismiss them"),
        ]

    def __str__(self):
        return f"of job {self.job}"


class WatchedLight(models.Model):
    """A light as the worker saw it a minute ago, and whether the operator has been told of it by mail."""

    name = models.CharField(max_length=100, primary_key=True)
    state = models.CharField(max_length=5)
    says = models.TextField()
    cure = models.TextField(blank=True)
    since = models.DateTimeField(db_default=Now(), help_text="When it came into this state.")
    seen_at = models.DateTimeField(db_default=Now())
    is_told = models.BooleanField(default=False, help_text="By mail, that it is bad.")

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.name
