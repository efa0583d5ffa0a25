from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.text import capfirst

from posts.models.tag import Tag


class FormerName(models.Model):
    """A name that a tag had once, or that a tag merged into it had; whoever writes it means the tag. In small letters."""

    name = models.CharField(max_length=100, unique=True)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="former_names")

    def __str__(self):
        return f"{self.name} is {self.tag_id} now"


class Merger(models.Model):
    """A tag or category that went into another, with all it takes to bring it back.

    `gone` is its row as it was; `followed` names the rows that pointed at it and point at the other now.
    """

    class Kind(models.TextChoices):
        TAG = "tag", "tag"
        CATEGORY = "category", "category"

    class State(models.TextChoices):
        RUNNING = "running", "Under way"
        DONE = "done", "Done"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    kind = models.CharField(max_length=10, choices=Kind)
    source_id = models.BigIntegerField()
    source_name = models.CharField(max_length=200)
    target_id = models.BigIntegerField()
    target_name = models.CharField(max_length=200)
    gone = models.JSONField(encoder=DjangoJSONEncoder)
    followed = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(source_id=models.F("target_id")), name="nothing_is_merged_into_itself"
            ),
            models.UniqueConstraint(
                fields=["kind", "source_id"],
                condition=models.Q(state__in=["running", "undoing"]),
                name="one_merger_of_a_thing_at_a_time",
            ),
        ]

    def __str__(self):
        return f"{capfirst(self.get_kind_display())} “{self.source_name}” into “{self.target_name}”"


class MergedPost(models.Model):
    """A post that had what was merged: whether it had the other as well, and in what order its categories stood."""

    merger = models.ForeignKey(Merger, on_delete=models.CASCADE, related_name="posts")
    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="+")
    had_both = models.BooleanField(default=False)
    before = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merger", "post"], name="post_is_merged_once")]

    def __str__(self):
        return f"{self.post_id} in {self.merger_id}"
