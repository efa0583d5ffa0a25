from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.urls import reverse
from django.utils import timezone

from images.models import NamedImages
from informed_comment.html import HtmlField


class MailingQuerySet(models.QuerySet):
    def under_way(self):
        """Whose deliveries a worker may hand over now, as far as their time has come."""
        return self.filter(state=Mailing.State.SENDING)

    def unfinished(self):
        """Drafts, and whatever is under way or waits."""
        return self.filter(state__in=Mailing.UNFINISHED)

    def due(self, now):
        """Drafts that go out by themselves and whose hour has come."""
        drafts = self.unfinished().filter(state=Mailing.State.DRAFT, is_automatic=True)
        return drafts.exclude(send_at__gt=now).order_by("pk")

    def told(self):
        """Whose posts have been told of; one cancelled before the first mail never was."""
        never_was = models.Q(state=Mailing.State.CANCELLED, started_at=None)
        return self.exclude(queued_at=None).exclude(never_was)

    def on_the_web(self):
        """What the archive shows: whatever has begun to go out and was meant for more than a test."""
        return self.filter(is_in_archive=True, state__in=Mailing.GONE_OUT).exclude(started_at=None)


class Mailing(models.Model):
    """One e-mail to many: a digest, a post, or a letter.

    Subject and text are frozen into `MailingVariant` when it is queued, and the audience into `Delivery`; what is
    changed here afterwards reaches nobody.
    """

    class Kind(models.TextChoices):
        DAILY = "daily", "Daily digest"
        WEEKLY = "weekly", "Weekly digest"
        POST = "post", "A post"
        LETTER = "letter", "Letter"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SENDING = "sending", "Sending"
        PAUSED = "paused", "Paused"
        WAITING = "waiting", "Waits for somebody"
        SENT = "sent", "Sent"
        CANCELLED = "cancelled", "Cancelled"

    UNFINISHED = (State.DRAFT, State.SENDING, State.PAUSED, State.WAITING)
    GONE_OUT = (State.SENDING, State.PAUSED, State.WAITING, State.SENT, State.CANCELLED)

    kind = models.CharField(max_length=6, choices=Kind, default=Kind.LETTER)
    key = models.CharField(
        max_length=60,
        blank=True,
        editable=False,
        help_text="What it is the only one of: “daily 2026-11-28”, “post 123”. Letters have none.",
    )
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT, editable=False)
    subject = models.CharField(
        max_length=200, blank=True, help_text="Empty, for a digest: made from its posts."
    )
    is_subject_made = models.BooleanField(
        default=False, editable=False, help_text="The subject was made from the posts when it was queued."
    )
    preheader = models.CharField(
        max_length=200, blank=True, help_text="The line mailboxes show after the subject."
    )
    intro = HtmlField(small=True, blank=True, help_text="Stands above the posts.")
    body = HtmlField(blank=True, help_text="The text of a letter.")
    frequencies = ArrayField(
        models.CharField(max_length=10),
        default=list,
        blank=True,
        help_text="Whom a letter goes to; empty: everybody.",
    )
    since = models.DateTimeField(
        null=True, blank=True, help_text="A digest tells of what came out after this …"
    )
    until = models.DateTimeField(null=True, blank=True, help_text="… up to this.")
    send_at = models.DateTimeField(null=True, blank=True, help_text="Not before; empty: at once.")
    starts_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When the first mail may go out, set when it is queued.",
    )
    latest_at = models.DateTimeField(
        null=True, blank=True, help_text="What has not gone out by then waits for somebody."
    )
    is_automatic = models.BooleanField(
        "goes out by itself",
        default=False,
        help_text="At its hour, without anybody; otherwise it waits until somebody sends it.",
    )
    problem = models.TextField(blank=True, editable=False)
    audience = models.PositiveIntegerField(
        default=0, editable=False, help_text="Deliveries made when it was queued."
    )
    is_in_archive = models.BooleanField(
        "on the web", default=True, help_text="Readers find it in the archive."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    queued_at = models.DateTimeField(null=True, blank=True, editable=False)
    queued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = MailingQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        permissions = [("send_mailing", "Can send mailings")]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=~models.Q(key=""), name="mailing_is_the_only_one_of_its_key"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="letter") | ~models.Q(key=""), name="digest_has_a_key"
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(queued_at__isnull=False),
                name="mailing_under_way_was_queued",
            ),
        ]
        indexes = [
            models.Index(
                fields=["starts_at"], condition=models.Q(state="sending"), name="mailings_under_way"
            ),
            models.Index(
                fields=["-started_at", "-id"],
                condition=models.Q(is_in_archive=True, started_at__isnull=False),
                name="mailings_on_the_web",
            ),
            models.Index(fields=["kind", "-until"], name="digests_by_end"),
            models.Index(
                fields=["id"],
                condition=models.Q(state__in=["draft", "sending", "paused", "waiting"]),
                name="mailings_unfinished",
            ),
            GinIndex(NamedImages("body"), name="mailings_by_images"),
        ]

    def __str__(self):
        moment = timezone.localtime(self.send_at or self.created_at)
        return self.subject or f"{self.get_kind_display()}, {moment:%-d %B %Y}"

    def get_absolute_url(self):
        return reverse("newsletter:mailing", args=[self.pk])

    @property
    def state_word(self):
        """The state as the newsroom says it: a draft that goes out by itself is as good as scheduled."""
        if self.state == self.State.DRAFT:
            if self.problem:
                return "Needs somebody"
            return "Goes out by itself" if self.is_automatic else "Draft"
        if self.state == self.State.SENDING and not self.started_at:
            return "Queued"
        return self.get_state_display()


class MailingPostQuerySet(models.QuerySet):
    def told_by(self, kind):
        """Lines that settle their posts: told of by a mailing of the kind, or left out of it for good."""
        told = self.filter(mailing__in=Mailing.objects.filter(kind=kind).told())
        return told.exclude(is_left_out=True, is_offered_again=True)


class MailingPost(models.Model):
    """A post in a mailing, in the order an editor gave it.

    `is_left_out` keeps it out of this digest and of those to come, unless it `is_offered_again`.
    """

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="lines")
    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="mailing_lines")
    position = models.PositiveSmallIntegerField(default=0)
    is_left_out = models.BooleanField("leave out", default=False)
    is_offered_again = models.BooleanField("offer again in the next", default=False)

    objects = MailingPostQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["mailing", "post"], name="post_is_in_a_mailing_once"),
        ]

    def __str__(self):
        return f"{self.post_id} in {self.mailing_id}"


class MailingVariant(models.Model):
    """What is handed over, frozen: to subscribers who chose these categories (none: all of them).

    Where a subscriber's own link key belongs stands `messages.LINK_KEY`.
    """

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="variants")
    categories = ArrayField(models.BigIntegerField(), default=list)
    subject = models.CharField(max_length=200)
    html = models.TextField()
    text = models.TextField()
    problem = models.CharField(
        max_length=300,
        blank=True,
        db_default="",
        help_text="Why it could not be composed; its deliveries have failed.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailing", "categories"], name="mailing_has_a_variant_once"),
        ]

    def __str__(self):
        return f"{self.mailing_id} for {self.categories or 'all'}"
