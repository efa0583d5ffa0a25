from django.db import models


class PublishedDay(models.Model):
    """How many published posts, come out or still to come, bear a date of one day in UTC, and when one was changed last.

    PostgreSQL counts, by triggers on posts. A day in UTC belongs to no time zone, so the counts stay true when the
    publication's changes; `archive` makes local months of them.
    """

    day = models.DateField(primary_key=True)
    posts = models.IntegerField()
    changed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["day"]

    def __str__(self):
        return f"{self.day:%Y-%m-%d}: {self.posts}"
