from django.db import models


class Edition(models.Model):
    """The one row that holds the edition's number; triggers raise it (see editions.py)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_edition"),
        ]

    def __str__(self):
        return str(self.number)


class CdnState(models.Model):
    """What the CDN has been told; one row, which the worker makes when there is a CDN (see purging.py)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    purged_label = models.CharField(
        max_length=60, blank=True, help_text="The edition since which it has forgotten."
    )
    seen_label = models.CharField(max_length=60, blank=True)
    seen_at = models.DateTimeField(null=True, help_text="When the worker first saw that edition.")
    behind_since = models.DateTimeField(null=True, help_text="Since when there is something to forget.")
    not_before = models.DateTimeField(null=True, help_text="The next purge waits until then.")
    failures = models.PositiveIntegerField(default=0, help_text="In a row.")
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_cdn"),
        ]

    def __str__(self):
        return self.purged_label
