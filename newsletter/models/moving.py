from datetime import timedelta

from django.db import models
from django.utils import timezone

from newsletter.models.subscriber import Subscriber

MOVE_DAYS = 7


class AddressChange(models.Model):
    """A subscriber wants the newsletter at another address, which has still to say yes. The old one stays until then.

    One at a time: a new wish takes the place of the one before, and outdates its link.
    """

    subscriber = models.OneToOneField(Subscriber, on_delete=models.CASCADE, related_name="address_change")
    email = models.EmailField(max_length=254)
    key = models.CharField(max_length=254)
    asked_at = models.DateTimeField(default=timezone.now)
    mailed_at = models.DateTimeField(null=True)
    former_email = models.EmailField(
        max_length=254, blank=True, help_text="Once it has moved: the old address, until that has been told."
    )

    def __str__(self):
        return f"{self.subscriber_id} to {self.email}"

    @property
    def is_over(self):
        return self.asked_at < timezone.now() - timedelta(days=MOVE_DAYS)


class FormerLink(models.Model):
    """A link key from before a change of address. Mail at the old address may still be used to leave, and for nothing else."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="former_links")
    link_key = models.UUIDField(unique=True)
    until = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return str(self.link_key)
