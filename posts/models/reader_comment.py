from django.contrib.postgres.indexes import GinIndex
from django.db import models

from informed_comment.html import HtmlField


class ReaderCommentQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by("page", "position")

    def saying(self, words):
        """Comments in whose text or name the words stand; an index answers."""
        return self.filter(models.Q(text__icontains=words) | models.Q(name__icontains=words))


class ReaderComment(models.Model):
    """What a reader said under a post on the site the post came from. Comments are closed here: none is ever added.

    Neither a mail address nor an IP address is kept, not even scrambled. Where a comment stands is stored, so that a
    page of a thousand comments costs what a page of ten does: `page` 1 is under the post itself.
    """

    class Kind(models.TextChoices):
        COMMENT = "comment", "Comment"
        MENTION = "mention", "Mention elsewhere"

    post = models.ForeignKey(
        "posts.Post", on_delete=models.CASCADE, related_name="reader_comments", db_index=False
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replies", editable=False
    )
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.COMMENT, editable=False)
    name = models.CharField(max_length=200, blank=True, editable=False)
    website = models.CharField(
        max_length=500, blank=True, editable=False, help_text="Beginning with http or https."
    )
    text = HtmlField(small=True, blank=True, editable=False)
    anchor = models.CharField(
        max_length=60, blank=True, editable=False, help_text="The mark in old links to it: comment-123."
    )
    published_at = models.DateTimeField("date", editable=False)
    is_shown = models.BooleanField("shown", default=True, help_text="Off: readers no longer see it.")
    page = models.PositiveIntegerField(null=True, editable=False)
    position = models.PositiveIntegerField(null=True, editable=False)
    depth = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = ReaderCommentQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["post", "anchor"],
                condition=~models.Q(anchor=""),
                name="reader_comment_has_an_anchor_of_its_own",
            ),
            models.CheckConstraint(
                condition=models.Q(website="") | models.Q(website__iregex="^https?://"),
                name="reader_comment_links_to_the_web",
            ),
            models.CheckConstraint(
                condition=models.Q(is_shown=False, page__isnull=True, position__isnull=True)
                | models.Q(is_shown=True, page__isnull=False, position__isnull=False),
                name="shown_comment_has_its_place",
            ),
        ]
        indexes = [
            models.Index(fields=["post", "page", "position"], name="reader_comments_in_order"),
            models.Index(fields=["published_at", "id"], name="reader_comments_by_date"),
            GinIndex(
                fields=["name", "text"],
                opclasses=["gin_trgm_ops", "gin_trgm_ops"],
                name="reader_comments_by_words",
            ),
        ]

    def __str__(self):
        return f"{self.name or 'Anonymous'} on {self.published_at:%d %B %Y}"
