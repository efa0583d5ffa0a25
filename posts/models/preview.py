from django.conf import settings
from django.db import models
from django.utils import timezone


class PreviewLinkQuerySet(models.QuerySet):
    def working(self):
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())


class PreviewLink(models.Model):
    """Lets somebody without an account see a post that is not out, and a guest author write it.

    The token in the address is this row's number, signed; nothing secret is stored.
    """

    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="preview_links")
    label = models.CharField(max_length=100, help_text="Whom it is for.")
    may_write = models.BooleanField("guest author", default=False, help_text="May also write the post.")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField("last opened", null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_version = models.PositiveIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return self.label

    @property
    def is_working(self):
        return self.revoked_at is None and self.expires_at > timezone.now()
