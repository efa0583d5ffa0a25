from django.db import models
from django.db.models.functions import Now


class PolicyReport(models.Model):
    """What browsers said that the content policy refused: one row for each kind of refusal, however often it came.

    Nothing in it tells of a reader: no address, no program, and of the page only its path without what opens it.
    """

    rule = models.CharField(max_length=60, help_text="Of the policy: script-src-elem, img-src …")
    refused = models.CharField(
        max_length=200, help_text="Another site, a file of ours, or a word: inline, eval."
    )
    source = models.CharField(max_length=200, blank=True, help_text="The file and line that asked for it.")
    page = models.CharField(max_length=200, blank=True, help_text="Where it happened last.")
    times = models.PositiveBigIntegerField(default=1)
    first_at = models.DateTimeField(db_default=Now())
    last_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ("view", "delete")
        ordering = ["-last_at", "-id"]
        verbose_name = "refusal by the content policy"
        verbose_name_plural = "refusals by the content policy"
        indexes = [models.Index(fields=["last_at"], name="policy_reports_by_moment")]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "refused", "source"], name="refusal_is_counted_in_one_row"
            )
        ]

    def __str__(self):
        return f"{self.rule} refused {self.refused}"
