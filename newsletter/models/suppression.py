from django.db import models
from django.utils import timezone

from informed_comment.fingerprints import fingerprint, fingerprints, key_name


class SuppressionQuerySet(models.QuerySet):
    def covering(self, key):
        """The suppression of the address with this key, if there is one."""
        return self.filter(address_hash__in=fingerprints("address", key))

    def reasons(self, keys):
        """{key: why} for those of many addresses that are suppressed, in one query."""
        hashes = {hashed: key for key in keys for hashed in fingerprints("address", key)}
        found = self.filter(address_hash__in=hashes)
        return {hashes[row.address_hash]: row.get_reason_display().lower() for row in found}

    def suppress(self, key, reason):
        """Never mail the address again; the first reason stands."""
        if not self.covering(key).exists():
            row = Suppression(address_hash=fingerprint("address", key), key_name=key_name(), reason=reason)
            self.bulk_create([row], ignore_conflicts=True)


class Suppression(models.Model):
    """The hash of an address that must never be mailed again; outlives the erasure of its subscriber.

    Checked at sign-up, at import and at sending.
    """

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", "Had unsubscribed"
        BOUNCED = "bounced", "Bounced"
        COMPLAINED = "complained", "Complained"
        ERASED = "erased", "Erased"

    address_hash = models.CharField(max_length=64)
    key_name = models.CharField(
        max_length=8, help_text="Which key it was hashed with; without that key it protects nobody."
    )
    reason = models.CharField(max_length=12, choices=Reason)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["address_hash"], name="address_is_suppressed_once"),
        ]

    def __str__(self):
        return f"{self.address_hash[:12]}… ({self.get_reason_display()})"
