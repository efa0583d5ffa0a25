from django.conf import settings
from django.db import models

from wordpress.models.imported import Imported


class Leftover(models.Model):
    """Something of an old text that could not come in as it was, for editors to see to: done, or not worth it."""

    class Kind(models.TextChoices):
        BLOCK = "block", "block"
        SHORTCODE = "shortcode", "shortcode"
        ELEMENT = "element", "element"

    imported = models.ForeignKey(Imported, on_delete=models.CASCADE, related_name="leftovers")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=100)
    markup = models.TextField(help_text="As it stood there, cut where it is very long.")
    after = models.CharField(max_length=200, blank=True, help_text="The words before it.")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["id"], name="leftovers_still_open", condition=models.Q(done_at=None))]
        default_permissions = ("view", "change")
        verbose_name = "left from the old site"
        verbose_name_plural = "left from the old site"

    def __str__(self):
        marks = {self.Kind.SHORTCODE: "[{}]", self.Kind.ELEMENT: "<{}>"}
        return marks.get(self.kind, "Block {}").format(self.name)
