from dataclasses import dataclass
from itertools import groupby

from django.db import models

from authors.models import Author
from informed_comment.addresses import address_of
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


@dataclass(frozen=True)
class Signature:
    """A name of a byline as readers see it: its role where that begins, and what joins it to the next of its role."""

    role: str
    name: str
    address: str
    joint: str


def signatures(lines):
    """Of a byline's lines in order, each (role, name, slug of the author)."""
    found = []
    for role, of_role in groupby(lines, key=lambda line: line[0]):
        names = [(name, slug) for _, name, slug in of_role]
        label = Byline.Role(role).label
        for place, (name, slug) in enumerate(names, start=1):
            begins = "" if place > 1 else label if found else label.capitalize()
            joint = {0: "", 1: " and "}.get(len(names) - place, ", ")
            found.append(Signature(begins, name, address_of("posts:author", slug), joint))
    return found
