from django.db import models
from django.db.models.functions import Lower


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
