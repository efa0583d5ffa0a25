import hashlib
from datetime import timedelta
from urllib.parse import urlsplit

from django.db import models
from django.utils import timezone

LONGEST = 2000
FRESH = timedelta(days=7)  # so long an answer is believed
TRIED_AGAIN = timedelta(hours=6)  # a site that was down may be up again
GONE = (404, 410)
DOWN_FOR = timedelta(days=1)  # a site that cannot be reached for so long counts as gone


def digest_of(url):
    return hashlib.sha256(url.encode()).hexdigest()


class OutgoingLinkQuerySet(models.QuerySet):
    def of(self, urls):
        return self.filter(digest__in=[digest_of(url) for url in urls])

    def due(self):
        """Those nobody has looked at, or not lately."""
        now = timezone.now()
        return self.filter(
            models.Q(checked_at=None)
            | models.Q(checked_at__lte=now - FRESH)
            | models.Q(first_failed_at__isnull=False, checked_at__lte=now - TRIED_AGAIN)
        )


class OutgoingLink(models.Model):
    """What the worker found at an address on another site that some text links to; see posts/outgoing.py."""

    url = models.CharField(max_length=LONGEST)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the address.")
    host = models.CharField(max_length=255)
    status = models.PositiveSmallIntegerField(
        null=True, help_text="What the site answered; null while it could not be reached."
    )
    trouble = models.CharField(max_length=200, blank=True, help_text="Why it could not be reached.")
    is_never = models.BooleanField(default=False, help_text="No such place can ever be reached from here.")
    checked_at = models.DateTimeField(null=True)
    first_failed_at = models.DateTimeField(null=True)

    objects = OutgoingLinkQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["host", "checked_at"], name="outgoing_links_by_host")]

    def __str__(self):
        return self.url

    def save(self, **kwargs):
        self.digest, self.host = digest_of(self.url), host_of(self.url)
        super().save(**kwargs)

    @property
    def is_dead(self):
        """Gone by its site's own word, not there at all, or out of reach for a whole day."""
        if self.status in GONE or self.is_never:
            return True
        return self.first_failed_at is not None and self.checked_at - self.first_failed_at >= DOWN_FOR


def host_of(url):
    try:
        return (urlsplit(url).hostname or "")[:255]
    except ValueError:
        return ""
