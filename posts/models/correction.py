from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.functional import cached_property

from informed_comment.html import HtmlField
from informed_comment.prepared import Present


def this_minute():
    return timezone.now().replace(second=0, microsecond=0)


class CorrectionQuerySet(models.QuerySet):
    def made(self):
        """What readers may be told now; a date still to come holds a correction back."""
        return self.filter(made_at__lte=Present())

    def of_published_posts(self):
        return self.filter(post__status="published", post__published_at__lte=Present())


class Correction(models.Model):
    """What was wrong with a post, or has become clear or known since it came out; said at its foot, with a date."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", "Correction"
        CLARIFICATION = "clarification", "Clarification"
        UPDATE = "update", "Update"

    DONE = {Kind.CORRECTION: "Corrected", Kind.CLARIFICATION: "Clarified", Kind.UPDATE: "Updated"}

    edition_moments = {"made_at": "true"}

    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="corrections")
    kind = models.CharField(max_length=13, choices=Kind, default=Kind.CORRECTION)
    text = HtmlField(
        small=True, help_text="What was wrong, and what is right; readers see it under the post."
    )
    made_at = models.DateTimeField("date", default=this_minute)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="correction_says_something"),
        ]
        indexes = [models.Index(fields=["-made_at", "-id"], name="corrections_by_date")]

    def __str__(self):
        return f"{self.get_kind_display()} of {timezone.localtime(self.made_at):%d %B %Y}"

    @property
    def done(self):
        """What was done to the post: corrected, clarified, updated."""
        return self.DONE[self.kind]


def corrections_in_a_row():
    """An annotation for posts, `told`: their corrections as JSON in their own row, for a page has no query to spare."""
    made = Correction.objects.made().filter(post=models.OuterRef("pk"))
    return ArraySubquery(made.values(told=JSONObject(id="id", kind="kind", text="text", made_at="made_at")))


class Corrected(models.Model):
    """What readers are told has been corrected in a post."""

    class Meta:
        abstract = True

    @cached_property
    def corrections_made(self):
        """Newest first; asked for only where they have not come along in the row."""
        if not hasattr(self, "told"):
            return list(self.corrections.made())
        moment = datetime.fromisoformat
        return [Correction(**one | {"post": self, "made_at": moment(one["made_at"])}) for one in self.told]

    @property
    def newest_corrections(self):
        """The newest of each kind, newest first."""
        kinds = {made.kind: made for made in reversed(self.corrections_made)}
        return [made for made in self.corrections_made if kinds[made.kind] is made]

    @property
    def changed_at(self):
        """When readers last saw it change."""
        return max(self.published_at, self.updated_at, *(made.made_at for made in self.corrections_made))
