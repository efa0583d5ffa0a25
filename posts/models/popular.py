from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

LONGEST_IN_SIDEBAR = 10


class PopularList(models.Model):
    """The posts most read within a window, best first; computed by the worker, read as one row.

    `post_ids` and `reads` are as they were computed last; `shown_ids` what readers are shown since `shown_at`.
    """

    class Window(models.TextChoices):
        DAY = "day", "24 hours"
        WEEK = "week", "7 days"
        MONTH = "month", "30 days"
        ALL = "all", "All time"
        RISING = "rising", "Rising"

    window = models.CharField(max_length=6, choices=Window, primary_key=True)
    post_ids = ArrayField(models.BigIntegerField(), default=list)
    reads = ArrayField(models.BigIntegerField(), default=list)
    computed_at = models.DateTimeField(auto_now=True)
    shown_ids = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    shown_at = models.DateTimeField(null=True)

    def __str__(self):
        return self.get_window_display()


class PopularSidebar(models.Model):
    """Which list stands in the sidebar, and how much of it. One row, which the migrations make."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, db_default=1)
    window = models.CharField(
        max_length=6, choices=PopularList.Window, default=PopularList.Window.WEEK, db_default="week"
    )
    length = models.PositiveSmallIntegerField(
        default=5,
        db_default=5,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_IN_SIDEBAR)],
        help_text=f"How many posts, up to {LONGEST_IN_SIDEBAR}.",
    )

    class Meta:
        verbose_name = verbose_name_plural = "popular posts"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_popular_sidebar"),
            models.CheckConstraint(
                condition=models.Q(length__range=(1, LONGEST_IN_SIDEBAR)), name="popular_sidebar_is_short"
            ),
        ]

    def __str__(self):
        posts = "1 post" if self.length == 1 else f"{self.length} posts"
        return f"{posts} of the list “{self.get_window_display()}”"


class KeptOffPopular(models.Model):
    """A post that an editor has taken off every list of popular posts; its reads are counted as before."""

    post = models.OneToOneField(
        "posts.Post", on_delete=models.CASCADE, primary_key=True, related_name="kept_off_popular"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "post kept off the popular lists"
        verbose_name_plural = "posts kept off the popular lists"

    def __str__(self):
        return str(self.post_id)
