from django.db import models

from authors.models import Author
from images.models import Document, Image
from pages.models import Page
from posts.models import Category, Post, ReaderComment, Tag


class Imported(models.Model):
    """What came in from an old site, by its own id there, so that a second run changes only what changed.

    The thing it became is null once an editor has deleted that here: it is not brought back.
    """

    class Kind(models.TextChoices):
        AUTHOR = "author"
        CATEGORY = "category"
        TAG = "tag"
        UPLOAD = "upload"
        POST = "post"
        PAGE = "page"
        COMMENT = "comment"
        MENU = "menu"

    source = models.CharField(max_length=300, help_text="Where the blog stood: host and path.")
    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=500, help_text="Its id there; for authors and terms their name there.")
    checksum = models.CharField(max_length=64, blank=True, help_text="Of what was made of it.")
    source_checksum = models.CharField(
        max_length=64, blank=True, help_text="Of the record as the file had it, and of what it was made with."
    )
    status_there = models.CharField(
        max_length=50,
        blank=True,
        help_text="As the old system called it; trash keeps the status before it too.",
    )
    password_there = models.CharField(max_length=255, blank=True, help_text="What readers had to type there.")
    written_at = models.DateTimeField(
        null=True, help_text="The record's own date of change when the import last wrote it."
    )
    links_at = models.DateTimeField(
        null=True, help_text="The record's own date of change at which all its links led somewhere."
    )
    address = models.CharField(max_length=1000, blank=True, help_text="Path of an upload on the old site.")
    parent = models.BigIntegerField(null=True, help_text="Id there of the post an upload belongs to.")
    trouble = models.CharField(
        max_length=500, blank=True, help_text="Why the file of an upload has not come."
    )
    is_missing_there = models.BooleanField(default=False, help_text="Asking again would be no use.")
    tried_at = models.DateTimeField(null=True, help_text="When the old site was last asked for the file.")
    author = models.ForeignKey(Author, null=True, on_delete=models.SET_NULL, related_name="+")
    category = models.ForeignKey(Category, null=True, on_delete=models.SET_NULL, related_name="+")
    tag = models.ForeignKey(Tag, null=True, on_delete=models.SET_NULL, related_name="+")
    image = models.ForeignKey(Image, null=True, on_delete=models.SET_NULL, related_name="+")
    document = models.ForeignKey(Document, null=True, on_delete=models.SET_NULL, related_name="+")
    post = models.ForeignKey(Post, null=True, on_delete=models.SET_NULL, related_name="+")
    page = models.ForeignKey(Page, null=True, on_delete=models.SET_NULL, related_name="+")
    comment = models.ForeignKey(ReaderComment, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "imported"
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "key"], name="thing_of_a_source_comes_in_once"),
        ]
        indexes = [
            models.Index(fields=["source", "address"], name="imported_by_address"),
            models.Index(
                fields=["address"], name="uploads_by_address", condition=models.Q(kind="upload")
            ),  # of whatever source
            models.Index(fields=["source", "parent"], name="imported_by_parent"),
        ]

    def __str__(self):
        return f"{self.kind} {self.key} of {self.source}"


def known_rows(run, kind):
    """What came in of one kind by its key; there are never more authors or terms than memory holds."""
    rows = Imported.objects.filter(source=run.source, kind=kind).select_related(kind)
    return {row.key: row for row in rows}
