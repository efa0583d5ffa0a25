from datetime import UTC, datetime, time, timedelta

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone


class DigestPlan(models.Model):
    """When a digest goes out by itself. One row for each of the two kinds, which the migrations make.

    Hours are those of the site's time zone. An hour the clocks skip in spring means the hour after it; one they repeat in
    autumn means its first turn; so a digest has one occasion a day, or a week, and its date is its name.
    """

    class Kind(models.TextChoices):
        DAILY = "daily", "Daily digest"
        WEEKLY = "weekly", "Weekly digest"

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "Monday"
        TUESDAY = 1, "Tuesday"
        WEDNESDAY = 2, "Wednesday"
        THURSDAY = 3, "Thursday"
        FRIDAY = 4, "Friday"
        SATURDAY = 5, "Saturday"
        SUNDAY = 6, "Sunday"

    kind = models.CharField(max_length=6, choices=Kind, primary_key=True, editable=False)
    is_on = models.BooleanField("on", default=True, help_text="Off: no digest of this kind is made.")
    weekday = models.PositiveSmallIntegerField(
        choices=Weekday, default=Weekday.SUNDAY, help_text="The day of the weekly digest."
    )
    hour = models.TimeField(default=time(7), help_text="In the site’s time zone.")
    minutes_ahead = models.PositiveSmallIntegerField(
        "look at it before, in minutes",
        default=0,
        validators=[MaxValueValidator(720)],
        help_text=(
            "So long before its hour it stands in the list as a draft to look at and change, and goes out by itself all "
            "the same. 0: it is made and sent at its hour."
        ),
    )
    hours_late = models.PositiveSmallIntegerField(
        "latest, in hours after",
        default=4,
        validators=[MaxValueValidator(24)],
        help_text="What has not gone out by then, because the site or the mail server was away, waits for somebody.",
    )
    on_since = models.DateTimeField(default=timezone.now, editable=False)
    looked_on = models.DateField(
        null=True, blank=True, editable=False, help_text="The last occasion that was seen to."
    )

    class Meta:
        ordering = ["kind"]
        verbose_name = "digest hour"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["daily", "weekly"]), name="digest_plan_kind_is_known"
            ),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="digest_plan_names_a_weekday"),
        ]

    def __str__(self):
        return self.get_kind_display()

    @property
    def days(self):
        return 7 if self.kind == self.Kind.WEEKLY else 1

    def moment_on(self, day):
        """The instant its hour strikes on a day."""
        local = datetime.combine(day, self.hour, tzinfo=timezone.get_default_timezone())
        return local.astimezone(UTC)

    def occasion_at(self, now):
        """The last day on which it was, or is, to be composed by now."""
        ahead = timedelta(minutes=self.minutes_ahead)
        day = timezone.localtime(now, timezone.get_default_timezone()).date() + timedelta(days=1)
        while self.moment_on(day) - ahead > now or not self.is_day(day):
            day -= timedelta(days=1)
        return day

    def next_moment(self, now):
        """When it goes out next, after now."""
        day = timezone.localtime(now, timezone.get_default_timezone()).date()
        while self.moment_on(day) <= now or not self.is_day(day):
            day += timedelta(days=1)
        return self.moment_on(day)

    def is_day(self, day):
        return self.kind == self.Kind.DAILY or day.weekday() == self.weekday
