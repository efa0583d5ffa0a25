from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

PENDING_DAYS = 30


class SubscriberQuerySet(models.QuerySet):
    def active(self):
        """Whom the newsletter may be sent to."""
        return self.filter(state=Subscriber.State.ACTIVE)

    def mailable(self):
        """Active ones who have not asked for a pause."""
        paused = models.Q(paused_until__gt=timezone.now())
        return self.active().exclude(paused)

    def never_confirmed(self):
        """Pending for so long that the wish is taken for a mistake or a joke."""
        limit = timezone.now() - timedelta(days=PENDING_DAYS)
        return self.filter(state=Subscriber.State.PENDING, asked_at__lt=limit)


NO_SECTION = (
    0  # in `categories`: chosen were sections that are no more, so nothing of any, and not all of them
)


class Subscriber(models.Model):
    """An e-mail address with a state. Only the subscriber raises the state to active; a trigger holds us to it."""

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        ACTIVE = "active", "Active"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        BOUNCED = "bounced", "Bounced"
        COMPLAINED = "complained", "Complained"

    class Frequency(models.TextChoices):
        EVERY_POST = "every_post", "Every post"
        DAILY = "daily", "Daily digest"
        WEEKLY = "weekly", "Weekly digest"

    class Source(models.TextChoices):
        PAGE = "page", "Newsletter page"
        SIDEBAR = "sidebar", "Sidebar"
        FOOTER = "footer", "Footer"
        POST = "post", "End of a post"
        IMPORT = "import", "Import"

    email = models.EmailField("e-mail address", max_length=254, help_text="As the subscriber typed it.")
    key = models.CharField(
        "address as compared",
        max_length=254,
        editable=False,
        help_text="Lower case, the domain in ASCII: the same for every spelling of one mailbox.",
    )
    state = models.CharField(max_length=12, choices=State, default=State.PENDING)
    frequency = models.CharField(max_length=10, choices=Frequency, default=Frequency.DAILY)
    categories = ArrayField(
        models.BigIntegerField(),
        default=list,
        db_default=[],
        blank=True,
        editable=False,
        help_text="Sections wanted, by id in rising order; none: all of them.",
    )
    paused_until = models.DateTimeField(null=True, blank=True, editable=False)
    source = models.CharField(max_length=10, choices=Source, default=Source.PAGE)
    consent_version = models.PositiveSmallIntegerField(
        "consent text", null=True, blank=True, help_text="Number of the text the subscriber agreed to."
    )
    link_key = models.UUIDField(
        db_default=RandomUUID(),
        editable=False,
        help_text="Stands in the preferences and unsubscribe links of this subscriber's mail.",
    )
    round = models.PositiveSmallIntegerField(
        default=0,
        editable=False,
        help_text="Goes up when consent goes down, and outdates confirmation links.",
    )
    created_at = models.DateTimeField("signed up", default=timezone.now, editable=False)
    asked_at = models.DateTimeField("last asked", default=timezone.now, editable=False)
    mailed_at = models.DateTimeField("confirmation mail sent", null=True, blank=True, editable=False)
    confirmed_at = models.DateTimeField("confirmed", null=True, blank=True, editable=False)
    unsubscribed_at = models.DateTimeField("unsubscribed", null=True, blank=True, editable=False)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        permissions = [("export_subscriber", "Can export subscribers")]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="subscriber_address_is_unique"),
            models.UniqueConstraint(fields=["link_key"], name="subscriber_has_links_of_its_own"),
            models.CheckConstraint(condition=models.Q(key=Lower("key")), name="subscriber_key_is_lower_case"),
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "active", "unsubscribed", "bounced", "complained"]),
                name="subscriber_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(frequency__in=["every_post", "daily", "weekly"]),
                name="subscriber_frequency_is_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="active") | models.Q(confirmed_at__isnull=False),
                name="active_subscriber_has_confirmed",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="unsubscribed") | models.Q(unsubscribed_at__isnull=False),
                name="unsubscribed_subscriber_has_a_date",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="subscribers_newest_first"),
            models.Index(
                fields=["asked_at"], condition=models.Q(state="pending"), name="subscribers_pending"
            ),
            models.Index(
                fields=["frequency", "categories"],
                condition=models.Q(state="active"),
                name="subscribers_by_wish",
            ),
            models.Index(fields=["confirmed_at"], name="subscribers_by_confirmation"),
            models.Index(fields=["unsubscribed_at"], name="subscribers_by_leaving"),
            models.Index(
                fields=["categories"], condition=~models.Q(categories=[]), name="subscribers_with_a_choice"
            ),
            GinIndex(fields=["key"], opclasses=["gin_trgm_ops"], name="subscribers_by_part_of_address"),
        ]

    def __str__(self):
        return self.email

    @property
    def is_paused(self):
        return self.paused_until is not None and self.paused_until > timezone.now()

    @property
    def preferences_url(self):
        return reverse("newsletter:preferences", args=[self.link_key])

    @property
    def unsubscribe_url(self):
        return reverse("newsletter:unsubscribe", args=[self.link_key])
