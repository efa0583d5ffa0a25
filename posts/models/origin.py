from urllib.parse import urlsplit

from django.db import models

from informed_comment.linked import WebAddressField


class Republished(models.Model):
    """Where a post came out first, if that was elsewhere: search engines are led there, and readers told."""

    original_url = WebAddressField(
        "address of the original",
        max_length=500,
        blank=True,
        help_text="Search engines are told that the post belongs there.",
    )
    original_name = models.CharField(
        "originally published at",
        max_length=200,
        blank=True,
        help_text="The publication, such as TomDispatch; empty: the name of the site in the address.",
    )
    licence = models.CharField(
        "licence of the text",
        max_length=200,
        blank=True,
        help_text="What others may do with it, such as CC BY-NC-ND 4.0; shown under the text.",
    )

    class Meta:
        abstract = True

    @property
    def original_place(self):
        """The publication by name, or the host of the original's address."""
        return self.original_name or (urlsplit(self.original_url).hostname or "").removeprefix("www.")


ORIGINAL_HAS_AN_ADDRESS = models.CheckConstraint(
    condition=models.Q(original_name="") | ~models.Q(original_url=""),
    name="original_has_an_address",
    violation_error_message="Give the address of the original as well, or leave empty where it was published.",
)
