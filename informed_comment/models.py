from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class Edition(models.Model):
    """The one row that holds the edition's number; triggers raise it (see editions.py)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_edition"),
        ]

    def __str__(self):
        return str(self.number)


class CdnState(models.Model):
    """What the CDN has been told; one row, which the worker makes when there is a CDN (see purging.py)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    purged_label = models.CharField(
        max_length=60, blank=True, help_text="The edition since which it has forgotten."
    )
    seen_label = models.CharField(max_length=60, blank=True)
    seen_at = models.DateTimeField(null=True, help_text="When the worker first saw that edition.")
    behind_since = models.DateTimeField(null=True, help_text="Since when there is something to forget.")
    not_before = models.DateTimeField(null=True, help_text="The next purge waits until then.")
    failures = models.PositiveIntegerField(default=0, help_text="In a row.")
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_cdn"),
        ]

    def __str__(self):
        return self.purged_label


class Publication(models.Model):
    """What the publication says about itself. One row, which the migrations make."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    title = models.CharField(max_length=120, default="Informed Comment")
    tagline = models.CharField(
        max_length=200, blank=True, default="Thoughts on the Middle East, History and Religion"
    )
    description = models.TextField(
        blank=True,
        default="",
        help_text="Two sentences for search engines, feeds and social networks.",
    )
    contact_email = models.EmailField(blank=True, help_text="Shown to readers where they need help.")
    support_label = models.CharField(
        max_length=40,
        blank=True,
        default="Support us",
        help_text="The button at the top right of every page. Empty: no button.",
    )
    support_url = models.CharField("support address", max_length=500, blank=True, default="")
    newsletter_heading = models.CharField(max_length=80, default="Stay informed")
    newsletter_note = models.TextField(
        blank=True,
        default="A digest of the day's posts in your inbox. Unsubscribe at any time with one click.",
        help_text="Stands beside every sign-up form.",
    )
    postal_address = models.TextField(
        blank=True,
        default="",
        help_text="Stands at the foot of every newsletter; many countries ask for it.",
    )
    copyright_line = models.CharField(
        max_length=200,
        default="© {year} Informed Comment. All rights reserved.",
        help_text="{year} becomes the year.",
    )

    social_card = models.CharField(
        max_length=100, blank=True, editable=False, help_text="Name of the social card, see images/cards.py."
    )

    class Meta:
        verbose_name_plural = "publication"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_publication"),
        ]

    def __str__(self):
        return self.title

    @property
    def copyright_now(self):
        return self.copyright_line.replace("{year}", str(timezone.localdate().year))


class Redirect(models.Model):
    """An old path and where it leads now. Paths carry their query when the query was the address (`/?p=12`)."""

    path = models.CharField(max_length=1000, unique=True)
    target = models.CharField(
        max_length=1000, db_index=True, help_text="A path on this site, beginning with a slash."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(Lower("path"), name="redirect_by_lower_path")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(path=models.F("target")), name="redirect_leads_elsewhere"
            ),
            models.CheckConstraint(
                condition=models.Q(path__startswith="/", target__startswith="/")
                & ~models.Q(target__startswith="//"),
                name="redirect_stays_on_this_site",
            ),
        ]

    def __str__(self):
        return f"{self.path} → {self.target}"


class RedirectPattern(models.Model):
    """A family of old addresses and where each leads, as a regular expression of the kind patterns.py takes."""

    pattern = models.CharField(
        max_length=300, unique=True, help_text="For instance ^/blog/(.*)$ for all that stood below /blog/."
    )
    target = models.CharField(
        max_length=1000,
        help_text="A path on this site; $1 is what the first brackets of the pattern found: /$1.",
    )
    position = models.PositiveIntegerField(default=0, help_text="Lower numbers are tried first.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(target__startswith="/") & ~models.Q(target__startswith="//"),
                name="redirect_pattern_stays_on_this_site",
            ),
        ]

    def __str__(self):
        return f"{self.pattern} → {self.target}"


class Gone(models.Model):
    """An old address whose page was taken away for good: it answers 410, and search engines forget it sooner."""

    path = models.CharField(max_length=1000, unique=True, help_text="Beginning with a slash.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["path"]
        verbose_name = "address gone for good"
        verbose_name_plural = "addresses gone for good"
        indexes = [models.Index(Lower("path"), name="gone_by_lower_path")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(path__startswith="/"), name="gone_path_is_on_this_site"
            ),
        ]

    def __str__(self):
        return self.path
