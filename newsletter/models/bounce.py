from django.db import models
from django.utils import timezone

from newsletter.models.delivery import Delivery
from newsletter.models.subscriber import Subscriber


class Bounce(models.Model):
    """One report about mail of ours: it came back, or somebody complained. Append-only; a trigger holds us to it.

    Kept under the report's own key, so that a report told twice is noted once. The address itself is not in it.
    """

    class Kind(models.TextChoices):
        HARD = "hard", "No such mailbox"
        SOFT = "soft", "Not delivered for now"
        COMPLAINT = "complaint", "Complaint"
        UNCLEAR = "unclear", "Not understood"

    kind = models.CharField(max_length=9, choices=Kind)
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.SET_NULL, related_name="bounces")
    subscriber = models.ForeignKey(Subscriber, null=True, on_delete=models.SET_NULL, related_name="bounces")
    at = models.DateTimeField("when", default=timezone.now)
    status = models.CharField(max_length=12, blank=True, help_text="By RFC 3463, such as 5.1.1.")
    diagnostic = models.TextField("what was said", blank=True)
    source = models.CharField(max_length=40, help_text="The mail server, the bounce mailbox, or a provider.")
    key = models.CharField(max_length=200, editable=False, help_text="The same each time a report is told.")

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="bounce_is_noted_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["hard", "soft", "complaint", "unclear"]),
                name="bounce_kind_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="bounces_newest_first"),
            models.Index(fields=["subscriber", "-at"], name="bounces_of_a_subscriber"),
            models.Index(fields=["delivery"], name="bounces_of_a_delivery"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"
