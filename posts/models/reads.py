from django.contrib.postgres.fields import ArrayField
from django.db import models


class ReadHour(models.Model):
    """How many readers opened a post within an hour (which begins at `hour`, UTC)."""

    pk = models.CompositePrimaryKey("hour", "post_id")
    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="read_hours")
    hour = models.DateTimeField()
    reads = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["post", "hour"], name="reads_of_a_post")]

    def __str__(self):
        return f"{self.post_id} {self.hour:%Y-%m-%d %H} {self.reads}"


class ReadTotal(models.Model):
    """All reads of a post since it came out; survives the hours. Among them are those another site had counted."""

    post = models.OneToOneField(
        "posts.Post", on_delete=models.CASCADE, primary_key=True, related_name="read_total"
    )
    reads = models.PositiveBigIntegerField(default=0)
    brought = models.PositiveBigIntegerField(
        default=0,
        db_default=0,
        help_text="Of these, counted on an old site and brought here; no hour knows of them.",
    )

    class Meta:
        indexes = [models.Index(fields=["-reads"], name="posts_by_total_reads")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(brought__lte=models.F("reads")), name="brought_reads_are_among_all"
            ),
        ]

    def __str__(self):
        return f"{self.post_id} {self.reads}"


class PopularList(models.Model):
    """The posts most read within a window, best first; computed by the worker, read as one row."""

    class Window(models.TextChoices):
        DAY = "day", "24 hours"
        WEEK = "week", "7 days"
        MONTH = "month", "30 days"
        ALL = "all", "All time"

    window = models.CharField(max_length=5, choices=Window, primary_key=True)
    post_ids = ArrayField(models.BigIntegerField(), default=list)
    reads = ArrayField(models.BigIntegerField(), default=list)
    computed_at = models.DateTimeField(auto_now=True)

    def __str__(self):
        return self.get_window_display()
