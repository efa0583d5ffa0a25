import re

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from images.models import Image
from informed_comment.addresses import address_of
from informed_comment.html import HtmlField
from informed_comment.linked import WebAddressField

FEDIVERSE_HANDLE = RegexValidator(
    r"\A@[\w.-]+@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]+\Z",
    "Write the handle as @name@host, for instance @name@mastodon.social.",
    flags=re.ASCII | re.IGNORECASE,
)


class AuthorQuerySet(models.QuerySet):
    def for_bylines(self):
        """What a byline shows and no more."""
        return self.only("name", "slug", "role")


class Author(models.Model):
    """A name that signs posts; not a login. A user may be linked to an author."""

    name = models.CharField(max_length=200, help_text="As it stands in the byline.")
    slug = models.SlugField(max_length=200, unique=True, allow_unicode=True, help_text="Part of the address.")
    role = models.CharField(
        max_length=200, blank=True, help_text="For instance “Chief editor”; shown under the name."
    )
    bio = HtmlField(small=True, blank=True, help_text="Two to four sentences; stands under every post.")
    portrait = models.ForeignKey(
        Image, null=True, blank=True, on_delete=models.SET_NULL, related_name="portraits"
    )
    email = models.EmailField(blank=True, help_text="For the editors only; never shown to readers.")
    website = WebAddressField(max_length=500, blank=True)
    fediverse = models.CharField(
        "fediverse handle",
        max_length=200,
        blank=True,
        validators=[FEDIVERSE_HANDLE],
        help_text="For instance @name@mastodon.social: Mastodon then names the author under links to their posts.",
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="author",
        help_text="The login of this author, if there is one: their own drafts are shown to them.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AuthorQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["name", "id"], name="authors_by_name")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return address_of("posts:author", self.slug)


class AuthorLink(models.Model):
    """Where else readers find the author."""

    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="links")
    label = models.CharField(max_length=60)
    url = WebAddressField("address", max_length=500)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self):
        return self.label
