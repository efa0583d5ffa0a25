from django.db import models
from django.utils import timezone

from newsletter.models.consent import ConsentEvent
from newsletter.models.subscriber import Subscriber


class SignUpHoldQuerySet(models.QuerySet):
    def running(self):
        return self.filter(ended_at=None)

    def over(self, domain):
        """The running hold a sign-up from this mail domain falls under: of everything, or of the domain alone."""
        return self.running().filter(domain__in=["", domain])


class SignUpHold(models.Model):
    """A time in which sign-ups are kept without mail, because far more came than usual."""

    domain = models.CharField(
        max_length=254, blank=True, help_text="Of this mail domain only; empty: of all."
    )
    seen = models.PositiveIntegerField(help_text="Sign-ups of the hour when it began.")
    limit = models.PositiveIntegerField(help_text="What would have passed for usual.")
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True, help_text="Empty: by itself, once it was calm.")

    objects = SignUpHoldQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["domain"], condition=models.Q(ended_at=None), name="one_hold_of_a_domain_at_a_time"
            ),
        ]

    def __str__(self):
        return f"Sign-ups from {self.domain}" if self.domain else "All sign-ups"


class HeldSignUpQuerySet(models.QuerySet):
    def waiting(self):
        """Those nobody has decided about yet."""
        return self.filter(fate=HeldSignUp.Fate.WAITING)


class HeldSignUp(models.Model):
    """A sign-up that came during a hold: answered like any other, its mail not sent. Gone once it is dealt with."""

    class Fate(models.TextChoices):
        WAITING = "waiting", "Waits for a decision"
        RELEASED = "released", "To be mailed"
        DROPPED = "dropped", "To be thrown away"

    subscriber = models.OneToOneField(Subscriber, on_delete=models.CASCADE, related_name="held")
    event = models.ForeignKey(ConsentEvent, on_delete=models.CASCADE, related_name="+")
    hold = models.ForeignKey(SignUpHold, on_delete=models.PROTECT, related_name="sign_ups")
    domain = models.CharField(max_length=254)
    network = models.CharField(max_length=50, blank=True)
    is_new = models.BooleanField(help_text="The address was not known before.")
    fate = models.CharField(max_length=8, choices=Fate, default=Fate.WAITING)
    decided_by = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField(default=timezone.now)

    objects = HeldSignUpQuerySet.as_manager()

    class Meta:
        verbose_name = "held sign-up"
        indexes = [
            models.Index(fields=["fate", "domain"], name="held_by_domain"),
            models.Index(fields=["fate", "network"], name="held_by_network"),
        ]

    def __str__(self):
        return str(self.subscriber)


class BlockedDomainQuerySet(models.QuerySet):
    def covering(self, domain):
        """What blocks the domain: it, or one it lies under."""
        labels = domain.split(".")
        return self.filter(domain__in=[".".join(labels[place:]) for place in range(len(labels))])


class BlockedDomain(models.Model):
    """Addresses of this domain, and of those under it, cannot sign up; they are answered like any other."""

    domain = models.CharField(
        max_length=254, unique=True, help_text="Such as example.org; what lies under it is blocked too."
    )
    note = models.CharField(max_length=200, blank=True, help_text="Why, for your colleagues.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = BlockedDomainQuerySet.as_manager()

    class Meta:
        ordering = ["domain"]

    def __str__(self):
        return self.domain
