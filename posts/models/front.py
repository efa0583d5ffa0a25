"""What an editor puts on the front page: posts in its places for a time, and the sections below them."""

from datetime import timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.utils import timezone

from informed_comment.prepared import Present
from posts.models.category import Category
from posts.models.post import Post

MOST_SECTIONS = 8


def this_minute():
    """Now, to the minute: forms show no seconds, and what they show has to be what is kept."""
    return timezone.now().replace(second=0, microsecond=0)


class FrontSlotQuerySet(models.QuerySet):
    def running(self):
        """Whose time has come and not gone."""
        now = Present()
        return self.filter(models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=now), starts_at__lte=now)

    def coming(self):
        return self.filter(starts_at__gt=timezone.now())

    def gone(self):
        return self.filter(ends_at__lte=timezone.now())

    def not_gone(self):
        return self.filter(models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=timezone.now()))

    def during(self, starts_at, ends_at):
        """Whose time shares a moment with this one; the end is not part of it, None is no end."""
        slots = self.filter(models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=starts_at))
        return slots.filter(starts_at__lt=ends_at) if ends_at else slots


class Span(models.Func):
    """From the beginning to before the end."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class FrontSlot(models.Model):
    """A post in a place of the front page for a time. Where none stands, or it is not published, the newest does."""

    class Place(models.TextChoices):
        """In order of rank."""

        LEAD = "lead", "Lead"
        FIRST = "first", "Second row, first"
        SECOND = "second", "Second row, second"
        THIRD = "third", "Second row, third"

    edition_moments = {"starts_at": "true", "ends_at": "true"}

    place = models.CharField(max_length=10, choices=Place)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="front_slots")
    starts_at = models.DateTimeField("from", default=this_minute, help_text="Empty: at once.")
    ends_at = models.DateTimeField(
        "until", null=True, blank=True, help_text="Empty: until something else takes the place."
    )

    objects = FrontSlotQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-id"]
        verbose_name = "front page place"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="front_slot_ends_after_it_starts",
                violation_error_message="The end lies before the beginning.",
            ),
            ExclusionConstraint(
                name="front_place_holds_one_post_at_a_time",
                expressions=[
                    ("place", RangeOperators.EQUAL),
                    (Span("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Another post stands in this place at that time.",
            ),
            ExclusionConstraint(
                name="post_stands_in_one_front_place_at_a_time",
                expressions=[
                    ("post", RangeOperators.EQUAL),
                    (Span("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="The post stands in another place at that time.",
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at"], name="front_slots_by_start"),
            models.Index(fields=["ends_at"], name="front_slots_by_end"),
        ]

    def __str__(self):
        return self.get_place_display()

    def save(self, **kwargs):
        """Keeps both moments to the minute."""
        self.starts_at = self.starts_at.replace(second=0, microsecond=0)
        self.ends_at = self.ends_at and self.ends_at.replace(second=0, microsecond=0)
        super().save(**kwargs)

    @property
    def is_running(self):
        now = timezone.now()
        return self.starts_at <= now and (self.ends_at is None or self.ends_at > now)

    @property
    def is_coming(self):
        return self.starts_at > timezone.now()

    @property
    def waits_for_its_post(self):
        """Whether the newest stands in, now or when its time comes, because readers do not see the post."""
        begins = max(timezone.now(), self.starts_at + timedelta(minutes=1))
        return self.post.status != Post.Status.PUBLISHED or self.post.published_at > begins

    @property
    def when_word(self):
        """As editors say it."""
        return "Now" if self.is_running else "Coming" if self.is_coming else "Gone"


class FrontSection(models.Model):
    """A category whose newest posts stand below the river of the front page."""

    category = models.OneToOneField(Category, on_delete=models.CASCADE, related_name="front_section")
    position = models.PositiveSmallIntegerField(default=0, help_text="Smaller comes first.")

    class Meta:
        ordering = ["position", "id"]
        verbose_name = "front page section"

    def __str__(self):
        return self.category.name
