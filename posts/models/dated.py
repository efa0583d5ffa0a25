"""Rows that tie a post to something it is listed under, and carry its date, so that an index alone orders the list."""

from django.db import models

from informed_comment.prepared import Present


class DatedQuerySet(models.QuerySet):
    def readable(self):
        """Rows of posts a reader may see now: what `PostQuerySet.published()` says, told by the date alone."""
        return self.filter(published_at__lte=Present())

    def post_ids(self):
        """The ids of readable posts, each once and the newest first; no post is looked at."""
        post = self.model.post_field
        return self.readable().order_by("-published_at", f"-{post}").values(post).distinct()


class DatedByPost(models.Model):
    """A row of a post; PostgreSQL keeps its date.

    `published_at` is the post's date while its status is published, else null. Triggers see to it, whoever writes
    either row; what Python assigns is overruled.
    """

    post_field = "post"

    published_at = models.DateTimeField(null=True, editable=False)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
