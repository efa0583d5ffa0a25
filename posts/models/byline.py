from django.db import models

from authors.models import Author
from posts.models.dated import DatedByPost


class Byline(DatedByPost):
    """One author of one post, in order and with a role."""

    class Role(models.TextChoices):
        BY = "by", "by"
        TRANSLATED = "translated", "translated by"
        PHOTOGRAPHS = "photographs", "photographs by"

    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="bylines")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="bylines")
    role = models.CharField(max_length=12, choices=Role, default=Role.BY)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["post", "author", "role"], name="author_signs_a_post_once_in_a_role"
            ),
        ]
        indexes = [
            models.Index(fields=["author", "-published_at", "-post"], name="bylines_by_date"),
        ]

    def __str__(self):
        return f"{self.get_role_display()} {self.author_id}"
