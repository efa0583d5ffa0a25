from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.utils import timezone

from newsletter.models.subscriber import Subscriber


class ConsentEvent(models.Model):
    """One thing that happened to a consent: what, when, to which text, how, from where.

    Append-only: a trigger refuses every change and deletion, but for losing the subscriber who was erased. The
    event then stays as proof, with the address as a keyed hash. The sender's raw address is never kept.
    """

    class What(models.TextChoices):
        ASKED = "asked", "Signed up"
        CONFIRMED = "confirmed", "Confirmed"
        FREQUENCY = "frequency", "Changed frequency"
        CATEGORIES = "categories", "Chose sections"
        PAUSED = "paused", "Paused"
        RESUMED = "resumed", "Ended the pause"
        MOVING = "moving", "Asked to change the address"
        MOVED = "moved", "Changed the address"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        BOUNCED = "bounced", "Bounced"
        COMPLAINED = "complained", "Complained"
        IMPORTED = "imported", "Imported"
        ERASED = "erased", "Erased"
        EXPIRED = "expired", "Forgotten, never confirmed"
        DROPPED = "dropped", "Thrown away while on hold"

    subscriber = models.ForeignKey(
        Subscriber, null=True, on_delete=models.SET_NULL, related_name="consent_events"
    )
    address_hash = models.CharField(max_length=64)
    what = models.CharField(max_length=12, choices=What)
    at = models.DateTimeField("when", default=timezone.now)
    how = models.CharField(max_length=40, help_text="Which form, link or deed.")
    text = models.TextField("text agreed to", blank=True)
    text_version = models.PositiveSmallIntegerField("version of the text", null=True, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    network = models.CharField(max_length=50, blank=True, help_text="Truncated: /24 or /48.")
    sender_hash = models.CharField("sender, hashed", max_length=64, blank=True)
    by = models.CharField(max_length=150, blank=True, help_text="The administrator, when it was one.")

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(what__in=["asked", "confirmed", "moved"]) | ~models.Q(text=""),
                name="consent_names_the_text_agreed_to",
            ),
        ]
        indexes = [
            models.Index(fields=["subscriber", "-at"], name="consent_of_subscriber"),
            models.Index(fields=["-at", "-id"], name="consent_newest_first"),
            HashIndex(fields=["address_hash"], name="consent_by_address"),
        ]

    def __str__(self):
        return f"{self.get_what_display()} {self.at:%Y-%m-%d %H:%M}"
