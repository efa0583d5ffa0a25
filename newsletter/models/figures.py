from django.db import models
from django.utils import timezone

from newsletter.models.mailing import Mailing


class DailyFigure(models.Model):
    """One number about the newsletter on one day of the site's zone: `of` says what kind, `name` which one.

    Written once the day is over. `is_reckoned` marks what was worked out afterwards from the history of consent.
    """

    class Of(models.TextChoices):
        STATE = "state", "Subscribers by state"
        FREQUENCY = "frequency", "Active subscribers by frequency"
        SOURCE = "source", "Active subscribers by source"
        MOVE = "move", "Who came and went"
        CAME_FROM = "came_from", "Who came, by source"
        MAIL = "mail", "Deliveries"

    on = models.DateField()
    of = models.CharField(max_length=10, choices=Of)
    name = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    is_reckoned = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "figures"
        constraints = [
            models.UniqueConstraint(fields=["on", "of", "name"], name="figure_is_there_once_a_day"),
        ]

    def __str__(self):
        return f"{self.on} {self.of} {self.name}: {self.number}"


class MailingFigures(models.Model):
    """What became of a mailing, counted by the worker while it goes out and for three days after."""

    mailing = models.OneToOneField(Mailing, on_delete=models.CASCADE, related_name="figures")
    sent = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0)
    pending = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0, help_text="Who got it and unsubscribed within three days.")
    counted_at = models.DateTimeField(default=timezone.now)
    is_final = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "figures of mailings"

    def __str__(self):
        return f"{self.mailing_id}: {self.sent} sent"
