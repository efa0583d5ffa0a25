from django.db import models
from django.db.models.functions import Now

from newsletter.models.mailing import Mailing, MailingVariant
from newsletter.models.subscriber import Subscriber


class Delivery(models.Model):
    """One mailing to one subscriber: a line of the ledger, never deleted once the first mail is out.

    *sending* stands for the moment between handing over and noting it, one row a connection. Whoever dies in it leaves
    *unknown*, which is never sent again by itself. Rows are claimed before (`claimed_by`, newsletter/claims.py); a claim
    alone hands nothing over.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        SENDING = "sending", "Being handed over"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        SKIPPED = "skipped", "Skipped"
        UNKNOWN = "unknown", "Unknown"

    mailing = models.ForeignKey(Mailing, on_delete=models.PROTECT, related_name="deliveries")
    variant = models.ForeignKey(MailingVariant, on_delete=models.PROTECT, related_name="+")
    subscriber = models.ForeignKey(
        Subscriber, null=True, on_delete=models.SET_NULL, related_name="deliveries"
    )
    state = models.CharField(max_length=7, choices=State, db_default=State.PENDING)
    reason = models.CharField(max_length=300, blank=True, db_default="", help_text="Why it was not sent.")
    is_retryable = models.BooleanField(
        db_default=False,
        help_text="Failed, surely not sent, and not for the address's sake: it may be sent again.",
    )
    attempts = models.PositiveSmallIntegerField(db_default=0)
    next_try_at = models.DateTimeField(db_default=Now())
    claimed_by = models.BigIntegerField(null=True, help_text="The sender that has it or had it last.")
    changed_at = models.DateTimeField(db_default=Now())
    provider = models.CharField(max_length=40, blank=True, db_default="")

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "subscriber"], name="mailing_reaches_a_subscriber_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "sending", "sent", "failed", "skipped", "unknown"]),
                name="delivery_state_is_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["failed", "skipped", "unknown"]) | ~models.Q(reason=""),
                name="delivery_says_why_it_was_not_sent",
            ),
        ]
        indexes = [
            models.Index(
                fields=["mailing", "next_try_at", "id"],
                condition=models.Q(state="pending", claimed_by=None),
                name="deliveries_to_claim",
            ),
            models.Index(
                fields=["claimed_by"],
                condition=models.Q(state__in=["pending", "sending"], claimed_by__isnull=False),
                name="deliveries_claimed",
            ),
            models.Index(fields=["mailing", "state", "id"], name="deliveries_by_state"),
            models.Index(fields=["subscriber", "-id"], name="deliveries_of_a_subscriber"),
            models.Index(fields=["mailing"], condition=models.Q(state="unknown"), name="deliveries_unknown"),
        ]

    def __str__(self):
        return f"{self.mailing_id} to {self.subscriber_id}: {self.state}"


class Pace(models.Model):
    """A provider as all workers know it: when it may be handed the next mail, and what is wrong with it."""

    provider = models.CharField(max_length=40, primary_key=True)
    next_at = models.DateTimeField(db_default=Now())
    trouble = models.TextField(
        blank=True, db_default="", help_text="Why it takes no mail; empty when it does."
    )
    trouble_at = models.DateTimeField(null=True, help_text="When it was last met with.")
    trouble_since = models.DateTimeField(null=True)

    def __str__(self):
        return self.provider
