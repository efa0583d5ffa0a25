from django.conf import settings
from django.db import models


class ProofAddress(models.Model):
    """An address tests of mailings go to, kept for the whole newsroom: a second mailbox, a colleague's, a provider's."""

    email = models.EmailField("e-mail address", max_length=254, unique=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        ordering = ["email"]
        verbose_name = "test address"
        verbose_name_plural = "test addresses"

    def __str__(self):
        return self.email
