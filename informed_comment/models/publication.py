from django.db import models
from django.utils import timezone

from informed_comment.linked import LinkField


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
    support_url = LinkField("support address", max_length=500, blank=True, default="")
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
