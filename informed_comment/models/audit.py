from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now


class AuditEntry(models.Model):
    """What somebody did that has to be known afterwards: signing in, rights, exports, erasure. Written by audit.record.

    A trigger lets nobody change an entry, or take it away before its time. What may change: the link to an account that is
    deleted (the name stays) and the address it came from, which is forgotten sooner than the rest.
    """

    at = models.DateTimeField(db_default=Now(), editable=False)
    deed = models.CharField(max_length=60, help_text="What was done, as one word with low lines: signed_in.")
    said = models.CharField(max_length=500, help_text="The same as a sentence.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="audit_entries"
    )
    name = models.CharField(
        max_length=150, blank=True, help_text="Of the account, as it was then; empty for the site itself."
    )
    about = models.CharField(max_length=200, blank=True, help_text="Whom or what it was done to, by name.")
    address = models.GenericIPAddressField(null=True, blank=True)
    request_id = models.CharField(max_length=36, blank=True)
    details = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        default_permissions = ("view",)
        ordering = ["-id"]
        verbose_name = "entry of the audit log"
        verbose_name_plural = "audit log"
        indexes = [
            models.Index(fields=["deed", "-id"], name="audit_by_deed"),
            models.Index(fields=["name", "-id"], name="audit_by_name"),
            models.Index(fields=["at"], name="audit_by_moment"),
        ]

    def __str__(self):
        return self.said
